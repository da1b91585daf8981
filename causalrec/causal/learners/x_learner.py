"""What each arm's outcomes are more or less than the other arm's model expects, learned in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.learners.learner import CLIP, Learned, Learner, Lesson
from causalrec.causal.nuisance.fitted_stack import FittedStack, fit_stack
from causalrec.causal.nuisance.ridge import ridge_slopes

__all__ = ["XLearner"]

PENALTY = 0.1
"""A row, of the line that says how much each arm's effect weighs: any weight is right."""


@dataclass(frozen=True, eq=False)
class _Crossed(Learned):
    """An effect learned from each arm, weighed by a line in the place of the propensity."""

    arms: tuple[FittedStack, FittedStack]
    chance: np.ndarray

    def effect(self, x: np.ndarray) -> np.ndarray:
        e = np.clip(x @ self.chance[1:] + self.chance[0], CLIP, 1 - CLIP)
        of_control, of_treated = (stack.predict(x) for stack in self.arms)
        return np.asarray(e * of_control + (1 - e) * of_treated)


class XLearner(Learner):
    """Stacks of each arm's outcome, then of what the other arm's rows differ from it by."""

    name = "x-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn each arm's outcome, and from both the effect."""
        mapped, treated = lesson.mapped, lesson.treatment == 1
        of_control, of_treated = (
            fit_stack(mapped, effect, lesson.folds, rows=arm)
            for arm, effect in (
                (~treated, lesson.arms[1].predict(lesson.x) - lesson.outcome),
                (treated, lesson.outcome - lesson.arms[0].predict(lesson.x)),
            )
        )
        return _Crossed((of_control, of_treated), ridge_slopes(lesson.x, lesson.treatment, PENALTY))
