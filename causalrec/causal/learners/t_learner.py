"""One model of the outcome for each arm; the effect is their difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson

__all__ = ["TLearner"]


@dataclass(frozen=True, eq=False)
class _TwoModels(Learned):
    """A fitted model an arm."""

    arms: tuple[Any, Any]

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        return np.column_stack([model.predict(x) for model in self.arms])

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.diff(self.outcomes(x), axis=1)[:, 0])


class TLearner(Learner):
    """Gradient-boosted trees for each arm."""

    name = "t-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn each arm's outcome from its own rows."""
        from lightgbm import LGBMRegressor

        arms = []
        for arm in (0.0, 1.0):
            rows = lesson.treatment == arm
            model = LGBMRegressor(n_estimators=100, learning_rate=0.05, num_leaves=15,
                                  random_state=lesson.seed, n_jobs=1, verbose=-1)  # fmt: skip
            arms.append(model.fit(lesson.x[rows], lesson.outcome[rows]))
        return _TwoModels((arms[0], arms[1]))
