"""What the mean of all rows can be whatever decided who is seen, or nearly so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causalrec.causal.selection.response import Response
from causalrec.causal.selection.sizes import Sized, log_scores
from causalrec.core.statistics.bootstrap import resamples
from causalrec.core.statistics.intervals import clustered_error
from causalrec.core.statistics.quantiles import normal
from causalrec.core.statistics.samples import totals

__all__ = ["odds_range", "worst_case"]

DRAWS = 200
"""Resamples of the units: the ends are known to about a tenth of their errors."""


def worst_case(response: Response, ends: tuple[float, float], level: float) -> Sized:
    """Every unseen outcome at the lowest value, or at the highest (Manski, 1989).

    The interval holds the mean, not the whole range, at the level (Imbens and Manski, 2004).

    Args:
        response: the rows.
        ends: lowest and highest value that an outcome can have.
        level: of the interval.
    """
    values, errors, gaps = list[float](), list[float](), list[float]()
    for end in ends:
        filled = np.where(response.seen, response.outcome, end)
        value = float(filled.mean())
        values.append(value)
        scores = filled - value
        for own, store in ((scores, errors), (log_scores(response) - scores, gaps)):
            store.append(clustered_error(totals(own, response.cluster), len(response)))
    width = values[1] - values[0]
    wide, wider = (_reach(width, max(one), level) for one in (errors, gaps))
    low, high = values[0] - wide * errors[0], values[1] + wide * errors[1]
    return Sized(
        None, low, high, None,
        response.mean - values[1] - wider * gaps[1], response.mean - values[0] + wider * gaps[0],
    )  # fmt: skip


def _reach(width: float, error: float, level: float) -> float:
    """Errors beyond each end so that any point of the range is held at the level."""
    if error <= 0:
        return normal(level)
    low, high = normal(2 * level - 1), normal(level)
    from scipy.special import ndtr

    for _ in range(40):
        middle = (low + high) / 2
        if ndtr(middle + width / error) - ndtr(-middle) < level:
            low = middle
        else:
            high = middle
    return high


def odds_range(response: Response, gamma: float, level: float) -> Sized:
    """What a hidden cause can do that changes the odds of being seen by a factor.

    Among rows that are alike in what is known, the odds of being seen differ by at most `gamma`
    with the outcome: each seen row stands for 1 + u (1 - e) / e rows, u from 1 / gamma to gamma,
    and the least and largest weighted mean switch u once along the sorted outcomes (Tan, 2006;
    Zhao, Small and Bhattacharya, 2019). The interval is their bootstrap of the ends with chances
    kept, which is no narrower than with chances that are estimated anew.

    Args:
        response: the rows.
        gamma: at least 1.
        level: of the interval.
    """
    seen = np.flatnonzero(response.seen)
    order = seen[np.argsort(response.outcome[seen], kind="stable")]
    y = response.outcome[order]
    behind = (1 - response.chance[order]) / response.chance[order]
    units = order if response.cluster is None else response.cluster[order]
    codes = np.unique(units, return_inverse=True)[1]
    rng = np.random.default_rng(response.seed)
    lows, highs, means = [], [], []
    for counts in _counts(int(codes.max()) + 1, rng):
        weight = counts[codes]
        low, high = _ends(y, behind, weight, gamma)
        lows.append(low)
        highs.append(high)
        means.append(float(weight @ y / weight.sum()))
    tail = (1 - level) / 2
    middle = np.array(means)
    return Sized(
        None, float(np.quantile(lows, tail)), float(np.quantile(highs, 1 - tail)), None,
        float(np.quantile(middle - highs, tail)), float(np.quantile(middle - lows, 1 - tail)),
    )  # fmt: skip


def _counts(units: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """How often each unit is drawn, `DRAWS` times."""
    for piece in resamples(units, DRAWS, rng):
        yield from piece.astype(float)


def _ends(
    y: np.ndarray, behind: np.ndarray, weight: np.ndarray, gamma: float
) -> tuple[float, float]:
    """Least and largest weighted mean of sorted outcomes."""
    small, large = (weight * (1 + u * behind) for u in (1 / gamma, gamma))
    ends = []
    for first, last in ((large, small), (small, large)):
        mass = np.cumsum(first) + last.sum() - np.cumsum(last)
        total = np.cumsum(first * y) + last @ y - np.cumsum(last * y)
        ends.append(total / mass)
    return float(ends[0].min()), float(ends[1].max())
