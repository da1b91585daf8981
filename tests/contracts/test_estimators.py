"""Every estimator on the shelf: the same contract, and statsmodels' figures where it has them.

A new one is run by being listed; it fails here until it has words, a row in the chart, a place on
the page and a truth test.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from practice_entries import add_entry

import causalrec as cr
from causalrec.causal.estimation.estimation_problem import Problem, Query
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators import ESTIMATORS, label_of, unadjusted
from causalrec.causal.estimators.estimator import KINDS, Estimator
from causalrec.causal.rows.arms import Refusal
from causalrec.core.words import LANGUAGES, render, table
from causalrec.data.storage.store import save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.cross_check import CrossCheck
from causalrec.tasks.causal.estimate import EstimateEffect

TRUTH = Path(__file__).parents[1] / "truth"
SHELF = ESTIMATORS.where(checks=None, costly=False)
"""Networks have tests of their own (`tests/unit/causal/estimators`), and so has what does again
what another did: dowhy needs many seconds to load."""


@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_it_declares_itself(name):
    entry = ESTIMATORS[name]
    assert issubclass(entry, Estimator)
    assert entry.name == name
    assert entry.source
    assert entry.kinds
    assert set(entry.kinds) <= set(KINDS)
    assert entry.assumptions
    for lang in LANGUAGES:
        words = {entry.word().key, entry.word("_about").key, *entry.assumptions}
        assert words <= set(table(lang))


def test_the_readme_lists_the_shelf():
    rows = [
        f"| `{name}` | {entry.word('_about')} | {entry.source} |"
        for name, entry in ESTIMATORS.items()
    ]
    readme = Path(__file__).parents[2] / "README.md"
    assert "\n".join(rows) in readme.read_text(encoding="utf-8")


def test_one_is_told_as_seen_and_the_page_begins_with_a_causal_one():
    assert ESTIMATORS.where(causal=False) == (unadjusted(),)
    assert ESTIMATORS[ESTIMATORS.default].causal
    assert ESTIMATORS.default in SHELF


@pytest.mark.parametrize("name", SHELF)
def test_its_interval_has_a_truth_test(name):
    tests = "".join(file.read_text(encoding="utf-8") for file in TRUTH.glob("test_*.py"))
    assert f'"{name}"' in tests


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SHELF)
def test_it_has_a_row_in_the_chart(name, lang):
    effect = cr.estimate(world(), ["x"], treatment="t", outcome="y", **by(name), compare=True)
    figure = effect.plot(lang=lang)
    shown = [dot.y[0] for dot in figure.data]
    same = [unadjusted(), *ESTIMATORS.where(compared=True, strategy=ESTIMATORS[name].strategy)]
    beside = list(dict.fromkeys(same))
    wanted = beside if name in beside else [*beside, name]
    assert shown == [render(label_of(one), lang) for one in wanted]
    open_ones = [dot.y[0] for dot in figure.data if dot.marker.symbol == "diamond-open"]
    assert open_ones == [render(label_of(unadjusted()), lang)]


@pytest.mark.parametrize("name", SHELF)
def test_a_treatment_that_it_does_not_take_is_refused_in_words(name):
    frame = world()
    frame["d"] = frame["x"] + np.random.default_rng(1).normal(size=len(frame))
    effect = cr.estimate(frame, ["z"], treatment="d", outcome="y", **by(name))
    assert effect.refused == ("continuous" not in ESTIMATORS[name].kinds)
    if effect.refused:
        assert effect.reason.key == "causal.refuse_slope"
        assert label_of(name) in effect.reason


def test_one_for_numbers_alone_refuses_groups():
    class Slope(ESTIMATORS[unadjusted()]):
        kinds = ("continuous",)

    query = Query("t", "y", ())
    arms = np.repeat([0.0, 1.0], 30)
    problem = Problem(query, pd.DataFrame(index=range(60)), arms, arms, None, "binary", ("0", "1"))
    with pytest.raises(Refusal) as refusal:
        Slope()(problem)
    assert refusal.value.reason.key == "causal.refuse_groups"
    assert isinstance(ESTIMATORS[unadjusted()]()(problem), Answer)


def world(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    y = x + 0.5 * z + 0.7 * t + rng.normal(size=n) * (1 + 0.5 * np.abs(x))
    who = rng.integers(0, n // 4, n)
    kind = rng.choice(["a", "b", "c"], n)
    frame = pd.DataFrame({"t": t, "y": y, "x": x, "z": z, "who": who, "kind": kind})
    return frame.assign(lottery=t + rng.normal(size=n), step=t + rng.normal(size=n))


def by(name: str) -> dict:
    """An estimator with the columns that its way goes by."""
    besides = {"instruments": ["lottery"], "mediators": ["step"]}
    kind = ESTIMATORS[name].strategy.besides
    return {"estimator": name} | ({kind: besides[kind]} if kind else {})


@pytest.mark.parametrize("name", SHELF)
def test_an_answer_has_interval_n_words_and_survives_json(name):
    frame = world()
    before = frame.copy()
    effect = cr.estimate(frame, ["x", "z", "kind"], treatment="t", outcome="y", **by(name))
    assert effect.low < effect.value < effect.high
    assert effect.n == 400
    assert effect.level == 0.95
    assert effect.se > 0
    assert effect.estimand is not None
    assert effect.formula
    assert effect.assumptions
    pd.testing.assert_frame_equal(frame, before)
    again = type(effect).model_validate_json(effect.model_dump_json())
    assert again.summary("zh") == effect.summary("zh")
    assert effect.summary("en") != effect.summary("zh")
    assert len(effect.to_frame()) == 1
    assert any(flag.key == "causal.flag_not_causal" for flag in effect.flags) == (
        not ESTIMATORS[name].causal
    )


@pytest.mark.parametrize("name", SHELF)
def test_same_seed_same_answer_and_shifts_move_nothing(name):
    frame = world()
    asked = {"treatment": "t", "outcome": "y", **by(name)}
    first = cr.estimate(frame, ["x", "z"], **asked, seed=3)
    assert cr.estimate(frame, ["x", "z"], **asked, seed=3).value == first.value
    moved = cr.estimate(frame.assign(y=frame["y"] * 2 + 5), ["x", "z"], **asked, seed=3)
    assert moved.value == pytest.approx(2 * first.value, rel=1e-6)
    assert moved.se == pytest.approx(2 * first.se, rel=1e-6)


@pytest.mark.parametrize("name", [name for name in SHELF if not ESTIMATORS[name].by_unit])
def test_one_that_takes_rows_for_independent_refuses_those_of_units(name):
    asked = {"treatment": "t", "outcome": "y", **by(name)}
    refused = cr.estimate(world(), ["x"], **asked, cluster="who")
    assert refused.reason.key == "causal.refuse_by_unit"
    narrow, wide = (cr.estimate(world(), ["x"], **asked, level=one) for one in (0.8, 0.99))
    assert wide.high - wide.low > narrow.high - narrow.low


@pytest.mark.parametrize("name", [name for name in SHELF if ESTIMATORS[name].by_unit])
def test_a_wider_level_is_wider_and_clusters_count(name):
    frame = world()
    asked = {"treatment": "t", "outcome": "y", **by(name), "cluster": "who"}
    narrow = cr.estimate(frame, ["x"], **asked, level=0.8)
    wide = cr.estimate(frame, ["x"], **asked, level=0.99)
    assert wide.high - wide.low > narrow.high - narrow.low
    assert wide.clusters == frame["who"].nunique()
    repeated = pd.concat([frame.assign(who=np.arange(len(frame)))] * 4, ignore_index=True)
    honest = cr.estimate(repeated, ["x"], **asked)
    naive = cr.estimate(repeated, ["x"], **{**asked, "cluster": None})
    # Copies of a row bring no information: row-level errors are half of the honest ones.
    assert naive.se < 0.6 * honest.se


def test_ols_is_statsmodels():
    import statsmodels.api as sm

    frame = world()
    design = sm.add_constant(
        pd.get_dummies(frame[["t", "x", "z", "kind"]], drop_first=True, dtype=float)
    )
    covariates = ["x", "z", "kind"]
    asked = {"treatment": "t", "outcome": "y", "estimator": "ols"}
    robust = sm.OLS(frame["y"], design).fit(cov_type="HC3", use_t=True)
    mine = cr.estimate(frame, covariates, **asked, cluster=None)
    low, high = robust.conf_int().loc["t"]
    assert (mine.value, mine.se) == pytest.approx((robust.params["t"], robust.bse["t"]), rel=1e-8)
    assert (mine.low, mine.high) == pytest.approx((low, high), rel=1e-8)
    groups = {"groups": frame["who"]}
    clustered = sm.OLS(frame["y"], design).fit(cov_type="cluster", cov_kwds=groups, use_t=True)
    mine = cr.estimate(frame, covariates, **asked, cluster="who")
    # Theirs is CR1 with G - 1 degrees of freedom, ours is Bell and McCaffrey's: alike at 100 units.
    assert mine.value == pytest.approx(clustered.params["t"], rel=1e-8)
    assert mine.se == pytest.approx(clustered.bse["t"], rel=0.03)
    assert mine.high - mine.value == pytest.approx(
        clustered.conf_int().loc["t", 1] - mine.value, rel=0.05
    )


def test_ipw_is_the_weighted_difference():
    frame = world()
    effect = cr.estimate(frame, ["x"], treatment="t", outcome="y", estimator="ipw")
    assert set(effect.balance["covariate"]) == {"x"}
    after = float(effect.balance["after"].abs().iloc[0])
    assert after < abs(float(effect.balance["before"].iloc[0]))
    assert effect.overlap["treated"].sum() == pytest.approx(1)


@pytest.mark.slow
def test_dowhy_gets_a_copy_and_agrees_with_ols():
    frame = world()
    before = frame.copy()
    asked = {"treatment": "t", "outcome": "y", "cluster": None}
    for covariates in (["x"], ["x", "z"], []):
        theirs = cr.estimate(frame, covariates, **asked, estimator="dowhy-linear")
        ours = cr.estimate(frame, covariates, **asked, estimator="ols")
        assert theirs.value == pytest.approx(ours.value, rel=1e-6)
        assert theirs.low < theirs.value < theirs.high
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.slow
def test_the_cross_check_of_a_saved_effect_agrees(tmp_path):
    from causalrec.workspace import Workspace

    workspace = Workspace.create(tmp_path, "shop")
    shop = cr.sample_shop(users=300, items=40, impressions=9_000, seed=2)
    workspace.save("dataset", "shop", partial(save_dataset, shop.dataset()))
    asked = {"dataset": "shop", "covariates": ("activity", "past_spend"), "unit": "user"}
    asked |= {"treatment": "promotion", "outcome": "purchase", "date": str(shop.promotion_date)}
    run_inline(workspace, "estimate", asked)
    checked = run_inline(workspace, CrossCheck, {"effect": "promotion - purchase"})
    assert checked.agree
    assert checked.theirs.value == pytest.approx(checked.ours.value, rel=1e-6)
    assert set(checked.to_frame()["estimator"]) == {"ols", "dowhy-linear"}


def shop_of(workspace) -> dict:
    """A small shop as the current dataset, and a question to it."""
    run_inline(workspace, "shop", {"users": 400, "items": 40, "impressions": 12_000, "seed": 1})
    workspace.set(dataset="shop")
    graph = {"nodes": [{"id": "promotion"}, {"id": "purchase"}], "edges": []}
    workspace.save_json("graph", "ours", graph)
    asked = {"dataset": "shop", "covariates": ("activity",), "unit": "user"}
    return asked | {"treatment": "promotion", "outcome": "purchase"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_offers_those_that_are_compared(workspace, app, lang):
    shop_of(workspace)
    picker = app("effects", w=workspace.id, lang=lang).segmented_control(key="effects-estimator")
    assert picker.value == ESTIMATORS.default
    alike = [name for name in SHELF if ESTIMATORS[name].strategy.alike]
    assert all(ESTIMATORS[name].word("_about").to(lang) in picker.help for name in alike)
    assert sorted(picker.options) == sorted(render(label_of(name), lang) for name in alike)


ARMS_ALONE = """
    from causalrec.causal.estimation.least_squares import least_squares
    from causalrec.causal.estimators.estimator import Estimator, adjusting

    class FirstColumn(Estimator):
        name = "first-column"
        source = "Nobody"
        assumptions = adjusting("causal.assume_first")

        def answer(self, problem):
            return least_squares(problem, problem.design.x[:, :1])[0]
"""
WORDS = {
    "causal.estimator_first_column": "First column",
    "causal.estimator_first_column_about": "A line through the first.",
    "causal.assume_first": "Only the first matters.",
}


def test_a_file_a_line_and_words_are_an_estimator_on_the_page_and_in_the_chart(
    workspace, app, tmp_path, monkeypatch
):
    line = "first-column = first_column:FirstColumn"
    add_entry(monkeypatch, tmp_path, ESTIMATORS, line, ARMS_ALONE, WORDS)
    asked = shop_of(workspace)
    test = app("effects", w=workspace.id)
    assert "First column" in test.segmented_control(key="effects-estimator").options
    effect = run_inline(workspace, EstimateEffect, {**asked, "estimator": "first-column"})
    assert WORDS["causal.assume_first"] in effect.assumptions
    for lang, label in (("en", "First column"), ("zh", "First column 中")):
        assert [dot.y[0] for dot in effect.plot(lang=lang).data][-1] == label
        assert not app("effects", w=workspace.id, lang=lang).exception
