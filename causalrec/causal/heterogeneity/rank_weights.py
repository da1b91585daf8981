"""Whether those ranked first gain more: averages of scores, weighted by rank.

Yadlowsky, Fleming, Shah, Brunskill and Wager, 2021, "Evaluating treatment prioritization rules
via rank-weighted average treatment effects": the area under the targeting curve (their AUTOC;
here RATE) and the Qini coefficient (Radcliffe, 2007), with influence functions that count the
ranks as estimated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

__all__ = ["Influenced", "calibration", "gains", "qini", "rate"]

NEAR = 0.05
"""Share of rows on either side of a place whose mean effect is the effect there."""
Shape = Callable[[np.ndarray], np.ndarray]


class Influenced(NamedTuple):
    """Figures (k,) and the influence of each row on them, (n, k) with mean 0."""

    value: np.ndarray
    influence: np.ndarray


def qini(effects: np.ndarray, ranking: np.ndarray) -> Influenced:
    """Area between the gains of treating in the order of a ranking and in a random one.

    Integral over q of E[effect, ranked among the first q] - q E[effect]; in units of the
    outcome a person.

    Args:
        effects: doubly robust scores, (n,).
        ranking: (n,), whoever has more of it is treated earlier; ties share their place.
    """
    return _weighted(effects, ranking, area=lambda u: u * (1 - u) / 2, weight=lambda u: 0.5 - u)


def rate(effects: np.ndarray, ranking: np.ndarray) -> Influenced:
    """Mean over q of how much larger the effect is among the first q than among all (AUTOC).

    Args:
        effects: doubly robust scores, (n,).
        ranking: (n,), as in `qini`.
    """
    return _weighted(effects, ranking, area=lambda u: -xlogy(u, u), weight=lambda u: -np.log(u) - 1)


def _weighted(
    effects: np.ndarray, ranking: np.ndarray, *, area: Shape, weight: Shape
) -> Influenced:
    """Sum over ties g of their mean effect times area(b_g) - area(a_g), a_g to b_g their places."""
    n = len(effects)
    _, place, counts = np.unique(-ranking, return_inverse=True, return_counts=True)
    means = np.bincount(place, effects) / counts
    ends = np.cumsum(counts) / n
    parts = np.diff(area(ends), prepend=0.0)
    # Whoever joins a tie moves its mean, and the places of all that come after it.
    moved = weight(ends[:-1]) * (means[:-1] - means[1:])
    later = np.append(np.cumsum(moved[::-1])[::-1], 0.0) - float(moved @ ends[:-1])
    own = (effects - means[place]) * (parts * n / counts)[place]
    return Influenced(np.array([means @ parts]), (own + later[place])[:, None])


def gains(effects: np.ndarray, ranking: np.ndarray, *, shares: np.ndarray) -> Influenced:
    """E[effect, ranked among the first q] for shares q: what treating them gains a person of all.

    Args:
        effects: doubly robust scores, (n,).
        ranking: (n,), as in `qini`; of a tie that a share cuts, each row counts in part.
        shares: (k,).
    """
    n = len(effects)
    _, place, counts = np.unique(-ranking, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts) / n
    means = np.bincount(place, effects) / counts
    # Share of each tie that is among the first q, (ties, k).
    inside = np.clip(1 - (ends[:, None] - shares) / (counts / n)[:, None], 0.0, 1.0)
    value = (means * counts / n) @ inside
    total = np.append(0.0, np.cumsum(means * counts / n))
    at = np.append(0.0, ends)
    low, high = np.maximum(shares - NEAR, 0.0), np.minimum(shares + NEAR, 1.0)
    slope = (np.interp(high, at, total) - np.interp(low, at, total)) / (high - low)
    members = inside[place]
    return Influenced(value, effects[:, None] * members - value - slope * (members - shares))


def calibration(effects: np.ndarray, predicted: np.ndarray) -> Influenced:
    """Slope of the effect on what was predicted of it: 1 where predictions are right, 0 for noise.

    The best linear predictor of Chernozhukov, Demirer, Duflo and Fernandez-Val, 2018, from
    doubly robust scores; 0 where all predictions are the same.

    Args:
        effects: doubly robust scores, (n,).
        predicted: effects as predicted for rows that were not learned from, (n,), with mean 0
            within each part that has a model of its own.
    """
    spread = float((predicted**2).mean())
    if spread == 0.0:
        return Influenced(np.zeros(1), np.zeros((len(effects), 1)))
    slope = float((predicted * effects).mean()) / spread
    left = effects - effects.mean() - slope * predicted
    return Influenced(np.array([slope]), (predicted * left / spread)[:, None])
