"""The models that an effect is estimated with but not about: outcomes and propensities.

Each is a convex combination of cross-fitted models (van der Laan, Polley and Hubbard, 2007,
"Super learner"), so that straight, curved and kinked worlds are all served.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from causalrec.causal.basis import bases
from causalrec.causal.design import Design
from causalrec.causal.ridge import cross_fit_logistic, cross_fit_ridge, log_loss
from causalrec.core.seeds import generator

__all__ = ["Nuisance", "make_folds"]

TREES_FROM = 6_000
LESS_SMOOTH = 0.03
"""Propensities get this share of the best-predicting penalty: bias matters more than variance."""
MOST_TRAINED = 24_000


def make_folds(
    treatment: np.ndarray, cluster: np.ndarray | None, k: int, rng: np.random.Generator
) -> np.ndarray:
    """Fold of each row, int (n,): whole clusters where given, else balanced over treatments."""
    if cluster is not None:
        order = rng.permutation(int(cluster.max()) + 1)
        return np.asarray((order % k)[cluster])
    folds = np.empty(len(treatment), dtype=np.int64)
    levels = np.unique(treatment)
    groups = [treatment == level for level in levels] if len(levels) <= 10 else [treatment < np.inf]
    for group in groups:
        at = rng.permutation(np.flatnonzero(group))
        folds[at] = np.arange(len(at)) % k
    return folds


@dataclass(frozen=True, eq=False)
class Nuisance:
    """Cross-fitted nuisance models of one question, each made when first asked for.

    Attributes:
        design: covariates.
        treatment, outcome: (n,).
        folds: fold of each row, int (n,).
        seed: picks landmarks and subsamples.
    """

    design: Design
    treatment: np.ndarray
    outcome: np.ndarray
    folds: np.ndarray
    seed: int

    @cached_property
    def bases(self) -> dict[str, np.ndarray]:
        """The feature matrices to choose from."""
        rng = generator(self.seed, "landmarks")
        return bases(self.design.x, self.design.smooth, rng)

    @cached_property
    def learners(self) -> np.ndarray:
        """Rows to learn from: all, or a sample where there are many, bool (n,)."""
        n = len(self.outcome)
        if n <= MOST_TRAINED:
            return np.ones(n, dtype=bool)
        return generator(self.seed, "learners").random(n) < MOST_TRAINED / n

    @cached_property
    def by_arm(self) -> tuple[np.ndarray, np.ndarray]:
        """Expected outcome without and with the treatment given the covariates, (n,) each."""
        return self._regress(self.treatment == 0), self._regress(self.treatment == 1)

    @cached_property
    def outcome_mean(self) -> np.ndarray:
        """Expected outcome given the covariates alone, (n,)."""
        return self._regress(np.ones(len(self.outcome), dtype=bool))

    @cached_property
    def treatment_mean(self) -> np.ndarray:
        """Expected (continuous) treatment given the covariates, (n,)."""
        rows = np.ones(len(self.outcome), dtype=bool)
        return self._regress(rows, self.treatment)

    def _regress(self, arm: np.ndarray, target: np.ndarray | None = None) -> np.ndarray:
        y = self.outcome if target is None else target
        rows = arm & self.learners
        made = [cross_fit_ridge(b, y, self.folds, rows).predicted for b in self.bases.values()]
        if rows.sum() >= TREES_FROM and self.design.x.shape[1]:
            made.append(_trees(self.design.x, y, self.folds, rows))
        low, high = float(y[rows].min()), float(y[rows].max())
        candidates = np.clip(np.column_stack(made), low, high)
        return np.asarray(candidates @ _convex(candidates[rows], y[rows]))

    @cached_property
    def propensity(self) -> np.ndarray:
        """P(treated | covariates), unclipped, (n,)."""
        rows, t = self.learners, self.treatment
        made, losses = [], []
        for features in self.bases.values():
            line = cross_fit_ridge(features, t, self.folds, rows)
            fitted = cross_fit_logistic(features, t, self.folds, rows, line.penalty * LESS_SMOOTH)
            made.append(fitted.predicted)
            losses.append(fitted.loss)
        if rows.sum() >= TREES_FROM and self.design.x.shape[1]:
            made.append(_trees(self.design.x, t, self.folds, rows, binary=True))
            losses.append(log_loss(made[-1][rows], t[rows]))
        return _mixture(np.column_stack(made), t, rows, np.array(losses))


def _convex(candidates: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights (c,) that sum to 1 and predict best by least squares."""
    from scipy.optimize import nnls

    gram = candidates.T @ candidates / len(target)
    scale = np.sqrt(np.trace(gram) / len(gram)) + 1e-12
    heavy = 100.0 * scale  # a row that holds the sum of the weights at 1
    errors = candidates - target[:, None]
    spread = errors.T @ errors / len(target)
    root = np.linalg.cholesky(spread + 1e-10 * scale**2 * np.eye(len(spread))).T
    left = np.vstack([root, np.full(len(spread), heavy)])
    weights, _ = nnls(left, np.append(np.zeros(len(spread)), heavy))
    return np.asarray(weights / weights.sum())


def _mixture(
    candidates: np.ndarray, target: np.ndarray, rows: np.ndarray, losses: np.ndarray
) -> np.ndarray:
    """The mixture of probabilities with the best left-out likelihood, by EM, (n,)."""
    seen = np.clip(candidates[rows], 1e-4, 1 - 1e-4)
    likelihood = np.where(target[rows, None] == 1, seen, 1 - seen)
    weights = np.exp(-(losses - losses.min()) * 10)
    weights /= weights.sum()
    for _ in range(40):
        share = likelihood * weights
        share /= share.sum(axis=1, keepdims=True)
        weights = share.mean(axis=0)
    return np.asarray(candidates @ weights)


def _trees(
    x: np.ndarray, target: np.ndarray, folds: np.ndarray, rows: np.ndarray, binary: bool = False
) -> np.ndarray:
    """Gradient-boosted trees by fold (Friedman, 2001), for larger tables, (n,)."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    model = HistGradientBoostingClassifier if binary else HistGradientBoostingRegressor
    predicted = np.empty(len(x))
    for fold in range(int(folds.max()) + 1):
        left_out = folds == fold
        train = rows & ~left_out
        fitted = model(
            max_iter=80, learning_rate=0.07, max_leaf_nodes=12, min_samples_leaf=40,
            l2_regularization=5.0, random_state=fold,
        ).fit(x[train], target[train])  # fmt: skip
        made = fitted.predict_proba(x[left_out])[:, 1] if binary else fitted.predict(x[left_out])
        predicted[left_out] = made
    return predicted
