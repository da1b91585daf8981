"""How learners are taught: an outcome in its own unit, and rows that are never taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.cross_fitting import make_folds
from causalrec.core.seeds import generator

__all__ = ["HeldOut", "cross_fit", "lesson_of", "taught"]

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
    scales = [(float(one.outcome.mean()), float(one.outcome.std()) or 1.0) for one in lessons]
    standard = [
        replace(one, outcome=(one.outcome - mean) / spread)
        for one, (mean, spread) in zip(lessons, scales, strict=True)
    ]
    learned = learner.fit_all(standard)
    return [_Scaled(one, *scale) for one, scale in zip(learned, scales, strict=True)]


def cross_fit(learner: Learner, lesson: Lesson, folds: np.ndarray) -> HeldOut:
    """What a learner says of each row after learning from the other folds.

    Args:
        learner: who learns.
        lesson: of all rows; its own folds are for what is cross-fitted within a part.
        folds: fold of each row, int (n,) from 0 on: whole units.

    Raises:
        Refusal: the rows cannot teach it.
    """
    parts = [folds == fold for fold in range(int(folds.max()) + 1)]
    learned = taught(learner, [lesson.where(~part) for part in parts])
    effect, outcomes = np.empty(len(lesson.outcome)), np.full((len(lesson.outcome), 2), np.nan)
    for one, part in zip(learned, parts, strict=True):
        effect[part] = one.effect(lesson.x[part])
        expected = one.outcomes(lesson.x[part])
        if expected is not None:
            outcomes[part] = expected
    whole = None if np.isnan(outcomes).any() else outcomes
    return HeldOut(effect, whole, tuple(learned))
