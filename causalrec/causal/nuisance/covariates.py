"""Covariates as a matrix: numbers, indicators, target-encoded categories."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from causalrec.causal.rows.column_values import SMALLEST, look
from causalrec.core.words import Text

__all__ = ["Design", "make_design"]

CONSTANT = 1e-12
"""Spread, in units of the largest value, that rounding makes."""
MANY_LEVELS = 20
"""Levels up to which a category has an indicator each: as many columns as an arm has rows."""
SHRINK = 10.0
"""Rows that the mean of all is worth: a level of ten counts half by its own mean."""


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
    """

    x: np.ndarray
    names: tuple[str, ...]
    smooth: np.ndarray
    columns: tuple[str, ...]
    origin: tuple[str, ...]
    encoded: dict[str, int] = field(default_factory=dict)

    def flags(self) -> list[Text]:
        """What was encoded, one sentence each."""
        return [
            Text("causal.flag_alone" if 2 * count > len(self.x) else "causal.flag_encoded",
                 name=name, n=count)
            for name, count in self.encoded.items()
        ]  # fmt: skip


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
    right only where the treatment was given at random.

    Args:
        frame: the rows.
        columns: the covariates.
        targets: outcome and treatment, (n, k).
        folds: fold of each row, int (n,).
    """
    parts: dict[str, np.ndarray] = {}
    origin: dict[str, str] = {}
    encoded: dict[str, int] = {}
    for column in columns:
        own, levels = _parts(column, frame[column], targets, folds)
        parts |= own
        origin |= dict.fromkeys(own, column)
        if levels > MANY_LEVELS:
            encoded[column] = levels
    kept = {name: v for name, v in ((n, _standard(v)) for n, v in parts.items()) if v is not None}
    x = np.column_stack([*kept.values()]) if kept else np.empty((len(frame), 0))
    smooth = np.array([len(np.unique(column[:5000])) > 2 for column in x.T], dtype=bool)
    return Design(x, tuple(kept), smooth, columns, tuple(origin[name] for name in kept), encoded)


def _parts(
    column: str, values: pd.Series, targets: np.ndarray, folds: np.ndarray
) -> tuple[dict[str, np.ndarray], int]:
    """The columns that a covariate becomes, and how many levels it has; 0 for a number."""
    if values.dtype.kind == "f":
        return _numeric(column, values.to_numpy()), 0
    codes, unique = pd.factorize(values.astype(object).where(values.notna(), ""), sort=True)
    if len(unique) <= MANY_LEVELS:
        indicators = {f"{column}={u}": (codes == i) * 1.0 for i, u in enumerate(unique[1:], 1)}
        return indicators, len(unique)
    parts = _encode(column, codes, targets, folds)
    numbers = look(pd.Series(unique, dtype=object))
    if numbers.form == "text_number":
        parts = _numeric(column, numbers.data[codes]) | parts
    return parts, len(unique)


def _standard(values: np.ndarray) -> np.ndarray | None:
    """Mean 0 and variance 1; None for a constant, also one that only rounding errors move."""
    size = float(np.abs(values).max(initial=0.0))
    if size < SMALLEST:
        return None
    centred = values / size
    centred = centred - centred.mean()
    spread = float(centred.std())
    return centred / spread if spread > CONSTANT else None


def _numeric(column: str, numbers: np.ndarray) -> dict[str, np.ndarray]:
    missing = np.isnan(numbers)
    if not missing.any():
        return {column: numbers}
    middle = float(np.nanmedian(numbers)) if not missing.all() else 0.0
    return {column: np.where(missing, middle, numbers), f"{column} missing": missing * 1.0}


def _encode(
    column: str, codes: np.ndarray, targets: np.ndarray, folds: np.ndarray
) -> dict[str, np.ndarray]:
    n_levels = int(codes.max()) + 1
    counts = np.bincount(codes, minlength=n_levels)
    parts = {f"{column} frequency": np.log1p(counts[codes].astype(float))}
    for j, target in enumerate(targets.T):
        means_of_rows = np.empty(len(codes))
        for fold in np.unique(folds):
            other = folds != fold
            totals = np.bincount(codes[other], target[other], n_levels)
            rows = np.bincount(codes[other], minlength=n_levels)
            means = (totals + SHRINK * target[other].mean()) / (rows + SHRINK)
            means_of_rows[~other] = means[codes[~other]]
        parts[f"{column} encoded {j + 1}"] = means_of_rows
    return parts
