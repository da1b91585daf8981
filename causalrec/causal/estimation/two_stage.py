"""Two-stage least squares, its interval, and what there is to know of its instruments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.least_squares import orthonormal
from causalrec.causal.estimation.reduced_form import ReducedForm, reduced_form
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.small_sample_errors import spread
from causalrec.core.statistics.quantiles import student
from causalrec.core.statistics.samples import totals
from causalrec.core.words import Text

__all__ = ["two_stage"]

DISAGREE = 0.05
"""P value below which instruments are said to disagree: of valid ones 5 in 100 are, by chance."""
LEFT = 1e-8
"""Share of an instrument's spread that the covariates must leave."""


def two_stage(
    problem: Problem,
    instruments: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    covariates: np.ndarray,
) -> Answer:
    """The effect by instruments, with errors robust or by unit.

    Where the instruments are weak the interval is Anderson and Rubin's.

    Args:
        problem: whose units and level are taken.
        instruments: (n, k).
        ends: treatment and outcome, (n,) each.
        covariates: (n, p).

    Raises:
        Refusal: the instruments say nothing of the treatment, or so little that any effect
            would do.
    """
    names = {"instruments": ", ".join(problem.query.besides), "name": problem.query.treatment}
    controls = orthonormal(np.column_stack([np.ones(problem.n), covariates]))
    z, t, y = (_less(values, controls) for values in (instruments, *ends))
    z = z[:, (z**2).sum(axis=0) > LEFT * ((instruments - instruments.mean(0)) ** 2).sum(axis=0)]
    if not z.shape[1]:
        raise Refusal(Text("causal.refuse_no_instrument", **names))
    form = reduced_form(z, np.column_stack([t, y]), controls, problem.cluster)
    facts = {**names, "strength": form.strength, "least": form.least_strength}
    flags = _agreement(form, names)
    if not form.weak:
        return replace(_usual(problem, form, (t, y), controls), flags=flags)
    ends_of_interval = form.allowed(problem.query.level)
    if ends_of_interval is None:
        raise Refusal(Text("causal.refuse_weak", **facts))
    low, high = ends_of_interval
    se = (high - low) / 2 / student(problem.query.level, form.freedom)
    return Answer(
        form.value, se, low, high, flags=(Text("causal.flag_weak_instrument", **facts), *flags)
    )


def _less(values: np.ndarray, controls: np.ndarray) -> np.ndarray:
    return np.asarray(values - controls @ (controls.T @ values))


def _agreement(form: ReducedForm, names: dict[str, str]) -> tuple[Text, ...]:
    if form.disagreement >= DISAGREE:
        return ()
    return (Text("causal.flag_overidentified", **names, p=form.disagreement),)


def _usual(
    problem: Problem,
    form: ReducedForm,
    ends: tuple[np.ndarray, np.ndarray],
    controls: np.ndarray,
) -> Answer:
    """The interval that is symmetrical about the value.

    Rows' errors are scaled by their leverage in the second stage (HC3: MacKinnon and White, 1985),
    units' as Bell and McCaffrey do (2002).
    """
    treatment, outcome = ends
    fitted = form.basis @ form.treatment
    weight = float(fitted @ fitted)
    error = outcome - form.value * treatment
    whole = np.column_stack([controls, fitted / np.sqrt(weight)])
    if problem.cluster is None:
        leverage = (whole**2).sum(axis=1)
        sums = fitted * error / np.maximum(1 - leverage, 1e-6)
        factor, freedom = np.ones(problem.n), float(problem.n - whole.shape[1])
    else:
        sums = totals(fitted * error, problem.cluster)
        small = spread(
            fitted / weight,
            np.column_stack([controls, treatment]),
            np.column_stack([controls, fitted / weight]),
            residual=error,
            cluster=problem.cluster,
        )
        factor, freedom = small.factor, small.freedom
    se = float(np.sqrt((factor * sums**2).sum())) / weight
    half = student(problem.query.level, freedom) * se
    scores = fitted * error * problem.n / weight
    return Answer(form.value, se, form.value - half, form.value + half, scores)
