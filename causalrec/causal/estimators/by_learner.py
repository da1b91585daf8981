"""The average effect by a learner: doubly robust scores on what it says of rows it never saw."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.stability import steady
from causalrec.causal.estimators.aipw import doubly_robust
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.teaching import Course, lesson_of
from causalrec.causal.nuisance.cross_fitting import Nuisance, Stack

__all__ = ["ByLearner"]


class ByLearner(Estimator):
    """The learner of the same name, cross-fitted, in place of AIPW's models of the outcome.

    A mean of a learner's effects has no valid interval of its own: it is regularised. The
    doubly robust scores of the rows have (Chernozhukov et al., 2018), as for `aipw`: corrected
    for what the models left over and checked against models of half of the rows.
    """

    compared: ClassVar[bool] = False
    weighted: ClassVar[bool] = True
    by_weight: ClassVar[bool] = True
    costly: ClassVar[bool] = True
    kinds: ClassVar[tuple[str, ...]] = ("binary", "levels")

    def answer(self, problem: Problem) -> Answer:
        """The estimate, corrected and checked where there are covariates and time for it.

        Raises:
            Refusal: the rows cannot teach the learner.
        """
        return steady(problem, partial(_with, self.name, problem))


def _with(name: str, problem: Problem, nuisance: Nuisance) -> tuple[Answer, list[Leftover]]:
    """The estimate with the learner's outcomes on the folds of some nuisance models.

    Raises:
        Refusal: the rows cannot teach the learner.
    """
    if not problem.design.x.shape[1]:
        return doubly_robust(problem, nuisance)
    held_out = Course.of(lesson_of(problem), nuisance.folds).held_out(LEARNERS[name]())
    outcomes = held_out.outcomes
    if outcomes is None:
        mean, e = nuisance.outcome_mean.predicted, nuisance.propensity
        outcomes = mean[:, None] + held_out.effect[:, None] * np.column_stack([-e, 1 - e])
    arms = tuple(Stack(expected, (), np.ones(1)) for expected in outcomes.T)
    taught = replace(nuisance)
    vars(taught).update({**vars(nuisance), "by_arm": arms})
    return doubly_robust(problem, taught)
