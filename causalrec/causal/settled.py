"""Whether the nuisance models have learned enough for the answer to stand still."""

from __future__ import annotations

from dataclasses import replace

from causalrec.causal.estimators.aipw import aipw
from causalrec.causal.problem import Problem
from causalrec.causal.scores import Answer
from causalrec.core.words import Text

__all__ = ["settled"]

MOST_MOVED = 0.5
MOST_ROWS = 20_000


def settled(problem: Problem, answer: Answer) -> list[Text]:
    """A flag when the answer still moves with the number of rows that the models learn from.

    The nuisances are learned again from half of the rows instead of most. An answer that moves
    by more than half a standard error has nuisances that are not settled, and its interval may
    miss the truth.
    """
    if problem.n > MOST_ROWS or not problem.query.covariates:
        return []
    half = replace(problem, query=replace(problem.query, folds=2))
    moved = abs(aipw(half).value - answer.value)
    if moved <= MOST_MOVED * answer.se:
        return []
    return [Text("causal.flag_unsettled", moved=moved, errors=moved / answer.se)]
