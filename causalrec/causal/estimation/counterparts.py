"""Rows without counterparts in the other group: what an answer takes from a model alone.

Where the treatment is nearly certain nobody is there to compare with, and what a model of the
outcome says there is extrapolation (Crump, Hotz, Imbens and Mitnik, 2009; King and Zeng, 2006).
No weight is large enough to ring the alarm of a poor overlap, yet the few rows may move the
answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.arm_lines import about
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.core.words import Text

__all__ = ["beyond_counterparts", "without_counterparts"]

NEARLY_CERTAIN = 0.05
"""Chance of the other group below which a row may be without a counterpart."""
FEWEST = 5.0
"""Counterparts that such rows have together, by their chances: of fewer no model learns."""
LEAST_BIAS = 0.25
"""Errors of the answer: a bias of so many lowers a coverage of .95 to .943 and is not told."""
TINY = 1e-300


def without_counterparts(chance: np.ndarray) -> np.ndarray:
    """Rows whose likes are nearly all in one group, bool (n,).

    Args:
        chance: of the other group, for each row, (n,).
    """
    order = np.argsort(chance, kind="stable")
    together = np.cumsum(chance[order])
    alone = np.zeros(len(chance), dtype=bool)
    alone[order] = (together < FEWEST) & (chance[order] < NEARLY_CERTAIN)
    return alone


def beyond_counterparts(problem: Problem, answer: Answer) -> Answer:
    """The answer, with the doubt about rows that only a model compares.

    How much they move the answer away from the effect on the others widens the interval, and a
    flag tells it where it is beyond a quarter of a standard error. Measured on the square world of
    tests/benchmarks/effects_coverage.py (60 draws of 300, 600 and 1,000 rows): strata hold the
    truth in .92, .98 and .95 (.87, .88 and .87 before), matching in .95, .95 and .97, and at most
    .03 miss in silence; on straight worlds and waves no flag is raised.
    """
    aside = problem.kind == "continuous" or problem.query.target == "overlap"
    if aside or not problem.design.x.shape[1]:
        return answer
    e, share = problem.nuisance.propensity, about(problem)
    without, given = (stack.predicted for stack in problem.nuisance.by_arm)
    off = share * (given - without - answer.value)
    treated, control = (float(off[without_counterparts(one)].sum()) for one in (e, 1 - e))
    doubt = float(np.hypot(treated, control)) / problem.n
    if not doubt:
        return answer
    se = float(np.hypot(answer.se, doubt))
    reach = (answer.high - answer.value) / max(answer.se, TINY) * se
    flags = answer.flags
    if doubt > LEAST_BIAS * answer.se:
        flags = (*flags, Text("causal.flag_no_counterpart", errors=doubt / max(answer.se, TINY)))
    low, high = answer.value - reach, answer.value + reach
    return replace(answer, se=se, low=low, high=high, flags=flags)
