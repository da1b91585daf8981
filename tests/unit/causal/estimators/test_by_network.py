"""Average effects by networks: an interval by doubly robust scores, whatever the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.deep_learner import DeepLearner
from causalrec.causal.networks.training import Pace

DEEP = [n for n in ESTIMATORS.where(costly=True) if issubclass(LEARNERS[n], DeepLearner)]


def log(n: int = 400) -> pd.DataFrame:
    """An effect of .7; what drives the treatment drives the outcome, too."""
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    y = np.abs(x) + 0.5 * z + x + 0.7 * t + rng.normal(size=n)
    return pd.DataFrame({"t": t, "y": y, "x": x, "z": z, "who": np.arange(n) // 2})


@pytest.mark.parametrize("name", DEEP)
def test_it_has_an_interval_around_the_effect(name, monkeypatch):
    """One fixed draw, few steps: the scores correct what the network has not learned. The
    difference in means (1.5 and more) lies outside."""
    monkeypatch.setattr(DeepLearner, "pace", Pace(steps=40, patience=2))
    effect = cr.estimate(log(), ["x", "z"], treatment="t", outcome="y", estimator=name)
    assert not effect.refused
    assert effect.low < 0.7 < effect.high < effect.naive
    assert effect.high - effect.low < 1.2


def test_a_network_is_a_learner_too():
    assert set(DEEP) == {n for n, one in LEARNERS.items() if issubclass(one, DeepLearner)}
