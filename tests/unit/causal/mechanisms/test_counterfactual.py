"""What one unit would have done: the truth of worlds whose noise is known, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.mechanisms.counterfactual import Counterfactual
from causalrec.core.errors import GraphError, ParamError

GRAPH = cr.CausalGraph([("x", "t"), ("x", "y"), ("t", "m"), ("m", "y"), ("t", "y")])


def world(n: int = 400, *, curve: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """A table, and what everybody's y would have been with t = 2."""
    rng = np.random.default_rng(7)
    x, e, f, g = rng.normal(size=(4, n))

    def outcome(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        m = 0.8 * t + (t**2 if curve else 0.0) + f
        return m, 0.5 * t + m + x + g

    t = x + e
    m, y = outcome(t)
    return pd.DataFrame({"x": x, "t": t, "m": m, "y": y}), outcome(np.full(n, 2.0))[1]


def asked(frame: pd.DataFrame, graph=GRAPH, **how) -> Counterfactual:
    about = {"row": 3, "changes": {"t": 2.0}, "outcome": "y", "replicates": 20}
    return cr.counterfactual(frame, graph, **(about | how))


@pytest.mark.slow
@pytest.mark.parametrize("curve", [False, True])
def test_it_is_what_the_world_would_have_done(curve):
    frame, would = world(curve=curve)
    before = frame.copy()
    for row in (3, 50):
        result = asked(frame, row=row)
        # The mechanisms have errors of about .1 at 400 rows; what is the unit's own, 1, is known.
        assert result.value == pytest.approx(would[row], abs=0.5)
        assert result.low < result.value < result.high
        assert result.high - result.low < 1.5
        assert result.observed == frame["y"][row]
    assert ("m" in result.curves) == curve
    assert set(result.rows["column"]) == {"t", "m", "y"}
    pd.testing.assert_frame_equal(frame, before)
    again = Counterfactual.model_validate_json(result.model_dump_json())
    assert again.summary("zh") == result.summary("zh") != result.summary("en")


@pytest.mark.slow
def test_a_hidden_cause_of_the_treatment_alone_does_not_matter_and_text_may_be_a_cause():
    frame, would = world()
    shop = frame.assign(x=pd.cut(frame["x"], 3, labels=["low", "mid", "high"]).astype(str))
    assert not asked(shop).refused
    graph = GRAPH.with_edge("u", "t").with_latent("u")
    assert asked(frame, graph).value == pytest.approx(would[3], abs=0.5)


def test_what_cannot_be_told_is_refused_in_words():
    frame, _ = world()
    for hidden in (("t", "y"), ("m", "y"), ("x", "y")):
        reason = asked(frame, GRAPH.with_bidirected(*hidden)).reason
        assert reason.key == "causal.refuse_hidden_own"
    with pytest.raises(GraphError):
        asked(frame, changes={"y": 1.0})
    assert asked(frame, changes={"m": 1.0}, outcome="x").reason.key == "causal.refuse_not_reached"
    yes = frame.assign(y=(frame["y"] > 0).astype(int))
    assert asked(yes).reason.key == "causal.refuse_unit_values"
    holed = frame.assign(x=frame["x"].where(frame.index != 3))
    assert asked(holed).reason.key == "causal.refuse_unit_unknown"
    refused = asked(frame.head(50))
    assert refused.reason.key == "causal.refuse_few_rows"
    assert "cannot be told" in refused.summary()
    with pytest.raises(ParamError):
        asked(frame, changes={})
    with pytest.raises(ParamError):
        asked(frame, row=400)
    with pytest.raises(GraphError, match="m"):
        asked(frame.drop(columns="m"))
