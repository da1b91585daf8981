"""Synthetic control: weights, the conformal interval, refusals and the alarm about the fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.designs.conformal import fewest, ring_p
from causalrec.causal.designs.design_effect import DesignEffect
from causalrec.causal.designs.simplex import mixture, simplex_weights


def panel(
    rng: np.random.Generator, *, donors: int = 12, before: int = 30, after: int = 6, lift: float = 0
) -> pd.DataFrame:
    """Unit 0 is the mean of units 1 to 3 plus noise, and has 2 more after the start."""
    times = before + after
    factors = rng.normal(size=(times, 2)).cumsum(axis=0)
    load = rng.dirichlet(np.ones(2), donors + 1)
    load[0] = load[1:4].mean(axis=0)
    y = 10 + 2 * factors @ load.T + 0.3 * rng.normal(size=(times, donors + 1))
    y[:, 0] += lift
    y[before:, 0] += 2
    time, unit = np.indices(y.shape)
    return pd.DataFrame({"time": time.ravel(), "unit": unit.ravel(), "y": y.ravel()})


def ask(frame: pd.DataFrame, start: int = 30, **more) -> DesignEffect:
    question = {"outcome": "y", "unit": "unit", "time": "time", "treated": 0, "start": start}
    return cr.design(frame, design="synthetic-control", **{**question, **more})


def test_weights_are_shares_and_find_a_true_mix() -> None:
    rng = np.random.default_rng(0)
    donors = rng.normal(size=(40, 8))
    truth = np.array([0.5, 0.3, 0.2, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(simplex_weights(donors, donors @ truth), truth, atol=1e-5)
    far = simplex_weights(donors, rng.normal(size=40) + 5)
    assert far.min() >= 0
    assert far.sum() == pytest.approx(1)


def test_no_shares_are_nearer() -> None:
    """The conditions of an optimum: no donor with a share pulls less than another could."""
    rng = np.random.default_rng(1)
    donors, target = rng.normal(size=(30, 6)), rng.normal(size=30)
    weights = simplex_weights(donors, target)
    slope = donors.T @ (donors @ weights - target)
    assert slope[weights > 1e-6].max() - slope.min() < 1e-3


def test_the_correction_reaches_a_unit_that_no_mix_does() -> None:
    rng = np.random.default_rng(2)
    donors = rng.normal(size=(20, 30))
    target = donors[:, :2] @ np.array([1.5, -0.5])
    plain, ridge = mixture(donors, target, None), mixture(donors, target, 1e-3)
    left = [float(np.abs(target - donors @ w).mean()) for w in (plain, ridge)]
    assert left[1] < 0.1 * left[0]
    assert ridge.sum() == pytest.approx(1)


def test_a_stretch_counts_among_all_of_its_length() -> None:
    left = np.zeros(20)
    left[-2:] = 1.0
    assert ring_p(left, 2) == pytest.approx(1 / 20)
    assert ring_p(np.ones(20), 2) == 1
    assert (fewest(0.95), fewest(0.9), fewest(0.99)) == (20, 10, 100)


def test_the_effect_its_interval_and_what_would_have_been() -> None:
    answer = ask(panel(np.random.default_rng(3)))
    assert answer.low < 2 < answer.high
    assert answer.excludes_zero
    assert not answer.failed
    assert answer.weights["weight"].sum() == pytest.approx(1, abs=1e-3)
    after = answer.path["after"]
    gap = (answer.path["observed"] - answer.path["counterfactual"])[after]
    assert gap.mean() == pytest.approx(answer.value)
    assert answer.total == pytest.approx(gap.sum())
    held = (answer.path["observed"] - 2).between(answer.path["low"], answer.path["high"])[after]
    assert held.mean() > 0.5
    ridge = ask(panel(np.random.default_rng(3)), ridge=True)
    assert ridge.value == pytest.approx(answer.value, abs=0.5)


def test_too_few_times_give_a_p_value_and_no_interval() -> None:
    frame = panel(np.random.default_rng(4), donors=30, before=12, after=3)
    answer = ask(frame, start=12)
    assert answer.low is None is answer.high
    assert answer.p == pytest.approx(1 / 31)
    assert "few-times" in answer.flags
    assert "p = 0.03" in answer.summary()
    assert answer.path["low"].isna().all()
    assert ask(panel(np.random.default_rng(4), before=3), start=3).refused
    assert ask(panel(np.random.default_rng(4)).assign(y=1.0)).refused
    assert "long-after" in ask(panel(np.random.default_rng(4), before=10, after=20), start=10).flags


def test_a_unit_that_no_mix_follows_is_an_alarm() -> None:
    assert "pre-fit" in ask(panel(np.random.default_rng(5), lift=20)).flags
    assert "pre-fit" not in ask(panel(np.random.default_rng(5))).flags
