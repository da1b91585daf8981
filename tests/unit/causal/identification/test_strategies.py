"""Which way answers a question: adjustment, instruments, front door; by a graph or as listed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.ways import offered
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.joint_instruments import joint_instruments
from causalrec.core.errors import DataError, GraphError, ParamError

HIDDEN = [("t", "y")]
LOTTERY = cr.CausalGraph([("z", "t"), ("x", "z"), ("x", "y"), ("t", "y")], bidirected=HIDDEN)
DOOR = cr.CausalGraph([("t", "m"), ("m", "y")], bidirected=HIDDEN)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    u, x, z, w, e, f = rng.normal(size=(6, 300))
    t = 1.0 * (z + 0.5 * x + u + e > 0)
    m = t + w
    y = m + u + x + f
    return pd.DataFrame({"x": x, "z": z + 0.5 * x, "t": t, "m": m, "y": y, "w": w})


def part(text, name: str):
    """A value of a sentence."""
    return text.values[name]  # noqa: PD011 - a sentence, no frame


def asked(frame: pd.DataFrame, graph, **how) -> Effect:
    return cr.estimate(frame, graph, treatment="t", outcome="y", cluster=None, **how)


def test_a_graph_gives_instruments_with_what_they_need(frame):
    effect = asked(frame, LOTTERY, estimator="iv", compare=True)
    assert (effect.instruments, effect.adjustment) == (("z",), ("x",))
    assert effect.target == "LATE"
    assert set(effect.rows["estimator"]) == {"difference", "iv", "dml-iv"}
    assert effect.hidden is None
    assert effect.refutations is None
    listed = asked(frame, ["x"], estimator="iv", instruments="z")
    assert (listed.value, listed.low) == (effect.value, effect.low)
    assert "x" in "".join(effect.assumptions)
    assert effect.low < 1 < effect.high


def test_a_graph_gives_the_front_door(frame):
    effect = asked(frame, DOOR, estimator="front-door")
    assert (effect.mediators, effect.adjustment, effect.target) == (("m",), (), "ATE")
    named = asked(frame, DOOR, estimator="front-door", mediators=["m"])
    assert named.value == effect.value
    assert asked(frame, [], estimator="front-door", mediators=["m"]).value == effect.value


@pytest.mark.parametrize(
    ("graph", "key", "name"),
    [(LOTTERY, "strategy_instrument_way", "iv"), (DOOR, "strategy_front_door_way", "front-door")],
)
def test_where_adjustment_cannot_answer_the_reason_says_what_could(frame, graph, key, name):
    refused = asked(frame, graph)
    assert refused.refused
    assert part(refused.reason, "way").key == f"causal.{key}"
    assert part(part(refused.reason, "way"), "estimator") == name
    assert not asked(frame, graph, estimator=name).refused


def test_where_instruments_cannot_answer_the_reason_says_what_could(frame):
    graph = cr.CausalGraph([("x", "t"), ("x", "y"), ("t", "y")])
    refused = asked(frame, graph, estimator="front-door")
    way = part(refused.reason, "way")
    assert (part(way, "nodes"), part(way, "estimator")) == ("x", ESTIMATORS.default)
    nothing = cr.CausalGraph([("t", "y")], bidirected=HIDDEN)
    assert asked(frame, nothing, estimator="iv").reason.key == "causal.note_no_instrument"
    assert asked(frame, nothing, estimator="front-door").reason.key == "causal.note_no_front_door"


def test_named_columns_must_be_what_the_graph_says(frame):
    refused = asked(frame, LOTTERY, estimator="iv", instruments=["x"])
    assert part(refused.reason, "reason").key == "causal.note_not_instruments"
    refused = asked(frame, DOOR.with_edge("t", "y"), estimator="front-door", mediators=["m"])
    assert refused.reason.key == "causal.note_not_mediators"
    nowhere = cr.CausalGraph([("z", "t")], nodes=["y"])
    for name in ("iv", "front-door"):
        reason = asked(frame, nowhere, estimator=name).reason
        assert part(reason, "reason").key == "causal.note_no_path"
        assert part(reason, "way").key == "causal.strategy_back_door_way_none"


def test_instruments_without_columns_are_named_and_others_taken(frame):
    graph = LOTTERY.with_edge("other", "t")
    assert asked(frame, graph, estimator="iv").instruments == ("z",)
    with pytest.raises(GraphError, match="z"):
        asked(frame.drop(columns="z"), LOTTERY, estimator="iv")
    with pytest.raises(GraphError, match="m"):
        asked(frame.drop(columns="m"), DOOR, estimator="front-door")
    with pytest.raises(GraphError, match="m"):
        asked(frame.drop(columns="m"), DOOR, estimator="front-door", mediators=["m"])


def test_what_was_not_named_or_is_of_no_use_is_said(frame):
    with pytest.raises(ParamError) as error:
        asked(frame, ["x"], estimator="iv")
    assert "instruments=" in error.value.hint
    with pytest.raises(ParamError):
        asked(frame, ["x"], instruments=["z"])
    with pytest.raises(ParamError):
        asked(frame, ["x"], estimator="iv", instruments=["x"])
    with pytest.raises(DataError):
        asked(frame, ["x"], estimator="iv", instruments=["nobody"])


def test_instruments_that_need_different_sets_serve_together_given_all_of_them():
    edges = [("a", "z"), ("a", "y"), ("b", "v"), ("b", "y"), ("z", "t"), ("v", "t"), ("t", "y")]
    graph = cr.CausalGraph(edges, bidirected=HIDDEN)
    together = joint_instruments(graph.question("t", "y"))
    assert together is not None
    assert tuple(map(graph.names, together)) == (("v", "z"), ("a", "b"))
    one = joint_instruments(graph.question("t", "y"), graph.numbers(["v"]))
    assert one is not None
    assert tuple(map(graph.names, one)) == (("v",), ("b",))


def test_the_form_offers_what_the_graph_allows():
    assert {"iv", "dml-iv"} & set(offered(LOTTERY, "t", "y")) == {"iv", "dml-iv"}
    assert set(offered(LOTTERY, "t", "y")) - {"difference", "iv", "dml-iv"} == set()
    assert set(offered(DOOR, "t", "y")) == {"difference", "front-door"}
    open_door = cr.CausalGraph([("t", "y")], bidirected=HIDDEN)
    assert ESTIMATORS.default in offered(open_door, "t", "y")
    assert "iv" not in offered(open_door, "t", "y")


def test_attempts_made_for_adjustment_are_not_made_of_instruments(frame):
    effect = asked(frame, LOTTERY, estimator="iv")
    assert cr.refute(effect, frame).reason.key == "causal.refute_strategy"


def test_rows_without_instrument_are_left_out_and_too_many_categories_refused(frame):
    holed = frame.assign(z=frame["z"].where(np.arange(len(frame)) > 5))
    effect = asked(holed, ["x"], estimator="iv", instruments=["z"])
    assert effect.n == len(frame) - 6
    assert "dropped" in effect.flags
    words = frame.assign(z=[f"shop {i % 40}" for i in range(len(frame))])
    refused = asked(words, ["x"], estimator="iv", instruments=["z"])
    assert refused.reason.key == "causal.refuse_many_levels"
    groups = frame.assign(z=pd.cut(frame["z"], 3, labels=["low", "mid", "high"]).astype(str))
    assert asked(groups, ["x"], estimator="iv", instruments=["z"]).value is not None


def test_covariates_without_values_are_drawn_given_the_instrument_too(frame):
    holed = frame.assign(x=frame["x"].where(np.arange(len(frame)) % 10 > 0))
    effect = asked(holed, ["x"], estimator="iv", instruments=["z"])
    assert effect.low < effect.value < effect.high
    assert "missing" in effect.flags


def test_mediators_that_say_what_the_treatment_was_are_refused(frame):
    same = frame.assign(m=2 * frame["t"] + 1, still=1.0)
    refused = asked(same, [], estimator="front-door", mediators=["m"])
    assert refused.reason.key == "causal.refuse_mediators"
    refused = asked(same, [], estimator="front-door", mediators=["still"])
    assert refused.reason.key == "causal.refuse_no_mediator"
    refused = asked(same.assign(z=same["x"] * 2), ["x"], estimator="iv", instruments=["z"])
    assert refused.reason.key == "causal.refuse_no_instrument"


def test_a_task_names_instruments_beside_covariates(workspace):
    from causalrec.runs.record.runner import run_inline
    from causalrec.tasks.causal.estimate import EstimateEffect

    shop = {"users": 400, "items": 40, "impressions": 12_000, "seed": 1}
    run_inline(workspace, "shop", shop)
    asked = {"dataset": "shop", "covariates": ("past_spend",), "estimator": "iv"}
    asked |= {"treatment": "promotion", "outcome": "purchase", "instruments": ("activity",)}
    effect = run_inline(workspace, EstimateEffect, asked)
    assert effect.instruments == ("activity",) or effect.reason.key == "causal.refuse_weak"
    assert effect.adjustment == ("past_spend",)


def test_an_estimator_that_nobody_gave_instruments_refuses():
    arms = np.repeat([0.0, 1.0], 30)
    frame = pd.DataFrame(index=range(60))
    problem = Problem(Query("t", "y", ()), frame, arms, arms, None, "binary", ("0", "1"))
    with pytest.raises(Refusal) as refusal:
        ESTIMATORS["iv"]()(problem)
    assert refusal.value.reason.key == "causal.lacks_besides"
