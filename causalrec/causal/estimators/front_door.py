"""The effect through mediators, where treatment and outcome share a hidden cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.formulas import MEDIATED
from causalrec.causal.estimation.misfit import LEAST_BIAS, NOISE
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.small_sample_errors import Spread
from causalrec.causal.estimation.through_mediators import Path, bent, through
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.identification.front_door import FrontDoor
from causalrec.core.words import Text

__all__ = ["FrontDoorEffect"]

MOST_BENT = 6
"""Mediators whose squares and products are looked at: 27 columns."""


class FrontDoorEffect(Estimator):
    """What the treatment moves in the mediators, times what these move in the outcome.

    Of two groups the mediators may be spread in any way and pull differently in each; the
    outcome is a line in them, and a flag says where curves would give another answer. Covariates
    that were listed enter both lines.
    """

    name = "front-door"
    source = "Pearl, 1995; Bellemare, Bloem and Wexler, 2024 (two stages)"
    strategy = FrontDoor
    targets = ("ATE",)
    formulas = MEDIATED
    assumptions = (
        "causal.assume_front_door",
        "causal.assume_graph",
        "causal.assume_unmoved",
        "causal.assume_interference",
        "causal.assume_linear_mediators",
        "causal.assume_missing_impute",
        "causal.assume_rows",
    )

    def answer(self, problem: Problem) -> Answer:
        """The product of both stages, with the interval of its influence function.

        Raises:
            Refusal: the mediators never vary, or leave nothing of the treatment.
        """
        m = problem.through.x
        names = {"mediators": ", ".join(problem.query.besides), "name": problem.query.treatment}
        if not m.shape[1]:
            raise Refusal(Text("causal.refuse_no_mediator", **names))
        if _fixed(problem.treatment, m):
            raise Refusal(Text("causal.refuse_mediators", **names))
        line = self._by(problem, m)
        if m.shape[1] > MOST_BENT:
            return line
        curve = self._by(problem, bent(m))
        assert line.scores is not None
        assert curve.scores is not None
        gap = from_scores(
            curve.value - line.value,
            curve.scores - line.scores,
            problem.cluster,
            level=problem.query.level,
        )
        if abs(gap.value) <= max(NOISE * gap.se, LEAST_BIAS * line.se):
            return line
        flag = Text("causal.flag_bent", errors=abs(gap.value) / line.se)
        return replace(line, flags=(flag,))

    @staticmethod
    def _by(problem: Problem, mediators: np.ndarray) -> Answer:
        groups = problem.kind != "continuous"
        x = problem.design.x
        path = Path(problem.treatment, problem.outcome, mediators, x)
        value, scores = through(path, groups=groups)
        return _interval(problem, value, scores, mediators.shape[1] + x.shape[1])


def _interval(problem: Problem, value: float, scores: np.ndarray, columns: int) -> Answer:
    """Errors by unit; a column takes a degree of freedom in each of the two lines."""
    n, units = problem.n, problem.n_clusters
    factor = units / (units - 1) * n / max(n - 2 * (columns + 1), 1)
    small = Spread(np.full(units, factor), units - 1.0)
    return from_scores(value, scores, problem.cluster, level=problem.query.level, spread=small)


def _fixed(treatment: np.ndarray, mediators: np.ndarray) -> bool:
    """Whether the mediators say what the treatment was, so that their pull cannot be seen apart."""
    basis = np.column_stack([np.ones(len(treatment)), mediators])
    left = treatment - basis @ np.linalg.lstsq(basis, treatment, rcond=None)[0]
    return float(left @ left) < 1e-6 * float(((treatment - treatment.mean()) ** 2).sum())
