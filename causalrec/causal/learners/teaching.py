"""How learners are taught: an outcome in its own unit, and rows that are never taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.learners.learner import Leaf, Learned, Learner, Lesson
from causalrec.causal.nuisance.cross_fitting import make_folds
from causalrec.core.seeds import generator

__all__ = ["Course", "HeldOut", "lesson_of", "standardised", "taught"]

FOLDS = 5
"""Parts of what is cross-fitted within a lesson."""


@dataclass(frozen=True, eq=False)
class _Scaled(Learned):
    """What was learned of a standardised outcome, in the outcome's own unit."""

    learned: Learned
    mean: float
    spread: float

    def effect(self, x: np.ndarray) -> np.ndarray:
        return self.learned.effect(x) * self.spread

    def outcomes(self, x: np.ndarray) -> np.ndarray | None:
        expected = self.learned.outcomes(x)
        return None if expected is None else expected * self.spread + self.mean

    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(replace(one, value=one.value * self.spread) for one in self.learned.leaves())


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What was learned of each row without it.

    Attributes:
        effect: (n,).
        outcomes: without and with treatment, (n, 2); None where only the difference was learned.
        learned: by fold, each without its rows.
    """

    effect: np.ndarray
    outcomes: np.ndarray | None
    learned: tuple[Learned, ...]


@dataclass(frozen=True, eq=False)
class Course:
    """Lessons without one fold each; what one learner makes of them serves the next.

    Attributes:
        whole: the lesson of all rows.
        folds: fold of each row, int (n,) from 0 on: whole units.
        lessons: by fold, of the other folds, with standardised outcomes.
        scales: mean and spread of their outcomes.
    """

    whole: Lesson
    folds: np.ndarray
    lessons: tuple[Lesson, ...]
    scales: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, lesson: Lesson, folds: np.ndarray) -> Course:
        """The lesson's own folds are for what is cross-fitted within a part."""
        parts = [lesson.where(folds != fold) for fold in range(int(folds.max()) + 1)]
        lessons, scales = zip(*(standardised(part) for part in parts), strict=True)
        return cls(lesson, folds, lessons, scales)

    def held_out(self, learner: Learner) -> HeldOut:
        """What a learner says of each row after learning from the other folds.

        Raises:
            Refusal: the rows cannot teach it.
        """
        learned = [
            _Scaled(one, *scale)
            for one, scale in zip(learner.fit_all(self.lessons), self.scales, strict=True)
        ]
        n = len(self.folds)
        effect, outcomes = np.empty(n), np.full((n, 2), np.nan)
        for fold, one in enumerate(learned):
            rows = self.folds == fold
            effect[rows] = one.effect(self.whole.x[rows])
            expected = one.outcomes(self.whole.x[rows])
            if expected is not None:
                outcomes[rows] = expected
        whole = None if np.isnan(outcomes).any() else outcomes
        return HeldOut(effect, whole, tuple(learned))


def standardised(lesson: Lesson) -> tuple[Lesson, tuple[float, float]]:
    """The lesson with an outcome of mean 0 and variance 1, and its mean and spread before."""
    mean, spread = float(lesson.outcome.mean()), float(lesson.outcome.std()) or 1.0
    return replace(lesson, outcome=(lesson.outcome - mean) / spread), (mean, spread)


def lesson_of(problem: Problem) -> Lesson:
    """What a problem has to teach; its lesson's folds cut across the problem's."""
    seed = problem.query.seed
    folds = make_folds(problem.treatment, problem.cluster, FOLDS, generator(seed, "lesson"))
    return Lesson(problem.design.x, problem.treatment, problem.outcome, folds, seed)


def taught(learner: Learner, lessons: Sequence[Lesson]) -> list[Learned]:
    """What a learner makes of lessons whose outcomes are in a unit of their own.

    Raises:
        Refusal: the rows cannot teach it.
    """
    standard, scales = zip(*(standardised(lesson) for lesson in lessons), strict=True)
    learned = learner.fit_all(standard)
    return [_Scaled(one, *scale) for one, scale in zip(learned, scales, strict=True)]
