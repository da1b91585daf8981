"""Effects by segment, and which columns they go with.

Means of doubly robust scores over groups that covariates make (Semenova and Chernozhukov, 2021):
nothing is learned, so that all rows tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.heterogeneity.evidence_tables import DRAWS, widest
from causalrec.core.seeds import generator
from causalrec.core.statistics.p_values import holm
from causalrec.core.statistics.samples import totals

__all__ = ["Segments", "cut_points", "groups_of_column"]

MOST_VALUES = 8
"""Of a column, that are segments of their own; a number of more is cut into thirds."""
FEWEST_ROWS = 50
"""Of either group in a segment: its mean score is then near enough to normal."""


def cut_points(values: np.ndarray, shares: np.ndarray) -> list[float]:
    """Quantiles of a column with three significant digits, each once.

    Args:
        values: (n,).
        shares: (k,).
    """
    cuts = {float(f"{cut:.3g}") for cut in np.quantile(values, shares)}
    return sorted(cut for cut in cuts if values.min() <= cut < values.max())


def groups_of_column(name: str, values: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    """Segments that a column makes, each with its rows, bool (n,).

    Args:
        name: of the column.
        values: numbers or words.
    """
    column = values.to_numpy()
    levels = values.value_counts()
    if values.dtype.kind != "f" or len(levels) <= MOST_VALUES:
        for level in sorted(levels.index[:MOST_VALUES]):
            word = f"{level:g}" if isinstance(level, float) else level
            yield f"{name}={word}", column == level
        return
    cuts = cut_points(column, np.array([1 / 3, 2 / 3]))
    for low, high in zip([None, *cuts], [*cuts, None], strict=True):
        above = [] if low is None else [f"{name}>{low:g}"]
        most = [] if high is None else [f"{name}<={high:g}"]
        inside = np.ones(len(column), dtype=bool)
        inside &= True if low is None else column > low
        inside &= True if high is None else column <= high
        yield " & ".join([*above, *most]), inside


@dataclass(frozen=True, eq=False)
class Segments:
    """Doubly robust scores by the segments of each column.

    Attributes:
        problem: the question, without unknown values.
        scores: (n,).
        columns: which make segments.
    """

    problem: Problem
    scores: np.ndarray
    columns: tuple[str, ...]

    @cached_property
    def groups(self) -> list[tuple[str, str, np.ndarray]]:
        """Column, segment and rows of each that has enough of both groups."""
        groups = []
        for name in self.columns:
            mine = [
                (name, segment, inside)
                for segment, inside in groups_of_column(name, self.problem.frame[name])
                if self._enough(inside)
            ]
            groups += mine if len(mine) > 1 else []
        return groups

    def _enough(self, inside: np.ndarray) -> bool:
        treated = self.problem.treatment[inside]
        return min(float(treated.sum()), float((1 - treated).sum())) >= FEWEST_ROWS

    @cached_property
    def share(self) -> np.ndarray:
        """Of all rows, (k,)."""
        return np.array([inside.mean() for _, _, inside in self.groups])

    @cached_property
    def value(self) -> np.ndarray:
        """Effect in each segment, (k,)."""
        return np.array([self.scores[inside].mean() for _, _, inside in self.groups])

    @cached_property
    def covariance(self) -> np.ndarray:
        """Of the errors of `value`, units free to depend within themselves, (k, k)."""
        members = np.column_stack([inside for _, _, inside in self.groups])
        influence = members * (self.scores[:, None] - self.value) / self.share
        sums = totals(influence, self.problem.cluster)
        factor = len(sums) / (len(sums) - 1) / len(self.scores) ** 2
        return np.asarray(factor * sums.T @ sums)

    @cached_property
    def contrast(self) -> np.ndarray:
        """Weights that make each segment's value less that of its column's other rows, (k, k)."""
        owner = np.array([name for name, _, _ in self.groups])
        weights = np.zeros((len(owner), len(owner)))
        for at, name in enumerate(owner):
            others = (owner == name) & (np.arange(len(owner)) != at)
            weights[at, others] = -self.share[others] / self.share[others].sum()
            weights[at, at] = 1.0
        return weights

    def table(self, level: float) -> pd.DataFrame:
        """One row a segment: column, segment, n, value, low, high, gap, p.

        Intervals hold all at once (the largest error of those that depend on each other as these
        do); p is of no gap to the column's other rows, by Holm over all segments.
        """
        from scipy.special import ndtr

        columns = ("column", "segment", "n", "value", "low", "high", "gap", "p")
        if not self.groups:
            return pd.DataFrame(columns=list(columns))
        reach = widest(self.covariance, level) * np.sqrt(np.diag(self.covariance))
        gap = self.contrast @ self.value
        error = np.sqrt(np.diag(self.contrast @ self.covariance @ self.contrast.T))
        p = 2 * ndtr(-np.abs(gap) / np.maximum(error, 1e-300))
        rows = zip(
            [name for name, _, _ in self.groups], [segment for _, segment, _ in self.groups],
            [int(inside.sum()) for _, _, inside in self.groups], self.value, self.value - reach,
            self.value + reach, gap, self._held(p), strict=True,
        )  # fmt: skip
        return pd.DataFrame(rows, columns=list(columns))

    def _held(self, p: np.ndarray) -> np.ndarray:
        """Holm's p-values; the two halves of a column are one comparison."""
        owner = [name for name, _, _ in self.groups]
        once = np.array([not (owner.count(n) == 2 and n in owner[:i]) for i, n in enumerate(owner)])
        adjusted = np.empty(len(p))
        adjusted[once] = holm(p[once])
        adjusted[~once] = adjusted[np.flatnonzero(~once) - 1]
        return adjusted

    def drivers(self, level: float) -> pd.DataFrame:
        """One row a column, that which the effect goes with most on top.

        column; spread (standard deviation of the effect between its segments, noise taken out,
        in units of the outcome); p (of none, by Holm); rank, rank_low, rank_high (among which it
        may be, from draws of the segments' errors). Going with a column is no cause of the
        effect's difference: another that moves with it may be.
        """
        columns = ("column", "spread", "p", "rank", "rank_low", "rank_high")
        names = list(dict.fromkeys(name for name, _, _ in self.groups))
        if not names:
            return pd.DataFrame(columns=list(columns))
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        noise = generator(0, "drivers").standard_normal((DRAWS // 4, len(self.value))) @ root.T
        squares = np.array([self._between(name, self.value[None]) for name in names])[:, 0]
        drawn = np.array([self._between(name, self.value + noise) for name in names])
        lucky = np.array([self._between(name, noise) for name in names])
        taken = lucky.mean(axis=1)
        p = (1 + (lucky >= squares[:, None]).sum(axis=1)) / (1 + noise.shape[0])
        # Values as drawn have the noise of the estimate and of the draw.
        ranks = 1 + np.argsort(np.argsort(-(drawn - 2 * taken[:, None]), axis=0), axis=0)
        ends = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=1)
        spread = np.sqrt(np.maximum(squares - taken, 0.0))
        place = 1 + np.argsort(np.argsort(-(squares - taken)))
        table = pd.DataFrame(
            {"column": names, "spread": spread, "p": holm(p), "rank": place,
             "rank_low": np.floor(ends[0]).astype(int), "rank_high": np.ceil(ends[1]).astype(int)}
        )  # fmt: skip
        return table.sort_values("rank", ignore_index=True)

    def _between(self, name: str, values: np.ndarray) -> np.ndarray:
        """Variance between the segments of a column, of values (draws, k): (draws,)."""
        mine = np.array([one == name for one, _, _ in self.groups])
        weight = self.share[mine] / self.share[mine].sum()
        about = values[:, mine] - (values[:, mine] @ weight)[:, None]
        return np.asarray((about**2) @ weight)
