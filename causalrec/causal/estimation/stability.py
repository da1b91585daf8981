"""Whether the nuisance models have learned enough for the answer to stand still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.counterparts import beyond_counterparts
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.second_order_bias import Leftover, Remainder, remainder
from causalrec.causal.nuisance.cross_fitting import Nuisance
from causalrec.core.words import Text

__all__ = ["corrected", "settled", "steady"]

NOISE = 2.0
"""Errors of what was left over: beyond two it is told. Measured on the waves of
tests/benchmarks/aipw_coverage.py (100 draws of 500 rows): .65 of the answers carry a warning at
one error, .47 at two, .43 at three; none misses in silence."""
LEAST_BIAS = 0.25
"""Errors of the answer: a bias of so many lowers a coverage of .95 to .943 and is not told."""
MOST_CHANGED = 0.45
"""Share of the scores that models of half of the rows may change. Measured on waves and on the
rough world, which nothing can learn from 500 rows: at .30 a warning comes in .96 and 1.00 of
the draws, at .45 in .47 and .83, at .60 in .20 and .71; none misses in silence."""
TINY = 1e-300


MOST_CORRECTED = 50_000
"""Rows up to which what is left over is measured, as in `misfit`: it takes two seconds at most."""
MOST_HALVED = 6_000
"""Rows up to which the models are made twice, which takes twice the time."""


def steady(
    problem: Problem,
    estimate: Callable[[Nuisance], tuple[Answer, list[Leftover]]],
    *,
    always: bool = True,
) -> Answer:
    """What an estimate with flexible models says, corrected and checked.

    It is corrected for what the models left over, and checked against models of half of the
    rows, where there are covariates and time for it; rows that only a model compares widen it.

    Args:
        problem: the question.
        estimate: the answer with given models, and what these leave over.
        always: whether it is corrected by however little; else only by what chance does not
            explain, so that where the models are right the answer is the plain one.
    """
    answer, left = estimate(problem.nuisance)
    x, cluster = problem.design.x, problem.cluster
    if not x.shape[1] or problem.n > MOST_CORRECTED:
        return beyond_counterparts(problem, answer)
    answer = corrected(answer, remainder(x, left, cluster), always=always)
    if problem.n <= MOST_HALVED:
        half, _ = estimate(problem.nuisance.halved())
        answer = settled(answer, half, cluster, problem.query.level)
    return beyond_counterparts(problem, answer)


def corrected(answer: Answer, left: Remainder, *, always: bool = True) -> Answer:
    """The answer less the bias that the nuisance models left, with the error of that.

    Bias beyond what chance explains and a quarter of a standard error is flagged and widens the
    interval by its size: where some was found, there may be as much that was not.
    """
    biased = abs(left.bias) > NOISE * left.error and abs(left.bias) > LEAST_BIAS * answer.se
    wider = float(np.hypot(answer.se, left.error))
    flags = answer.flags
    if biased:
        wider = float(np.hypot(wider, left.bias))
        flags = (*flags, Text("causal.flag_leftover", errors=abs(left.bias) / max(answer.se, TINY)))
    off = left.bias if always or biased else 0.0
    return _around(answer, answer.value - off, wider, flags)


def settled(answer: Answer, half: Answer, cluster: np.ndarray | None, level: float) -> Answer:
    """The answer, flagged where the nuisance models are not settled.

    `half` has nuisances from half of the rows instead of most. Where the scores of the rows then
    differ by nearly half of their size, the models have not learned anything twice alike.

    Args:
        answer: with nuisances from most of the rows.
        half: with nuisances from half of them.
        cluster: number of each row's cluster, int (n,), or None.
        level: of the interval.
    """
    assert half.scores is not None
    assert answer.scores is not None
    between = from_scores(0.0, half.scores - answer.scores, cluster, level=level).se
    plain = from_scores(0.0, answer.scores, cluster, level=level).se
    if between <= MOST_CHANGED * plain:
        return answer
    wider = float(np.hypot(answer.se, between))
    flag = Text("causal.flag_unsettled", share=between / max(plain, TINY))
    return _around(answer, answer.value, wider, (*answer.flags, flag))


def _around(answer: Answer, value: float, se: float, flags: tuple[Text, ...]) -> Answer:
    reach = (answer.high - answer.value) / max(answer.se, TINY) * se
    return replace(answer, value=value, se=se, low=value - reach, high=value + reach, flags=flags)
