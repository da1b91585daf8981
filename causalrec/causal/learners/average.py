"""The same effect for everybody: what every other learner is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson

__all__ = ["Average"]


@dataclass(frozen=True, eq=False)
class _Constant(Learned):
    value: float

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.full(len(x), self.value)


class Average(Learner):
    """The mean of the doubly robust scores."""

    name = "average"
    differs = False
    source = "Robins, Rotnitzky and Zhao, 1994"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn the average effect alone."""
        return _Constant(float(lesson.scores.mean()))
