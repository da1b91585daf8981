"""Guard rails: what is refused, flagged, imputed, moved, and said."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import CausalRecError, GraphError

BENCH = Path(os.environ.get("CAUSALREC_BENCH_DATA", "../shared/data"))


def world(n: int = 600, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    return pd.DataFrame({"t": t, "y": x + z + t + rng.normal(size=n), "x": x, "z": z})


def ask(frame: pd.DataFrame, graph=("x",), **options):
    given = {"treatment": "t", "outcome": "y", "cluster": None, **options}
    return cr.estimate(frame, graph, **given)


def keys(effect) -> set[str]:
    return {flag.key.removeprefix("causal.") for flag in effect.flags}


def test_a_constant_treatment_is_refused():
    effect = ask(world().assign(t=1))
    assert effect.refused
    assert effect.value is None
    assert effect.reason.key == "causal.refuse_constant"
    assert "only one value" in effect.summary()


def test_fewer_than_twenty_an_arm_are_refused():
    frame = world().assign(t=lambda f: (np.arange(len(f)) < 19).astype(int))
    assert ask(frame).reason.key == "causal.refuse_arm"
    assert not ask(frame.assign(t=(np.arange(600) < 60).astype(int)), graph=()).refused


def test_not_identified_says_path_and_what_to_measure():
    graph = cr.CausalGraph([("u", "t"), ("u", "y"), ("t", "y")], latent=["u"])
    effect = ask(world(), graph)
    assert effect.refused
    assert "t ← u → y" in str(effect.reason)
    assert "measure u" in str(effect.reason)
    naive = ask(world(), graph, estimator="difference")
    assert not naive.refused
    assert "flag_not_causal" in keys(naive)


def test_missing_values_are_counted_or_refused():
    frame = world()
    frame.loc[:29, "x"] = np.nan
    imputed = ask(frame)
    assert "flag_missing_impute" in keys(imputed)
    assert any("unknown in 30 rows (5.0%)" in str(flag) for flag in imputed.flags)
    assert set(imputed.balance["covariate"]) == {"x"}
    marked = ask(frame, missing="indicator")
    assert "flag_missing_indicator" in keys(marked)
    assert {"x", "x missing"} <= set(marked.balance["covariate"])
    assert ask(frame, missing="complete").n == 570
    assert ask(frame, missing="refuse").reason.key == "causal.refuse_missing"
    frame = world()
    frame.loc[:5, "y"] = np.nan
    assert "flag_dropped" in keys(ask(frame))
    assert ask(frame).n == 594
    frame.loc[:99, "y"] = np.inf
    assert ask(frame).reason.key == "causal.refuse_missing"


def test_no_overlap_is_never_a_silent_number():
    frame = world(2000)
    frame["t"] = (frame["x"] > 0).astype(int)
    assert ask(frame).refused
    assert ask(frame).reason.key == "causal.refuse_overlap"
    assert "flag_extrapolates" in keys(ask(frame, estimator="ols"))


def test_little_overlap_moves_to_those_who_could_be_in_either():
    rng = np.random.default_rng(1)
    frame = world(3000)
    frame["t"] = (rng.random(3000) < 1 / (1 + np.exp(-3 * frame["x"]))).astype(int)
    frame["y"] = frame["x"] + frame["t"] + rng.normal(size=3000)
    effect = ask(frame)
    assert effect.target == "overlap"
    assert "flag_moved" in keys(effect)
    assert "could have had it or not" in effect.summary()
    # The effect is 1 for everybody; false alarm below 1e-6.
    assert abs(effect.value - 1) < 5 * effect.se


def test_lalonde_with_psid_controls_rings_the_alarm():
    files = [BENCH / "lalonde" / name for name in ("nsw_dw.dta", "psid_controls.dta")]
    if not all(file.exists() for file in files):
        assert os.environ.get("CI") != "true"
        pytest.skip("the LaLonde files are not here")
    trial, panel = (pd.read_stata(file) for file in files)
    frame = pd.concat([trial[trial["treat"] == 1], panel], ignore_index=True)
    covariates = [c for c in frame.columns if c not in ("data_id", "treat", "re78")]
    for target in ("ATE", "ATT"):
        effect = cr.estimate(frame, covariates, treatment="treat", outcome="re78", target=target)
        assert effect.refused or keys(effect) & {"flag_moved", "flag_thin"}


def test_targets_differ_where_effects_do():
    rng = np.random.default_rng(0)
    n = 4000
    x = rng.normal(size=n)
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    frame = pd.DataFrame({"x": x, "t": t, "y": x + t * (1 + x) + rng.normal(size=n)})
    everybody, treated = ask(frame), ask(frame, target="ATT")
    # The truths are 1 and 1 + E[x | t] = 1.41; five errors, false alarm below 1e-6.
    assert abs(everybody.value - 1) < 5 * everybody.se
    assert abs(treated.value - 1 - x[t == 1].mean()) < 5 * treated.se
    assert treated.value > everybody.value + 0.2


def test_a_number_gives_a_slope_and_levels_are_compared_with_a_control():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1500)
    dose = x + rng.normal(size=1500)
    frame = pd.DataFrame({"x": x, "t": dose, "y": 2 * x + 0.5 * dose + rng.normal(size=1500)})
    slope = ask(frame)
    assert slope.kind == "continuous"
    assert abs(slope.value - 0.5) < 5 * slope.se  # false alarm below 1e-6
    assert slope.summary().startswith(f"{slope.step:g} more of t raises y by ")
    assert ask(frame, estimator="ipw").reason.key == "causal.refuse_slope"
    arm = rng.choice(["none", "mail", "call"], 1500, p=[0.5, 0.3, 0.2])
    frame = pd.DataFrame({"x": x, "t": arm, "y": x + (arm == "call") + rng.normal(size=1500)})
    effect = ask(frame)
    assert effect.kind == "levels"
    assert effect.arms == ("none", "mail")
    assert set(effect.contrasts["level"]) == {"mail", "call"}
    call = ask(frame, control="none", treated="call")
    assert abs(call.value - 1) < 5 * call.se
    assert ask(frame, control="letter").refused


def test_many_categories_enter_by_frequency_and_means():
    rng = np.random.default_rng(0)
    n, shops = 3000, 200
    shop = rng.integers(0, shops, n)
    level = rng.normal(size=shops)[shop]
    t = (rng.random(n) < 1 / (1 + np.exp(-level))).astype(int)
    frame = pd.DataFrame(
        {"t": t, "y": 2 * level + t + rng.normal(size=n), "shop": shop.astype(str)}
    )
    effect = ask(frame, ["shop"])
    assert "flag_encoded" in keys(effect)
    assert abs(effect.value - 1) < 0.35
    assert effect.naive > 2


def test_plain_frames_say_that_rows_are_assumed_independent():
    assert "flag_independent" in keys(ask(world(), cluster="auto"))
    assert "flag_independent" not in keys(ask(world(), cluster=None))
    few = world().assign(who=lambda f: np.arange(len(f)) % 12)
    assert "flag_few_by_arm" in keys(ask(few, cluster="who"))
    assert ask(few.assign(who=1), cluster="who").reason.key == "causal.refuse_clusters"


def test_bad_arguments_are_errors():
    frame = world()
    graph = cr.CausalGraph([("t", "y"), ("x", "t"), ("x", "y"), ("w", "t"), ("w", "y")])
    for wrong in (
        {"graph": ["nope"]},
        {"treatment": "nope"},
        {"outcome": "t"},
        {"graph": ["x", "t"]},
        {"estimator": "magic"},
        {"target": "LATE"},
        {"level": 1.5},
        {"folds": 1},
        {"cluster": "nope"},
        {"missing": "ignore"},
        {"graph": graph, "treatment": "nope"},
    ):
        with pytest.raises(CausalRecError) as caught:
            ask(frame, **wrong)
        assert caught.value.hint
    with pytest.raises(GraphError, match="“w” has no column"):
        ask(frame, graph)
    with pytest.raises(CausalRecError, match="no numbers"):
        ask(frame.assign(y="a"))
    with pytest.raises(CausalRecError):
        ask(pd.concat([frame, frame[["x"]]], axis=1))
    with pytest.raises(GraphError):
        ask(frame, graph.with_bindings({"y": "missing"}))


def test_a_graph_chooses_among_the_columns_there_are():
    edges = [("a", "t"), ("a", "m"), ("m", "y"), ("t", "y")]
    frame = world().rename(columns={"x": "m"})
    assert ask(frame, cr.CausalGraph(edges)).adjustment == ("m",)
    bound = cr.CausalGraph(edges, bindings={"a": "z", "m": "m"})
    assert ask(frame.drop(columns="m"), bound).adjustment == ("z",)
    renamed = cr.CausalGraph([("dose", "sales")], bindings={"dose": "t", "sales": "y"})
    assert ask(frame, renamed, treatment="dose", outcome="sales").treatment == "t"
    assert ask(frame, renamed).outcome == "y"


def test_rows_that_were_selected():
    """For everybody, among the selected rows only, or not at all."""
    frame = world().rename(columns={"x": "m"})

    def answer(*edges):
        graph = cr.CausalGraph([("t", "y"), *edges], nodes=["s"], roles={"s": ["selected"]})
        return ask(frame, graph)

    assert answer(("t", "s")).flags == answer().flags
    among = answer(("m", "t"), ("m", "y"), ("m", "s"))
    assert among.adjustment == ("m",)
    assert "flag_selected" in keys(among)
    for edges in ([("t", "s"), ("y", "s")], [("y", "s")], [("t", "v"), ("v", "y"), ("v", "s")]):
        refused = answer(*edges)
        assert refused.refused
        assert refused.reason.key == "causal.note_selected_after"


def test_sentences_are_repeatable_by_a_product_manager():
    frame = world().assign(y=lambda f: (f["y"] > 0).astype(int))
    effect = ask(frame, compare=True)
    assert effect.summary().startswith("With t, y would be ")
    assert "percentage points higher on average than without t (95% interval +" in effect.summary()
    assert "个百分点" in effect.summary("zh")
    assert list(effect.to_frame()["estimator"]) == ["difference", "ols", "ipw", "aipw"]
    none = ask(world().assign(y=np.random.default_rng(1).normal(size=600)))
    assert none.summary().startswith("With t, y would not clearly differ on average") == (
        not none.excludes_zero
    )


@pytest.mark.parametrize("show", ["forest", "overlap", "love", "levels"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_charts_are_drawn(show, lang):
    import causalrec.plots  # noqa: F401

    frame = world()
    if show == "levels":
        frame["t"] = np.random.default_rng(0).choice(["a", "b", "c"], 600)
    figure = ask(frame, compare=True).plot(lang, dark=True, show=show, truth=1.0)
    assert figure.data


def test_plain_worlds_are_settled_and_rough_ones_are_not():
    plain = [ask(world(400, seed), ["x", "z"]) for seed in range(4)]
    assert sum("flag_unsettled" in keys(e) for e in plain) <= 1
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 2))
    corner = np.sign(np.sin(3 * x[:, 0]) * x[:, 1])
    t = (rng.random(3000) < 0.5 + 0.35 * corner).astype(int)
    y = 2 * corner + t + rng.normal(size=3000)
    rough = pd.DataFrame({"t": t, "y": y, "x": x[:, 0], "z": x[:, 1]})
    effect = ask(rough.iloc[:300], ["x", "z"])
    assert keys(effect) & {"flag_unsettled", "flag_leftover", "flag_moved"}
