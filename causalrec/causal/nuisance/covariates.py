"""Covariates as a matrix: numbers, indicators, target-encoded categories; made for any rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from causalrec.causal.nuisance.covariate_columns import (
    Covariate,
    Encoded,
    Indicators,
    Numeric,
    levels_of,
)
from causalrec.causal.rows.column_values import SMALLEST
from causalrec.core.words import Text

__all__ = ["MANY_LEVELS", "Design", "Scale", "make_design"]

CONSTANT = 1e-12
"""Spread, in units of the largest value, that rounding makes."""
MANY_LEVELS = 20
"""Levels up to which a category has an indicator each: as many columns as an arm has rows."""


class Scale(NamedTuple):
    """How a column is standardised: ``(value / size - mean) / spread``."""

    size: float
    mean: float
    spread: float

    def of(self, values: np.ndarray) -> np.ndarray:
        """Values in spreads from their mean; what is unknown is at the mean."""
        return np.asarray(np.nan_to_num((values / self.size - self.mean) / self.spread))

    def back(self, standard: float) -> float:
        """A standardised value as it was."""
        return (standard * self.spread + self.mean) * self.size


@dataclass(frozen=True, eq=False)
class Design:
    """Covariates as a standardised matrix.

    Attributes:
        x: (n, p), each column with mean 0 and variance 1.
        names: of the p columns.
        smooth: which columns have more than two values, bool (p,).
        columns: the covariates that entered.
        origin: the covariate that each of the p columns is of.
        encoded: number of levels of the categories that were target-encoded.
        covariates: how each became columns.
        scales: how each of the p columns was standardised.
    """

    x: np.ndarray
    names: tuple[str, ...]
    smooth: np.ndarray
    columns: tuple[str, ...]
    origin: tuple[str, ...]
    encoded: dict[str, int] = field(default_factory=dict)
    covariates: tuple[Covariate, ...] = ()
    scales: tuple[Scale, ...] = ()

    def flags(self) -> list[Text]:
        """What was encoded, one sentence each."""
        return [
            Text("causal.flag_alone" if 2 * count > len(self.x) else "causal.flag_encoded",
                 name=name, n=count)
            for name, count in self.encoded.items()
        ]  # fmt: skip

    def of(self, frame: pd.DataFrame) -> np.ndarray:
        """The same columns of other rows, (m, p): what was never seen is taken as average."""
        parts: dict[str, np.ndarray] = {}
        for one in self.covariates:
            parts |= one.of(frame[one.column])
        scaled = [s.of(parts[name]) for name, s in zip(self.names, self.scales, strict=True)]
        return np.column_stack(scaled) if scaled else np.empty((len(frame), 0))

    def unfamiliar(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        """By covariate, which rows have a value beyond what was seen, bool (m,) each."""
        return {one.column: one.unfamiliar(frame[one.column]) for one in self.covariates}


def make_design(
    frame: pd.DataFrame,
    columns: tuple[str, ...],
    *,
    targets: np.ndarray,
    folds: np.ndarray,
) -> Design:
    """Covariates as numbers.

    A numeric column stays one column; a category of up to 20 levels becomes indicators; one of
    more levels becomes its frequency and the cross-fitted, shrunken means of the targets
    (Micci-Barreca, 2001), each row's from the other folds, and its number where it is one.
    Where values are still missing, a
    number becomes its median with an indicator column, and missing is a level of a category:
    right only where the treatment was given at random, or was chosen not knowing them either.

    Args:
        frame: the rows.
        columns: the covariates.
        targets: outcome and treatment, (n, k).
        folds: fold of each row, int (n,).
    """
    parts: dict[str, np.ndarray] = {}
    origin: dict[str, str] = {}
    encoded: dict[str, int] = {}
    covariates = []
    for column in columns:
        covariate, own = _parts(column, frame[column], targets, folds)
        covariates.append(covariate)
        parts |= own
        origin |= dict.fromkeys(own, column)
        if isinstance(covariate, Encoded):
            encoded[column] = len(covariate.levels)
    scales = {n: s for n, s in ((n, _scale(v)) for n, v in parts.items()) if s is not None}
    kept = [scale.of(parts[name]) for name, scale in scales.items()]
    x = np.column_stack(kept) if kept else np.empty((len(frame), 0))
    smooth = np.array([len(np.unique(column[:5000])) > 2 for column in x.T], dtype=bool)
    origins = tuple(origin[name] for name in scales)
    return Design(x, tuple(scales), smooth, columns, origins, encoded, tuple(covariates),
                  tuple(scales.values()))  # fmt: skip


def _parts(
    column: str, values: pd.Series, targets: np.ndarray, folds: np.ndarray
) -> tuple[Covariate, dict[str, np.ndarray]]:
    """How a covariate becomes columns, and those of the rows that it is learned from."""
    if values.dtype.kind == "f":
        numeric = Numeric.learned(column, values.to_numpy())
        return numeric, numeric.of(values)
    codes, unique = pd.factorize(levels_of(values), sort=True)
    levels = pd.Index(unique, dtype=object)
    if len(unique) <= MANY_LEVELS:
        indicators = Indicators(column, levels)
        return indicators, indicators.of(values)
    encoded = Encoded.learned(column, levels, codes=codes, targets=targets)
    return encoded, encoded.of(values) | encoded.crossed(codes, targets, folds)


def _scale(values: np.ndarray) -> Scale | None:
    """To mean 0 and variance 1; None for a constant, also one that only rounding errors move."""
    size = float(np.abs(values).max(initial=0.0))
    if size < SMALLEST:
        return None
    mean = float((values / size).mean())
    spread = float((values / size - mean).std())
    return Scale(size, mean, spread) if spread > CONSTANT else None
