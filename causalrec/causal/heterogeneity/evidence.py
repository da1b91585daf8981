"""Held-out evidence that an effect differs between users."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from causalrec.causal.heterogeneity.held_out_ranking import Ranking
from causalrec.causal.heterogeneity.rank_weights import Influenced, calibration, gains, qini, rate
from causalrec.core.statistics.quantiles import student
from causalrec.core.statistics.samples import totals

__all__ = ["SHARES", "Curve", "Evidence", "Figure"]

SHARES = np.linspace(0.05, 1.0, 20)
"""Of users treated first, at which the curves are told."""


@dataclass(frozen=True)
class Figure:
    """A figure of a ranking.

    Attributes:
        value, se: estimate and standard error, of units.
        low, high: interval.
        p: one-sided: the chance of such a value where nothing differs.
    """

    value: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, eq=False)
class Curve:
    """What treating in the order of a ranking gains.

    Attributes:
        gain: per person of all, where the first `SHARES` are treated, (20,).
        covariance: of its errors, (20, 20).
        freedom: degrees of freedom of its errors.
    """

    gain: np.ndarray
    covariance: np.ndarray
    freedom: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """What held-out rows say of rankings.

    A figure is the mean over the rankings, and so is its error: no mean spreads wider than its
    parts do on average, so that intervals hold whatever the rankings share. One ranking alone
    would hang on how users were dealt into its parts.

    Attributes:
        effects: doubly robust scores, (n,).
        rankings: one a dealing of users into parts.
        cluster: number of each row's unit, int (n,); None: rows are independent.
        level: of the intervals.
    """

    effects: np.ndarray
    rankings: tuple[Ranking, ...]
    cluster: np.ndarray | None
    level: float = 0.95

    @property
    def differs(self) -> bool:
        """Whether the effect differs between users: the Qini's interval lies above 0."""
        return self.qini.low > 0

    @cached_property
    def qini(self) -> Figure:
        """Area between the ranking's gains and a random order's; see `rank_weights.qini`."""
        return self._figure(partial(_by_part, of=qini))

    @cached_property
    def rate(self) -> Figure:
        """Mean over q of the effect among the first q less that among all."""
        return self._figure(partial(_by_part, of=rate))

    @cached_property
    def slope(self) -> Figure:
        """Slope of the effect on its prediction: 1 where predictions are right."""
        return self._figure(_slope)

    @cached_property
    def curve(self) -> Curve:
        """Gains of treating the first `SHARES`."""
        at = partial(gains, shares=SHARES)
        of = [self._errors(one, _by_part(self._held(one), one, of=at)) for one in self.rankings]
        gain = np.mean([value for value, _, _ in of], axis=0)
        # Errors are averaged, not variances, as those of the other figures are.
        spread = np.mean([np.sqrt(np.diag(matrix)) for _, matrix, _ in of], axis=0)
        like = np.mean([matrix / _outer(matrix) for _, matrix, _ in of], axis=0)
        return Curve(gain, like * np.outer(spread, spread), of[0][2])

    def _held(self, ranking: Ranking) -> np.ndarray:
        return np.asarray(self.effects[ranking.rows])

    def _figure(self, of: Callable[[np.ndarray, Ranking], Influenced]) -> Figure:
        """A figure of one column, with its error."""
        from scipy.special import stdtr

        each = [self._errors(one, of(self._held(one), one)) for one in self.rankings]
        value = float(np.mean([value[0] for value, _, _ in each]))
        se = float(np.mean([np.sqrt(matrix[0, 0]) for _, matrix, _ in each]))
        freedom = each[0][2]
        half = student(self.level, freedom) * se
        p = float(stdtr(freedom, -value / se)) if se > 0 else 1.0
        return Figure(value, se, value - half, value + half, p)

    def _errors(self, ranking: Ranking, of: Influenced) -> tuple[np.ndarray, np.ndarray, int]:
        """Values (k,), the covariance of their errors (k, k), and its degrees of freedom."""
        units = None
        if self.cluster is not None:
            units = np.unique(self.cluster[ranking.rows], return_inverse=True)[1]
        sums = totals(of.influence, units)
        groups = len(sums)
        factor = groups / (groups - 1) / len(of.influence) ** 2
        return np.atleast_1d(of.value), factor * sums.T @ sums, groups - 1


def _outer(matrix: np.ndarray) -> np.ndarray:
    spread = np.sqrt(np.diag(matrix))
    return np.outer(spread, spread)


def _by_part(
    effects: np.ndarray, ranking: Ranking, *, of: Callable[[np.ndarray, np.ndarray], Influenced]
) -> Influenced:
    """A figure within each part, pooled by rows."""
    value, influence = np.zeros(1), []
    order = []
    for part in range(ranking.n_parts):
        mine = np.flatnonzero(ranking.part == part)
        one = of(effects[mine], ranking.predicted[mine])
        value = value + one.value * (len(mine) / len(effects))
        influence.append(one.influence)
        order.append(mine)
    back = np.argsort(np.concatenate(order))
    return Influenced(value, np.concatenate(influence)[back])


def _slope(effects: np.ndarray, ranking: Ranking) -> Influenced:
    """Calibration of predictions less the mean of their part."""
    part = ranking.part
    means = np.bincount(part, ranking.predicted) / np.bincount(part)
    return calibration(effects, ranking.predicted - means[part])
