"""Shares without a failure or a success: an interval that still knows how many were tried.

A group in which nobody (or everybody) had the outcome has a standard error of 0. Wilson's
interval of its share does not, and the square-and-add rule puts it into that of a difference
(Newcombe, 1998, "Interval estimation for the difference between independent proportions";
Zou and Donner, 2008).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.core.statistics.quantiles import normal
from causalrec.core.words import Text

__all__ = ["honest", "still_answer", "still_arms"]


def still_arms(problem: Problem) -> tuple[bool, ...]:
    """Whether the outcome never varies in the control and in the treated arm."""
    if not problem.arms:
        return ()
    return tuple(float(np.ptp(problem.outcome[problem.treatment == arm])) == 0 for arm in (0, 1))


def still_answer(problem: Problem) -> Answer:
    """The difference of two shares that are both 0 or 1."""
    shares = [float(problem.outcome[problem.treatment == arm][0]) for arm in (0, 1)]
    value = shares[1] - shares[0]
    return honest(problem, Answer(value, 0.0, value, value))


def honest(problem: Problem, answer: Answer) -> Answer:
    """The answer with the uncertainty of a group whose share is 0 or 1, where there is one."""
    still = still_arms(problem)
    yes_no = bool(np.isin(problem.outcome, (0.0, 1.0)).all())
    if not any(still):
        return answer
    names = {"outcome": problem.query.outcome, "treatment": problem.query.treatment}
    at = still.index(True)
    facts = {**names, "value": problem.arms[at]}
    if not yes_no:
        flag = Text("causal.flag_still_arm", **facts)
        return replace(answer, flags=(*answer.flags, flag))
    z = normal(problem.query.level)
    below, above = answer.value - answer.low, answer.high - answer.value
    for arm, fixed, units in zip((0, 1), still, problem.units_by_arm, strict=True):
        if not fixed:
            continue
        share = float(problem.outcome[problem.treatment == arm][0])
        reach = z**2 / (units + z**2)
        more_up = (share == 0) == (arm == 1)
        below, above = (below, np.hypot(above, reach)) if more_up else (
            np.hypot(below, reach), above)  # fmt: skip
    key = "causal.flag_still" if all(still) else "causal.flag_still_share"
    low, high = answer.value - float(below), answer.value + float(above)
    flags = (*answer.flags, Text(key, **facts))
    return replace(answer, low=low, high=high, se=(high - low) / 2 / z, flags=flags)
