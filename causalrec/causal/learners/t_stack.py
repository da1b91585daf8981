"""A stack of models of the outcome for each arm; the effect is their difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.fitted_stack import FittedStack

__all__ = ["TStack"]


@dataclass(frozen=True, eq=False)
class TwoStacks(Learned):
    """A fitted stack for each arm."""

    arms: tuple[FittedStack, FittedStack]

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        """Expected outcome without and with the treatment, (m, 2)."""
        return np.column_stack([stack.predict(x) for stack in self.arms])

    def effect(self, x: np.ndarray) -> np.ndarray:
        """Their difference, (m,)."""
        without, given = self.outcomes(x).T
        return np.asarray(given - without)


class TStack(Learner):
    """Straight lines, curves, kernels and trees for each arm, combined on rows left out."""

    name = "t-stack"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019; van der Laan, Polley and Hubbard, 2007"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn each arm's outcome from its own rows."""
        return TwoStacks(lesson.arms)
