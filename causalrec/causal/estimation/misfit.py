"""Whether a linear model leaves something that the covariates explain, and the answer feels.

A linear model is wrong about the effect where treatment and outcome both curve in the
covariates. What its two residuals share beyond a line is measured from pairs of different rows,
as `remainder` does for the flexible models (a specification test in the manner of Ramsey, 1969,
aimed at the one coefficient that is asked for).
"""

from __future__ import annotations

from dataclasses import replace

from causalrec.causal.estimation.arm_lines import about, arm_lines
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.second_order_bias import Leftover, remainder
from causalrec.core.words import Text

__all__ = ["misfit", "varying"]

NOISE = 2.6
"""Errors of the test: false alarms on straight worlds are below .03 each (skewed ones .05)."""
LEAST_BIAS = 0.25
"""Errors of the answer: a bias of so many lowers a coverage of .95 to .943 and is not told."""
MOST_ROWS = 50_000
"""Up to it the test takes two seconds at most (ten covariates, one core)."""
TINY = 1e-300


def misfit(
    problem: Problem, answer: Answer, left: list[Leftover], key: str = "causal.flag_misfit"
) -> Answer:
    """The answer, flagged where what a model leaves still goes together with the covariates.

    Args:
        problem: the question.
        answer: of the model.
        left: its residuals of treatment and outcome.
        key: of the sentence.
    """
    if not problem.design.x.shape[1] or problem.n > MOST_ROWS:
        return answer
    shared = remainder(problem.design.x, left, problem.cluster)
    bias = abs(shared.bias)
    if bias <= NOISE * shared.error or bias <= LEAST_BIAS * answer.se:
        return answer
    flag = Text(key, errors=bias / max(answer.se, TINY))
    return replace(answer, flags=(*answer.flags, flag))


def varying(problem: Problem, answer: Answer) -> Answer:
    """The answer of a line, flagged where the effect differs with the covariates and it matters.

    A line of its own for each arm (Lin, 2013) gives the target's mean effect; one line for both
    gives another mean where the effect differs.
    """
    x, t, y = problem.design.x, problem.treatment, problem.outcome
    small = min((t == 0).sum(), (t == 1).sum()) < 3 * (x.shape[1] + 1)
    if not x.shape[1] or problem.kind == "continuous" or small or answer.scores is None:
        return answer
    lines = arm_lines(x, t, y, share=about(problem), weight=problem.weight)
    gap = from_scores(
        lines.value - answer.value, lines.scores - answer.scores, problem.cluster, level=0.95
    )
    if abs(gap.value) <= NOISE * gap.se or abs(gap.value) <= LEAST_BIAS * answer.se:
        return answer
    flag = Text("causal.flag_varying", errors=abs(gap.value) / max(answer.se, TINY))
    return replace(answer, flags=(*answer.flags, flag))
