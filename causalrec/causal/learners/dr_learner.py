"""The effect learned from doubly robust scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.fitted_stack import FittedStack, fit_stack

__all__ = ["ByStack", "DRLearner"]


@dataclass(frozen=True, eq=False)
class ByStack(Learned):
    """An effect as a fitted stack."""

    stack: FittedStack

    def effect(self, x: np.ndarray) -> np.ndarray:
        """What the stack predicts, (m,)."""
        return self.stack.predict(x)


class DRLearner(Learner):
    """A stack that predicts the scores, whose mean given the covariates is the effect."""

    name = "dr-learner"
    source = "Kennedy, 2023"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn outcomes and chances of the treatment, cross-fitted, and from them the effect."""
        return ByStack(fit_stack(lesson.mapped, lesson.scores, lesson.folds))
