"""What goes through mediators: by a graph or as listed, told, refused, drawn, and true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.estimation.through_mediators import Path
from causalrec.causal.mechanisms.mediation import Mediation
from causalrec.causal.mechanisms.natural_effects import by_lines
from causalrec.core.errors import GraphError, ParamError

GRAPH = cr.CausalGraph([("x", "t"), ("x", "y"), ("x", "m"), ("t", "m"), ("m", "y"), ("t", "y")])
DIRECT, INDIRECT = 0.5, (0.7 + 0.4) * 0.8


def world(seed: int = 0, n: int = 600, *, curve: bool = False, number: bool = False):
    """The mediator pulls .7, and .4 more with the treatment; of a number, .7 alone."""
    rng = np.random.default_rng(seed)
    x, e, f, g = rng.normal(size=(4, n))
    t = x + e if number else (rng.random(n) < 1 / (1 + np.exp(-x))).astype(float)
    bent = 1.5 * (np.cos(2 * x) - np.exp(-2)) if curve else x
    m = 0.8 * t + 0.5 * bent + f
    y = DIRECT * t + 0.7 * m + (0.0 if number else 0.4 * t * m) + bent + g
    return pd.DataFrame({"t": t, "m": m, "y": y, "x": x})


def asked(frame: pd.DataFrame, graph=GRAPH, **how) -> Mediation:
    return cr.mediate(frame, graph, treatment="t", outcome="y", **({"cluster": None} | how))


def test_a_graph_gives_mediators_and_what_to_adjust_for():
    result = asked(world())
    assert (result.mediators, result.adjustment) == (("m",), ("x",))
    assert list(result.rows["method"].unique()) == ["models", "lines"]
    for name, truth in (("direct", DIRECT), ("indirect", INDIRECT), ("total", DIRECT + INDIRECT)):
        one = result.figure(name)
        assert one.low < truth < one.high
    assert result.value == result.figure("indirect").value
    assert result.share_low < INDIRECT / (DIRECT + INDIRECT) < result.share_high
    listed = asked(world(), ["x"], mediators=["m"])
    assert listed.value == result.value
    again = Mediation.model_validate_json(result.model_dump_json())
    assert again.summary("zh") == result.summary("zh") != result.summary("en")
    assert "%" in result.summary()
    assert len(result.to_frame()) == 6


def test_of_a_number_lines_alone_answer_per_unit():
    result = asked(world(number=True))
    assert set(result.rows["method"]) == {"lines"}
    assert result.figure("direct").low < DIRECT < result.figure("direct").high
    assert result.low < 0.56 < result.high
    assert result.arms == ()


def test_lines_are_the_products_of_their_coefficients():
    frame = world()
    treatment, outcome = (frame[name].to_numpy() for name in ("t", "y"))
    path = Path(treatment, outcome, frame[["m"]].to_numpy(), frame[["x"]].to_numpy())
    values, scores = by_lines(path, groups=True)
    one, t, m, x = np.ones(len(frame)), frame["t"], frame["m"], frame["x"]
    outcome = np.linalg.lstsq(np.column_stack([one, t, m, t * m, x]), frame["y"], rcond=None)[0]
    middle = np.linalg.lstsq(np.column_stack([one, t, x]), m, rcond=None)[0]
    level = middle[0] + middle[2] * x.mean()
    wanted = [outcome[1] + outcome[3] * level, (outcome[2] + outcome[3]) * middle[1]]
    assert values == pytest.approx(wanted, rel=1e-9)
    assert scores.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)


def test_where_the_whole_may_be_nothing_no_share_is_told():
    rng = np.random.default_rng(1)
    frame = world().assign(y=rng.normal(size=600), m=rng.normal(size=600))
    result = asked(frame)
    assert result.share is None
    assert "cannot be told" in result.summary()
    assert result.rho_low == 0


def test_a_hidden_cause_of_mediators_and_outcome_is_sized():
    result = asked(world())
    curve = result.sensitivity
    at_none = curve.loc[curve["rho"].abs().idxmin()]
    assert at_none["value"] == pytest.approx(result.value)
    assert np.interp(0.0, -curve["value"], curve["rho"]) == pytest.approx(result.rho, abs=0.02)
    assert 0 < result.rho_low < result.rho
    # The same answer from a world with such a cause: the curve at its correlation holds the truth.
    rng = np.random.default_rng(5)
    t, f, g, u = rng.integers(0, 2, 4000), *rng.normal(size=(3, 4000))
    m = t + f + u
    hidden = pd.DataFrame({"t": t, "m": m, "y": 0.5 * m + g + u})
    told = asked(hidden, [], mediators=["m"]).sensitivity
    assert np.interp(0.5, told["rho"], told["value"]) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_drawn_in_one_figure(lang):
    figure = asked(world(300)).plot(lang=lang, dark=lang == "zh")
    assert figure.layout.xaxis2.domain[0] > figure.layout.xaxis.domain[1]
    assert len(figure.data) == 6


def test_what_cannot_be_told_is_refused_in_words():
    hidden = asked(world(), GRAPH.with_bidirected("m", "y"))
    assert hidden.reason.key == "causal.note_not_natural"
    assert "cannot be told" in hidden.summary()
    recanting = GRAPH.with_edge("t", "l").with_edge("l", "m").with_edge("l", "y")
    frame = world().assign(l=0.0)
    assert asked(frame, recanting, mediators=["m"]).reason.key == "causal.note_not_natural"
    assert asked(frame, GRAPH, mediators=["x"]).reason.key == "causal.note_not_natural"
    straight = cr.CausalGraph([("t", "y")])
    assert asked(world(), straight).reason.key == "causal.note_no_mediator"
    nowhere = cr.CausalGraph([("x", "t")], nodes=["y"])
    assert asked(world(), nowhere).reason.key == "causal.note_no_path"
    assert asked(world().assign(m=1.0), ["x"], mediators="m").reason.key == (
        "causal.refuse_no_mediator"
    )
    assert asked(world().head(30)).refused
    with pytest.raises(ParamError):
        asked(world(), ["x"])
    with pytest.raises(GraphError, match="x"):
        asked(world().drop(columns="x"))
    with pytest.raises(GraphError, match="m"):
        asked(world().drop(columns="m"), mediators=["m"])


def test_many_rows_are_drawn_by_lines_with_a_flag(monkeypatch):
    monkeypatch.setattr("causalrec.causal.mechanisms.mediate.MOST_MODELLED", 100)
    result = asked(world())
    assert set(result.rows["method"]) == {"lines"}
    assert "lines-alone" in result.flags


def test_models_answer_where_lines_do_not():
    frame = world(n=3000, curve=True)
    result = asked(frame)
    lines = result.rows[result.rows["method"] == "lines"].set_index("effect")
    assert result.low < INDIRECT < result.high
    assert not lines.loc["indirect", "low"] < INDIRECT < lines.loc["indirect", "high"]


def test_unknown_covariates_are_drawn_and_users_counted():
    frame = world().assign(who=np.arange(600) % 60)
    frame.loc[::15, "x"] = np.nan
    result = asked(frame, cluster="who")
    assert result.clusters == 60
    assert result.low < result.value < result.high
