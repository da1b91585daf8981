"""Whether the nuisance models have learned enough for the answer to stand still."""

from __future__ import annotations

from dataclasses import replace

from causalrec.causal.estimators.aipw import aipw
from causalrec.causal.problem import Problem
from causalrec.causal.scores import Answer, from_scores
from causalrec.core.words import Text

__all__ = ["settled"]

MOST_MOVED = 0.5
NOISE = 2.0
MOST_ROWS = 6_000


def settled(problem: Problem, answer: Answer) -> list[Text]:
    """A flag when the answer still moves with the number of rows that the models learn from.

    The nuisances are learned again from half of the rows instead of most. An answer that moves
    by half a standard error more than chance explains has nuisances that are not settled, and
    its interval may miss the truth.
    """
    if problem.n > MOST_ROWS or not problem.query.covariates:
        return []
    half = aipw(replace(problem, query=replace(problem.query, folds=2)))
    assert half.scores is not None
    assert answer.scores is not None
    between = from_scores(0.0, half.scores - answer.scores, problem.cluster, problem.query.level)
    moved = abs(half.value - answer.value)
    if moved <= MOST_MOVED * answer.se + NOISE * between.se:
        return []
    return [Text("causal.flag_unsettled", moved=moved, errors=moved / answer.se)]
