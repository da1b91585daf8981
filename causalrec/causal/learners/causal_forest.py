"""Honest trees that split where the effect differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson

if TYPE_CHECKING:
    from econml.grf import CausalForest as Forest

__all__ = ["CausalForest"]

TREES = 100
"""Effects are means over trees; their own intervals, which would need more, are not used."""


@dataclass(frozen=True, eq=False)
class _Grown(Learned):
    """A forest by econml."""

    forest: Forest

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(self.forest.predict(x))[:, 0]


class CausalForest(Learner):
    """econml's forest on what cross-fitted models leave of outcome and treatment."""

    name = "causal-forest"
    source = "Athey, Tibshirani and Wager, 2019"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn outcomes and chances of the treatment, cross-fitted, and grow the trees."""
        from econml.grf import CausalForest as Forest

        forest = Forest(
            n_estimators=TREES, min_samples_leaf=5, max_samples=0.45, honest=True,
            inference=False, random_state=lesson.seed, n_jobs=1,
        )  # fmt: skip
        left = lesson.treatment - lesson.propensity
        forest.fit(lesson.x, left[:, None], (lesson.outcome - lesson.mean_outcome)[:, None])
        return _Grown(forest)
