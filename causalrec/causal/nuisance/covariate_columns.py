"""What each covariate becomes: columns of numbers, made from some rows for any others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.rows.column_values import look

__all__ = ["SHRINK", "Covariate", "Encoded", "Indicators", "Numeric", "levels_of"]

SHRINK = 10.0
"""Rows that the mean of all is worth: a level of ten counts half by its own mean."""

BEYOND = 0.1
"""Share of a number's range beyond which it is unlike what was seen."""


def levels_of(values: pd.Series) -> pd.Series:
    """Categories, of which an unknown one is a level of its own."""
    return values.astype(object).where(values.notna(), "")


@dataclass(frozen=True, eq=False)
class Covariate(ABC):
    """A covariate as it was learned.

    Attributes:
        column: its name.
    """

    column: str

    @abstractmethod
    def of(self, values: pd.Series) -> dict[str, np.ndarray]:
        """Its columns by name, each (m,), with NaN where nothing is known."""

    @abstractmethod
    def unfamiliar(self, values: pd.Series) -> np.ndarray:
        """Which values were never seen when it was learned, bool (m,)."""


@dataclass(frozen=True, eq=False)
class Numeric(Covariate):
    """A number.

    Attributes:
        middle: median of the known values; None where all were known.
        ends: least and largest value.
    """

    middle: float | None
    ends: tuple[float, float]

    @classmethod
    def learned(cls, column: str, numbers: np.ndarray) -> Numeric:
        """From its values."""
        known = numbers[~np.isnan(numbers)]
        middle = None
        if len(known) < len(numbers):
            middle = float(np.median(known)) if len(known) else 0.0
        ends = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        return cls(column, middle, ends)

    def of(self, values: pd.Series) -> dict[str, np.ndarray]:
        """The number, and whether it is unknown where some were."""
        numbers = values.to_numpy(dtype=float)
        if self.middle is None:
            return {self.column: numbers}
        missing = np.isnan(numbers)
        filled = np.where(missing, self.middle, numbers)
        return {self.column: filled, f"{self.column} missing": missing * 1.0}

    def unfamiliar(self, values: pd.Series) -> np.ndarray:
        """Unknown where none was, and well beyond the ends."""
        numbers = values.to_numpy(dtype=float)
        low, high = self.ends
        margin = BEYOND * (high - low)
        beyond = (numbers < low - margin) | (numbers > high + margin)
        return np.asarray(beyond | (np.isnan(numbers) & (self.middle is None)))


@dataclass(frozen=True, eq=False)
class Indicators(Covariate):
    """A category of few levels.

    Attributes:
        levels: sorted; the first has no column.
    """

    levels: pd.Index

    def _codes(self, values: pd.Series) -> np.ndarray:
        return np.asarray(self.levels.get_indexer(pd.Index(levels_of(values), dtype=object)))

    def of(self, values: pd.Series) -> dict[str, np.ndarray]:
        """Whether it is a level, for each."""
        codes = self._codes(values)
        known = np.where(codes < 0, np.nan, 1.0)
        return {
            f"{self.column}={level}": (codes == i) * known
            for i, level in enumerate(self.levels[1:], 1)
        }

    def unfamiliar(self, values: pd.Series) -> np.ndarray:
        """Levels that did not occur."""
        return np.asarray(self._codes(values) < 0)


@dataclass(frozen=True, eq=False)
class Encoded(Indicators):
    """A category of many levels (Micci-Barreca, 2001).

    Attributes:
        rows: of each level, (l,).
        means: shrunken means of the targets by level, (l, k).
        overall: means of the targets, (k,): what an unseen level is taken for.
        number: the level's own number; None where it is none.
    """

    rows: np.ndarray
    means: np.ndarray
    overall: np.ndarray
    number: Numeric | None

    @classmethod
    def learned(
        cls, column: str, levels: pd.Index, *, codes: np.ndarray, targets: np.ndarray
    ) -> Encoded:
        """From the level of each row, int (n,), and its targets, (n, k)."""
        rows = np.bincount(codes, minlength=len(levels))
        overall = targets.mean(axis=0)
        totals = np.column_stack([np.bincount(codes, t, len(levels)) for t in targets.T])
        means = (totals + SHRINK * overall) / (rows + SHRINK)[:, None]
        read = look(pd.Series(levels, dtype=object))
        text = read.form == "text_number"
        number = Numeric.learned(column, read.data[codes]) if text else None
        return cls(column, levels, rows, means, overall, number)

    def of(self, values: pd.Series) -> dict[str, np.ndarray]:
        """Its number where it is one, its frequency, and the targets' means."""
        codes = self._codes(values)
        unseen = codes < 0
        parts = {} if self.number is None else self.number.of(self._numbers(values))
        frequency = np.where(unseen, 0, self.rows[codes]).astype(float)
        parts[f"{self.column} frequency"] = np.log1p(frequency)
        means = np.where(unseen[:, None], self.overall, self.means[codes])
        named = {f"{self.column} encoded {j}": one for j, one in enumerate(means.T, 1)}
        return parts | named

    def _numbers(self, values: pd.Series) -> pd.Series:
        """The numbers that text is; NaN for other text."""
        read = look(levels_of(values))
        numbers = read.data if read.numeric else np.full(len(values), np.nan)
        return pd.Series(numbers, index=values.index, dtype=float)

    def crossed(
        self, codes: np.ndarray, targets: np.ndarray, folds: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Of the rows that it is learned from the targets' means, each row's by other folds."""
        parts = {}
        n_levels = len(self.levels)
        for j, target in enumerate(targets.T):
            means_of_rows = np.empty(len(codes))
            for fold in np.unique(folds):
                other = folds != fold
                totals = np.bincount(codes[other], target[other], n_levels)
                rows = np.bincount(codes[other], minlength=n_levels)
                means = (totals + SHRINK * target[other].mean()) / (rows + SHRINK)
                means_of_rows[~other] = means[codes[~other]]
            parts[f"{self.column} encoded {j + 1}"] = means_of_rows
        return parts
