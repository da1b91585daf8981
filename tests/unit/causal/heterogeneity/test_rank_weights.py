"""Rank-weighted averages are what they are defined as, and their influence is their derivative."""

from __future__ import annotations

import numpy as np
import pytest

from causalrec.causal.heterogeneity.rank_weights import calibration, gains, qini, rate

RNG = np.random.default_rng(5)
N = 400
EFFECTS = RNG.normal(0.3, 1.0, N)
PLAIN = EFFECTS + RNG.normal(0, 2.0, N)
TIED = np.round(PLAIN)


def by_definition(effects: np.ndarray, ranking: np.ndarray, weigh) -> float:
    """Sum over places of the effect among the first less that among all, weighted."""
    ordered = effects[np.argsort(-ranking, kind="stable")]
    first = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    places = np.arange(1, len(ordered) + 1) / len(ordered)
    return float(((first - effects.mean()) * weigh(places)).mean())


@pytest.mark.parametrize(("of", "weigh"), [(qini, lambda q: q), (rate, np.ones_like)])
def test_area_is_that_under_the_targeting_curve(of, weigh):
    by_sum = by_definition(EFFECTS, PLAIN, weigh)
    # A sum over 400 places and the integral differ by steps of 1/400 of effects of size 1.
    assert of(EFFECTS, PLAIN).value[0] == pytest.approx(by_sum, abs=0.012)


def test_ties_share_their_place():
    shuffled = [RNG.permutation(N) for _ in range(400)]
    broken = [qini(EFFECTS[at], TIED[at] + np.linspace(0, 1e-6, N)).value[0] for at in shuffled]
    assert qini(EFFECTS, TIED).value[0] == pytest.approx(np.mean(broken), abs=0.003)
    for of in (qini, rate):
        constant = of(EFFECTS, np.zeros(N))
        assert constant.value[0] == pytest.approx(0, abs=1e-12)
        assert np.allclose(constant.influence, 0)


@pytest.mark.parametrize("ranking", [PLAIN, TIED])
@pytest.mark.parametrize(
    "of",
    [qini, rate, calibration, lambda e, r: gains(e, r, shares=np.array([0.2, 0.5, 1.0]))],
    ids=["qini", "rate", "calibration", "gains"],
)
def test_the_error_is_that_of_leaving_rows_out(of, ranking):
    """The jackknife (Efron, 1982) knows nothing of influence functions."""
    ranking = ranking - ranking.mean()

    def without(at: int) -> np.ndarray:
        left = np.delete(ranking, at)
        return of(np.delete(EFFECTS, at), left - left.mean()).value

    each = np.array([without(at) for at in range(N)])
    by_jackknife = np.sqrt(((each - each.mean(axis=0)) ** 2).sum(axis=0) * (N - 1) / N)
    influence = of(EFFECTS, ranking).influence
    assert np.allclose(influence.mean(axis=0), 0, atol=1e-9)
    # Derivatives are of many rows: at 400 the jackknife is a tenth larger where weights are logs.
    assert np.sqrt((influence**2).sum(axis=0)) / N == pytest.approx(by_jackknife, rel=0.1)


def test_calibration_is_the_slope_of_least_squares():
    predicted = PLAIN - PLAIN.mean()
    design = np.column_stack([np.ones(N), predicted])
    bread = np.linalg.inv(design.T @ design)
    line = bread @ design.T @ EFFECTS
    meat = (design * (EFFECTS - design @ line)[:, None] ** 2).T @ design  # White, 1980
    slope = calibration(EFFECTS, predicted)
    assert slope.value[0] == pytest.approx(line[1], abs=1e-12)
    error = np.sqrt((bread @ meat @ bread)[1, 1])
    assert np.sqrt((slope.influence**2).sum()) / N == pytest.approx(error, rel=1e-9)


def test_gains_end_at_the_average_effect():
    of = gains(EFFECTS, TIED, shares=np.array([0.5, 1.0]))
    assert of.value[1] == pytest.approx(EFFECTS.mean())
    assert np.sqrt((of.influence[:, 1] ** 2).sum()) / N == pytest.approx(EFFECTS.std() / np.sqrt(N))
