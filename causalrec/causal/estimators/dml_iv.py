"""Instruments with flexible models of what is conditioned on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.formulas import INSTRUMENTS
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.two_stage import two_stage
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.estimators.iv import through_instruments
from causalrec.causal.identification.instrument import Instrument

__all__ = ["DMLIV"]


class DMLIV(Estimator):
    """Two-stage least squares of what cross-fitted models leave of outcome, treatment, instruments.

    It allows for curves in what is conditioned on; alarms and intervals are those of two-stage
    least squares.
    """

    name = "dml-iv"
    source = "Chernozhukov et al., 2018 (partially linear instruments)"
    strategy = Instrument
    targets = ("LATE",)
    formulas = INSTRUMENTS
    assumptions = through_instruments()

    def answer(self, problem: Problem) -> Answer:
        """The ratio of the two slopes on what the models leave of the instruments."""
        nuisance = problem.nuisance
        left = [z - _expected(problem, z) for z in problem.through.x.T]
        z = np.column_stack(left) if left else np.empty((problem.n, 0))
        t = problem.treatment - nuisance.treatment_mean.predicted
        y = problem.outcome - nuisance.outcome_mean.predicted
        return two_stage(problem, z, (t, y), np.empty((problem.n, 0)))


def _expected(problem: Problem, instrument: np.ndarray) -> np.ndarray:
    """An instrument as expected given the covariates, by models that never saw the row, (n,)."""
    models = replace(problem.nuisance, treatment=instrument)
    vars(models).update(bases=problem.nuisance.bases)
    return models.treatment_mean.predicted
