"""Two-stage least squares."""

from __future__ import annotations

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.formulas import INSTRUMENTS
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.two_stage import two_stage
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.identification.instrument import Instrument

__all__ = ["IV", "through_instruments"]


def through_instruments(*own: str) -> tuple[str, ...]:
    """Word keys of what must hold where instruments are used, and what else must.

    Args:
        own: what else must hold for an estimator.
    """
    always = ("excluded", "graph", "monotone", "interference")
    keys = tuple(f"causal.assume_{one}" for one in always)
    return (*keys, *own, "causal.assume_missing_impute", "causal.assume_rows")


class IV(Estimator):
    """What instruments move in the outcome over what they move in the treatment, by lines.

    An alarm rings where the instruments are weak; the interval is then Anderson and Rubin's,
    which holds however weak they are. Another rings where several instruments disagree.
    """

    name = "iv"
    source = (
        "Theil, 1953; Imbens and Angrist, 1994; Anderson and Rubin, 1949; "
        "Montiel Olea and Pflueger, 2013 (weak instruments)"
    )
    strategy = Instrument
    targets = ("LATE",)
    formulas = INSTRUMENTS
    assumptions = through_instruments("causal.assume_linear")

    def answer(self, problem: Problem) -> Answer:
        """The ratio of the two slopes on what the covariates leave of the instruments."""
        ends = problem.treatment, problem.outcome
        return two_stage(problem, problem.through.x, ends, problem.design.x)
