"""Users ranked by models that never saw them, nor anything that came after.

Sequential validation (Luedtke and van der Laan, 2016; Wager, 2024, "Sequential validation of
treatment heterogeneity"): users are dealt into parts, and each part is ranked by a model of the
parts before it. Where nothing differs the parts' figures are then uncorrelated, which those of
ordinary cross-fitting are not: two models that learned from each other's test rows agree on
noise, and tests of them alarm too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.learners.learner import Learner
from causalrec.causal.learners.teaching import lesson_of, taught
from causalrec.causal.nuisance.cross_fitting import make_folds
from causalrec.core.seeds import generator

__all__ = ["PARTS", "TAUGHT_FIRST", "Ranking", "dealt", "given", "learned"]

PARTS = 6
TAUGHT_FIRST = 2
"""The first third only teaches. Where a ranking's quality grows with the rows that it learned
from, most is seen with a third: n q(n) over the root of the held-out rows has its maximum there."""

MOST_TAUGHT = 16_000
"""Rows that one ranking learns from; the held-out ones all count."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Held-out rows with what was predicted of them.

    Attributes:
        rows: numbers of the held-out rows in the problem, int (m,).
        predicted: more is treated earlier, (m,).
        part: which model ranked each, int (m,) from 0 on.
    """

    rows: np.ndarray
    predicted: np.ndarray
    part: np.ndarray

    @property
    def n_parts(self) -> int:
        """Models that ranked."""
        return int(self.part.max()) + 1


def given(score: np.ndarray) -> Ranking:
    """A ranking that was not learned from these rows: all of them are held out.

    Args:
        score: (n,).
    """
    return Ranking(np.arange(len(score)), score, np.zeros(len(score), dtype=np.int64))


def dealt(problem: Problem, dealing: int = 0) -> np.ndarray:
    """Part of each row, int (n,): whole units, dealt anew for each seed and dealing."""
    rng = generator(problem.query.seed, "uplift parts", dealing)
    return make_folds(problem.treatment, problem.cluster, PARTS, rng)


def learned(problem: Problem, learner: Learner, parts: np.ndarray) -> Ranking:
    """Each part but the first `TAUGHT_FIRST` ranked by a learner of the parts before it.

    Args:
        problem: the question, without unknown values.
        learner: which learns.
        parts: of rows, int (n,), of whole units.

    Raises:
        Refusal: the rows cannot teach it.
    """
    whole, numbers = lesson_of(problem), range(TAUGHT_FIRST, PARTS)
    draw = generator(problem.query.seed, "uplift lessons").random(problem.n)
    lessons = []
    for number in numbers:
        before = parts < number
        lessons.append(whole.where(before & (draw * before.sum() < MOST_TAUGHT)))
    models = taught(learner, lessons)
    held = [np.flatnonzero(parts == number) for number in numbers]
    predicted = [one.effect(whole.x[rows]) for one, rows in zip(models, held, strict=True)]
    part = np.repeat(np.arange(len(held)), [len(rows) for rows in held])
    return Ranking(np.concatenate(held), np.concatenate(predicted), part)
