"""Covariates as numbers: one-hot, ordered, imputed with an indicator, target-encoded."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from causalrec.core.words import Text

__all__ = ["Design", "make_design"]

MANY_LEVELS = 20
SHRINK = 10.0


@dataclass(frozen=True, eq=False)
class Design:
    """Covariates as a standardised matrix.

    Attributes:
        x: (n, p), each column with mean 0 and variance 1.
        names: of the p columns.
        smooth: which columns have more than two values, bool (p,).
        columns: the covariates that entered.
        imputed: how many missing values each covariate had.
        encoded: number of levels of the categories that were target-encoded.
    """

    x: np.ndarray
    names: tuple[str, ...]
    smooth: np.ndarray
    columns: tuple[str, ...]
    imputed: dict[str, int] = field(default_factory=dict)
    encoded: dict[str, int] = field(default_factory=dict)

    def flags(self) -> list[Text]:
        """What was imputed and encoded, one sentence each."""
        told = [
            Text("causal.flag_imputed", name=name, n=count) for name, count in self.imputed.items()
        ]
        return told + [
            Text("causal.flag_encoded", name=name, n=count) for name, count in self.encoded.items()
        ]


def make_design(
    frame: pd.DataFrame,
    columns: tuple[str, ...],
    *,
    targets: np.ndarray,
    folds: np.ndarray,
) -> Design:
    """Covariates as numbers.

    A numeric column stays one column (missing values become its median, with an indicator
    column); a category of up to 20 levels becomes indicators, missing being a level; one of
    more levels becomes its frequency and the cross-fitted, shrunken means of the targets
    (Micci-Barreca, 2001), each row's from the other folds.

    Args:
        frame: the rows.
        columns: the covariates.
        targets: outcome and treatment, (n, k).
        folds: fold of each row, int (n,).
    """
    parts: dict[str, np.ndarray] = {}
    imputed: dict[str, int] = {}
    encoded: dict[str, int] = {}
    for column in columns:
        values = frame[column]
        missing = int(values.isna().sum())
        if missing:
            imputed[column] = missing
        numbers = _numbers(values)
        if numbers is not None:
            parts |= _numeric(column, numbers)
            continue
        levels = values.astype(object).where(values.notna(), None).astype(str)
        codes, unique = pd.factorize(levels, sort=True)
        if len(unique) > MANY_LEVELS:
            encoded[column] = len(unique)
            parts |= _encode(column, codes, targets, folds)
        else:
            parts |= {f"{column}={u}": (codes == i) * 1.0 for i, u in enumerate(unique[1:], 1)}
    kept = {name: v for name, v in parts.items() if v.std() > 1e-12}
    x = np.column_stack([*kept.values()]) if kept else np.empty((len(frame), 0))
    spread = x.std(axis=0) if kept else np.empty(0)
    x = (x - x.mean(axis=0)) / spread if kept else x
    smooth = np.array([len(np.unique(column[:5000])) > 2 for column in x.T], dtype=bool)
    return Design(x, tuple(kept), smooth, columns, imputed, encoded)


def _numbers(values: pd.Series) -> np.ndarray | None:
    """Numbers, booleans and times as float64 (times in days), None for categories."""
    if pd.api.types.is_datetime64_any_dtype(values):
        days = (values - values.min()) / pd.Timedelta(days=1)
        return np.asarray(days.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    return None


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
        made = np.empty(len(codes))
        for fold in np.unique(folds):
            other = folds != fold
            totals = np.bincount(codes[other], target[other], n_levels)
            rows = np.bincount(codes[other], minlength=n_levels)
            means = (totals + SHRINK * target[other].mean()) / (rows + SHRINK)
            made[~other] = means[codes[~other]]
        parts[f"{column} encoded {j + 1}"] = made
    return parts
