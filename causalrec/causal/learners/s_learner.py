"""One model of the outcome, of which the treatment is a covariate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.fitted_stack import boosted

if TYPE_CHECKING:
    from lightgbm import Booster

__all__ = ["SLearner"]


@dataclass(frozen=True, eq=False)
class _OneModel(Learned):
    """A model of outcomes whose last column is the treatment."""

    model: Booster

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        arms = (np.column_stack([x, np.full(len(x), arm)]) for arm in (0.0, 1.0))
        return np.column_stack([np.asarray(self.model.predict(rows)) for rows in arms])

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.diff(self.outcomes(x), axis=1)[:, 0])


class SLearner(Learner):
    """Gradient-boosted trees of covariates and treatment together."""

    name = "s-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn the outcome of all rows at once."""
        rows = np.column_stack([lesson.x, lesson.treatment])
        return _OneModel(boosted(rows, lesson.outcome, lesson.seed))
