"""One model of the outcome for each arm; the effect is their difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.fitted_stack import boosted

if TYPE_CHECKING:
    from lightgbm import Booster

__all__ = ["TLearner"]


@dataclass(frozen=True, eq=False)
class _TwoModels(Learned):
    """A fitted model an arm."""

    arms: tuple[Booster, Booster]

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        return np.column_stack([np.asarray(model.predict(x)) for model in self.arms])

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.diff(self.outcomes(x), axis=1)[:, 0])


class TLearner(Learner):
    """Gradient-boosted trees for each arm."""

    name = "t-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn each arm's outcome from its own rows."""
        without, given = (
            boosted(lesson.x[rows], lesson.outcome[rows], lesson.seed)
            for rows in (lesson.treatment == 0, lesson.treatment == 1)
        )
        return _TwoModels((without, given))
