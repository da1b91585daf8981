"""Average effects by learners: an interval by doubly robust scores, whatever the learner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.deep_learner import DeepLearner

PLAIN = [n for n in ESTIMATORS.where(costly=True) if not issubclass(LEARNERS[n], DeepLearner)]


def log(n: int = 240) -> pd.DataFrame:
    """An effect of .7; what drives the treatment drives the outcome, too."""
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    y = np.abs(x) + 0.5 * z + x + 0.7 * t + rng.normal(size=n)
    return pd.DataFrame({"t": t, "y": y, "x": x, "z": z, "who": np.arange(n) // 2})


@pytest.mark.parametrize("name", PLAIN)
def test_it_has_an_interval_around_the_effect(name):
    """One fixed draw, of pairs of rows. The difference in means lies outside."""
    asked = {"treatment": "t", "outcome": "y", "estimator": name, "cluster": "who"}
    effect = cr.estimate(log(), ["x", "z"], **asked)
    assert not effect.refused
    assert effect.low < 0.7 < effect.high < effect.naive
    assert effect.high - effect.low < 1.6
    assert effect.clusters == 120
    assert effect.estimator == name


def test_it_moves_with_the_outcome_and_with_nothing_else():
    asked = {"treatment": "t", "outcome": "y", "estimator": "s-learner"}
    frame = log()
    first = cr.estimate(frame, ["x", "z"], **asked)
    assert cr.estimate(frame, ["x", "z"], **asked).value == first.value
    moved = cr.estimate(frame.assign(y=2 * frame["y"] + 5), ["x", "z"], **asked)
    assert moved.value == pytest.approx(2 * first.value, rel=1e-6)
    assert moved.se == pytest.approx(2 * first.se, rel=1e-6)


def test_a_number_as_treatment_is_refused_and_no_covariates_are_no_fault():
    frame = log()
    asked = {"outcome": "y", "estimator": "s-learner"}
    assert cr.estimate(frame, ["x"], treatment="z", **asked).refused
    alone = cr.estimate(frame, [], treatment="t", **asked)
    assert alone.low < alone.naive < alone.high
