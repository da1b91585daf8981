"""A stack of regressions that can be asked of new rows.

Ridge regressions on the feature maps and gradient-boosted trees, combined by the convex weights
that predict left-out rows best (Wolpert, 1992; van der Laan, Polley and Hubbard, 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.nuisance.cross_fitting import convex
from causalrec.causal.nuisance.feature_maps import FeatureMaps, feature_maps
from causalrec.causal.nuisance.multiplied import MULTIPLIED_PENALTIES, Multiplied, fit_multiplied
from causalrec.causal.nuisance.ridge import PENALTIES, cross_fit_ridge, ridge_slopes
from causalrec.core.seeds import generator

if TYPE_CHECKING:
    from lightgbm import Booster

__all__ = ["FittedStack", "Mapped", "boosted", "fit_stack"]

SHRUNK = (*PENALTIES, 4.0, 16.0)
"""Penalties a row: where the target is mostly noise nearly nothing of a slope stays."""
LEAST_WEIGHT = 0.02
"""Members of a stack that weigh less are left out of it."""
FEWEST_TREE_ROWS = 40
"""Rows from which trees are tried at all."""
MOST_MULTIPLIED_ROWS = 20_000
"""Rows up to which a curve whose covariates multiply is tried; trees take its part."""
BEYOND = 0.5
"""Share of the range of what was taught by which predictions may leave it; of 0/1 none may."""
ROUNDS = 60
"""Trees one after another."""


@dataclass(frozen=True, eq=False)
class Mapped:
    """Covariates with their feature maps, made once for several regressions.

    Attributes:
        x: standardised covariates, (n, p).
        smooth: which columns have more than two values, bool (p,).
        seed: picks landmarks and grows trees.
    """

    x: np.ndarray
    smooth: np.ndarray
    seed: int

    @cached_property
    def maps(self) -> FeatureMaps:
        """The maps."""
        return feature_maps(self.x, self.smooth, generator(self.seed, "landmarks"))

    @cached_property
    def features(self) -> dict[str, np.ndarray]:
        """The feature matrices of the rows."""
        return self.maps.of(self.x)


@dataclass(frozen=True, eq=False)
class FittedStack:
    """A convex combination of regressions.

    Attributes:
        maps: of the ridge regressions.
        slopes: of each by its map, intercept first.
        trees: the boosted trees; None where they are left out.
        multiplied: the curve whose covariates multiply; None where it is left out.
        constant: the mean of what was taught.
        weights: of the members, by name.
        ends: between which predictions stay.
        left_out: predictions of the taught rows by members that never saw them, (n,).
    """

    maps: FeatureMaps
    slopes: dict[str, np.ndarray]
    trees: Booster | None
    multiplied: Multiplied | None
    constant: float
    weights: dict[str, float]
    ends: tuple[float, float]
    left_out: np.ndarray

    def predict(self, x: np.ndarray) -> np.ndarray:
        """What is expected at covariates (m, p), (m,)."""
        total = np.full(len(x), self.weights["constant"] * self.constant)
        features = self.maps.of(x)
        for name, slopes in self.slopes.items():
            total += self.weights[name] * (features[name] @ slopes[1:] + slopes[0])
        if self.trees is not None:
            total += self.weights["trees"] * np.asarray(self.trees.predict(x))
        if self.multiplied is not None:
            total += self.weights["multiplied"] * self.multiplied.predict(x)
        return np.asarray(np.clip(total, *self.ends))


def boosted(x: np.ndarray, y: np.ndarray, seed: int, weight: np.ndarray | None = None) -> Booster:
    """Gradient-boosted trees of a modest size (Ke et al., 2017, "LightGBM")."""
    import lightgbm

    leaf = max(5, min(40, len(y) // 40))
    settings = {
        "objective": "regression", "learning_rate": 0.08, "num_leaves": 15, "lambda_l2": 1.0,
        "min_data_in_leaf": leaf, "seed": seed, "num_threads": 1, "verbosity": -1,
        "deterministic": True, "force_row_wise": True,
    }  # fmt: skip
    rows = lightgbm.Dataset(x, y, weight=weight, params=settings)
    return lightgbm.train(settings, rows, num_boost_round=ROUNDS)


def fit_stack(
    mapped: Mapped,
    target: np.ndarray,
    folds: np.ndarray,
    *,
    rows: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> FittedStack:
    """A stack that predicts a target.

    Args:
        mapped: the covariates.
        target: (n,).
        folds: fold of each row, int (n,) from 0 on.
        rows: which rows to learn from, bool (n,); None: all.
        weight: of each row, (n,); None: all alike.
    """
    rows = np.ones(len(target), dtype=bool) if rows is None else rows
    root = np.ones(len(target)) if weight is None else np.sqrt(weight)
    seed = mapped.seed
    fits = {
        name: cross_fit_ridge(features, target, folds, rows=rows, penalties=SHRUNK, weight=weight)
        for name, features in mapped.features.items()
    }
    predicted = {name: fit.predicted for name, fit in fits.items()}
    predicted["constant"] = _constants(target, folds, rows, root**2)
    growing = rows.sum() >= FEWEST_TREE_ROWS and mapped.x.shape[1] > 0
    if growing:
        predicted["trees"] = _left_out_trees(mapped, target, folds, rows=rows, weight=weight)
    ends = _ends(target[rows])
    curved = (
        growing
        and weight is None
        and ends[0] < target.min()
        and (rows.sum() <= MOST_MULTIPLIED_ROWS)
    )
    if curved:
        predicted["multiplied"], penalty = _left_out_curves(mapped.x, target, folds, rows)
    candidates = np.clip(np.column_stack([*predicted.values()]), *ends)
    heights = root[rows]
    shares = convex(candidates[rows] * heights[:, None], target[rows] * heights)
    shares = np.where(shares < LEAST_WEIGHT, 0.0, shares)
    weights = dict(zip(predicted, (shares / shares.sum()).tolist(), strict=True))
    mine = None if weight is None else weight[rows]
    slopes = {
        name: ridge_slopes(mapped.features[name][rows], target[rows], fit.penalty, mine)
        for name, fit in fits.items()
        if weights[name]
    }
    trees = boosted(mapped.x[rows], target[rows], seed, mine) if weights.get("trees") else None
    multiplied = None
    if weights.get("multiplied"):
        multiplied = fit_multiplied(mapped.x[rows], target[rows], penalty)
    left_out = candidates @ np.array([*weights.values()])
    constant = float(np.average(target[rows], weights=root[rows] ** 2))
    return FittedStack(mapped.maps, slopes, trees, multiplied, constant, weights, ends, left_out)


def _ends(target: np.ndarray) -> tuple[float, float]:
    """Between which predictions of a target stay."""
    low, high = float(target.min()), float(target.max())
    two = bool(np.isin(target, (low, high)).all())
    margin = 0.0 if two else BEYOND * (high - low)
    return low - margin, high + margin


def _left_out_curves(
    x: np.ndarray, target: np.ndarray, folds: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, float]:
    """Predictions of rows by curves that never saw them, and the penalty that does best."""
    predicted = np.empty((len(target), len(MULTIPLIED_PENALTIES)))
    for fold in range(int(folds.max()) + 1):
        left_out, train = folds == fold, rows & (folds != fold)
        for j, penalty in enumerate(MULTIPLIED_PENALTIES):
            curve = fit_multiplied(x[train], target[train], penalty)
            predicted[left_out, j] = curve.predict(x[left_out])
    losses = ((predicted[rows] - target[rows, None]) ** 2).mean(axis=0)
    best = int(losses.argmin())
    return predicted[:, best], MULTIPLIED_PENALTIES[best]


def _constants(
    target: np.ndarray, folds: np.ndarray, rows: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """The mean of the other folds, for each row, (n,)."""
    k = int(folds.max()) + 1
    totals = np.bincount(folds[rows], (weight * target)[rows], k)
    counts = np.bincount(folds[rows], weight[rows], k)
    means = (totals.sum() - totals) / np.maximum(counts.sum() - counts, 1e-12)
    return np.asarray(means[folds])


def _left_out_trees(
    mapped: Mapped,
    target: np.ndarray,
    folds: np.ndarray,
    *,
    rows: np.ndarray,
    weight: np.ndarray | None,
) -> np.ndarray:
    predicted = np.empty(len(target))
    for fold in range(int(folds.max()) + 1):
        left_out = folds == fold
        train = rows & ~left_out
        mine = None if weight is None else weight[train]
        model = boosted(mapped.x[train], target[train], mapped.seed, mine)
        predicted[left_out] = model.predict(mapped.x[left_out])
    return predicted
