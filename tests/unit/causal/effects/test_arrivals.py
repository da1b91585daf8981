"""Answers as they come: each is told once, the plainest first, and is the one of the effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.arrivals import arrived
from causalrec.core.errors import Cancelled
from causalrec.core.words import Text


def world(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    x = rng.normal(size=n)
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    y = (rng.random(n) < 0.3 + 0.2 * t).astype(int)
    return pd.DataFrame({"x": x, "t": t, "y": y, "d": x + rng.normal(size=n)})


@pytest.mark.parametrize("treatment", ["t", "d"])
def test_what_is_told_on_the_way_is_what_the_effect_has(treatment: str) -> None:
    parts: list[dict[str, float]] = []
    fractions: list[float] = []

    def tell(fraction: float, message: Text | None = None, /, **numbers: float) -> None:
        fractions.append(fraction)
        parts.append(numbers)

    asked = {"treatment": treatment, "outcome": "y", "compare": True}
    effect = cr.estimate(world(), ["x"], on_progress=tell, **asked)
    assert fractions == sorted(fractions)
    assert (len(parts), fractions[-1]) == (len(effect.rows), 1.0)
    first = arrived(parts[:1], treatment=treatment, outcome="y")
    assert list(first.rows["estimator"]) == ["difference"]
    whole = arrived(parts, treatment=treatment, outcome="y")
    answered = effect.rows[~effect.rows["refused"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(whole.rows, answered)
    assert (whole.outcome_kind, whole.step) == (effect.outcome_kind, effect.step)
    assert len(whole.plot().data) == len(whole.rows)


def test_it_can_be_stopped_between_two_answers() -> None:
    def stop(fraction: float, message: Text | None = None, /, **numbers: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        cr.estimate(world(), ["x"], treatment="t", outcome="y", compare=True, on_progress=stop)


def test_nothing_has_come_yet() -> None:
    assert not len(arrived([], treatment="t", outcome="y").rows)
