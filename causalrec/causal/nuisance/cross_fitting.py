"""The models that an effect is estimated with but not about: outcomes and propensities.

Each is a convex combination of cross-fitted models (van der Laan, Polley and Hubbard, 2007,
"Super learner"), so that straight, curved and kinked worlds are all served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from causalrec.causal.nuisance.covariates import Design
from causalrec.causal.nuisance.feature_maps import bases, lines_alone
from causalrec.causal.nuisance.ridge import PENALTIES, cross_fit_logistic, cross_fit_ridge, log_loss
from causalrec.core.seeds import generator

__all__ = ["Nuisance", "Stack", "convex", "make_folds"]

TREES_FROM = 6_000
"""Rows from which trees join: a leaf needs 40, and of fewer rows they would be coarse."""
LESS_SMOOTH = 0.03
"""Propensities get this share of the best-predicting penalty: bias matters more than variance.
Measured on the waves of tests/benchmarks/aipw_coverage.py (100 draws of 500 rows): IPW covers .26
at .3, .90 here and at .003, where the errors of AIPW are 2.4 times as large."""
MOST_TRAINED = 24_000
"""Rows that models learn from; more make them slower, and the scores are of all rows anyway."""
LEAST_WEIGHT = 0.05
"""Logistic models are made of those feature maps that predict the treatment at all. Measured on
the same waves: IPW covers .81 with all of them, .90 here, .92 at .2, where AIPW's errors are a
sixth larger."""
HALF = 1.6
"""Penalties a row are that much larger where half of the rows teach instead of four fifths."""


def make_folds(
    treatment: np.ndarray, cluster: np.ndarray | None, k: int, rng: np.random.Generator
) -> np.ndarray:
    """Fold of each row, int (n,): whole clusters where given, balanced over treatments."""
    if cluster is not None:
        mean = np.bincount(cluster, treatment) / np.bincount(cluster)
        order = np.lexsort((rng.permutation(len(mean)), mean))
        place = np.empty(len(mean), dtype=np.int64)
        place[order] = np.arange(len(mean)) % k
        return np.asarray(place[cluster])
    folds = np.empty(len(treatment), dtype=np.int64)
    levels = np.unique(treatment)
    groups = [treatment == level for level in levels] if len(levels) <= 10 else [treatment < np.inf]
    for group in groups:
        at = rng.permutation(np.flatnonzero(group))
        folds[at] = np.arange(len(at)) % k
    return folds


@dataclass(frozen=True, eq=False)
class Stack:
    """Predictions of a combination of models, and how it was tuned.

    Attributes:
        predicted: (n,).
        penalties: of each ridge model; weights: of each model.
    """

    predicted: np.ndarray
    penalties: tuple[float, ...]
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class Nuisance:
    """Cross-fitted nuisance models of one question, each made when first asked for.

    Attributes:
        design: covariates.
        treatment, outcome: (n,).
        folds: fold of each row, int (n,).
        seed: picks landmarks and subsamples.
        tuned: the same models on more rows, whose tuning these take over.
        smoothing: share of the best-predicting penalty that propensities get.
        straight: whether they are lines in the covariates and their ranks alone: in no time.
    """

    design: Design
    treatment: np.ndarray
    outcome: np.ndarray
    folds: np.ndarray
    seed: int
    tuned: Nuisance | None = None
    smoothing: float = LESS_SMOOTH
    straight: bool = False

    @cached_property
    def bases(self) -> dict[str, np.ndarray]:
        """The feature matrices to choose from."""
        if self.tuned is not None:
            return self.tuned.bases
        if self.straight:
            return lines_alone(self.design.x, self.design.smooth).of(self.design.x)
        rng = generator(self.seed, "landmarks")
        return bases(self.design.x, self.design.smooth, rng)

    @cached_property
    def learners(self) -> np.ndarray:
        """Rows to learn from: all, or a sample where there are many, bool (n,)."""
        n = len(self.outcome)
        if n <= MOST_TRAINED:
            return np.ones(n, dtype=bool)
        return generator(self.seed, "learners").random(n) < MOST_TRAINED / n

    def _with_trees(self, rows: np.ndarray) -> bool:
        """Whether trees learn from some rows, bool (n,)."""
        return not self.straight and rows.sum() >= TREES_FROM and bool(self.design.x.shape[1])

    def halved(self) -> Nuisance:
        """The same models, tuned alike, learned from half of the rows."""
        return replace(self, folds=self.folds % 2, tuned=self)

    @cached_property
    def by_arm(self) -> tuple[Stack, Stack]:
        """Expected outcome without and with the treatment given the covariates."""
        like = None if self.tuned is None else self.tuned.by_arm[0]
        return self._regress(self.treatment == 0, self.outcome, like), self.with_treatment

    @cached_property
    def with_treatment(self) -> Stack:
        """Expected outcome with the treatment given the covariates."""
        like = None if self.tuned is None else self.tuned.with_treatment
        return self._regress(self.treatment == 1, self.outcome, like)

    @cached_property
    def outcome_mean(self) -> Stack:
        """Expected outcome given the covariates alone."""
        like = None if self.tuned is None else self.tuned.outcome_mean
        return self._regress(np.ones(len(self.outcome), dtype=bool), self.outcome, like)

    @cached_property
    def treatment_mean(self) -> Stack:
        """Expected treatment given the covariates, as a number."""
        like = None if self.tuned is None else self.tuned.treatment_mean
        return self._regress(np.ones(len(self.outcome), dtype=bool), self.treatment, like)

    def _regress(self, arm: np.ndarray, y: np.ndarray, like: Stack | None) -> Stack:
        """A stack for the rows of an arm; `like` has the tuning, if it was done before."""
        rows = arm & self.learners
        choices: list[Sequence[float]] = [PENALTIES] * len(self.bases)
        if like is not None:
            choices = [(HALF * penalty,) for penalty in like.penalties]
        fitted = [
            cross_fit_ridge(features, y, self.folds, rows=rows, penalties=penalties)
            for features, penalties in zip(self.bases.values(), choices, strict=True)
        ]
        predicted = [fit.predicted for fit in fitted]
        if self._with_trees(rows):
            predicted.append(_trees(self.design.x, y, self.folds, rows))
        # Of all rows: an arm that is missing somewhere may lie beyond its own range there.
        low, high = float(y.min()), float(y.max())
        candidates = np.clip(np.column_stack(predicted), low, high)
        weights = convex(candidates[rows], y[rows]) if like is None else like.weights
        return Stack(candidates @ weights, tuple(fit.penalty for fit in fitted), weights)

    @cached_property
    def chance(self) -> Stack:
        """P(treated | covariates), unclipped."""
        rows, t, like = self.learners, self.treatment, self.treatment_mean
        predicted, losses = [], []
        for features, penalty, weight in zip(
            self.bases.values(), like.penalties, like.weights, strict=False
        ):
            if weight < LEAST_WEIGHT:
                continue
            penalty = self.smoothing * penalty
            fit = cross_fit_logistic(features, t, self.folds, rows=rows, penalty=penalty)
            predicted.append(fit.predicted)
            losses.append(fit.loss)
        if self._with_trees(rows):
            predicted.append(_trees(self.design.x, t, self.folds, rows, binary=True))
            losses.append(log_loss(predicted[-1][rows], t[rows]))
        candidates = np.column_stack(predicted)
        if self.tuned is None:
            weights = _mixture(candidates[rows], t[rows], np.array(losses))
        else:
            weights = self.tuned.chance.weights
        return Stack(candidates @ weights, like.penalties, weights)

    @property
    def propensity(self) -> np.ndarray:
        """P(treated | covariates), unclipped, (n,)."""
        return self.chance.predicted


def convex(candidates: np.ndarray, target: np.ndarray) -> np.ndarray:
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


def _mixture(candidates: np.ndarray, target: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Weights (c,) of the mixture with the best left-out likelihood, by EM."""
    seen = np.clip(candidates, 1e-4, 1 - 1e-4)
    likelihood = np.where(target[:, None] == 1, seen, 1 - seen)
    weights = np.exp(-(losses - losses.min()) * 10)
    weights /= weights.sum()
    for _ in range(30 if len(weights) > 1 else 0):
        weights = weights * (likelihood.T @ (1.0 / (likelihood @ weights))) / len(target)
    return np.asarray(weights)


def _trees(
    x: np.ndarray, target: np.ndarray, folds: np.ndarray, rows: np.ndarray, *, binary: bool = False
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
        if binary:
            predicted[left_out] = fitted.predict_proba(x[left_out])[:, 1]
        else:
            predicted[left_out] = fitted.predict(x[left_out])
    return predicted
