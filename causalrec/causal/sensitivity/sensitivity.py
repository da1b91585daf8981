"""What a hidden cause would have to be to explain an answer away, in one result."""

from __future__ import annotations

import math

import pandas as pd
from pydantic import Field

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.residuals import Residuals
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.sensitivity.e_value import e_value, ratio_of_difference, ratio_of_shares
from causalrec.causal.sensitivity.robustness import Benchmark, benchmarks, bias, robustness_value
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text

__all__ = ["Sensitivity", "sensitivity_of"]

MANY_TIMES = 100.0
"""Above it a sentence says "more than": such a hidden cause is none that people know of."""


class Sensitivity(Result):
    """What a hidden cause would have to be to explain an effect away.

    Attributes:
        treatment, outcome: column names.
        value, low, high: the effect, and its interval.
        ratio: outcome's spread in units of the treatment's, once both are adjusted:
            a hidden cause of partial R-squared d and y moves the value by
            sqrt(y d / (1 - d)) times this.
        robustness: the partial R-squared with both treatment and outcome at which the value is 0;
            `robustness_low`: at which the interval includes 0, 0 where it does so already.
        e_value, e_value_low: the same as risk ratios.
        strongest: the covariate of which the least multiple is enough; "" without covariates.
        times: how many times as strong as it a hidden cause must be for the value to be 0,
            `times_low`: for the interval to include 0.
        rows: one row a covariate: covariate, with_treatment, with_outcome (partial R-squared),
            value (what a hidden cause as strong as it would leave of the answer), times.
    """

    treatment: str
    outcome: str
    value: float
    low: float
    high: float
    ratio: float
    robustness: float
    robustness_low: float
    e_value: float
    e_value_low: float
    strongest: str = ""
    times: float | None = None
    times_low: float | None = None
    rows: Frame = Field(default_factory=pd.DataFrame)

    @property
    def sentence(self) -> Text:
        """What it would take to explain the effect away."""
        if self.robustness_low <= 0:
            return Text("causal.hidden_none")
        if self.times is None or not math.isfinite(self.times):
            return Text("causal.hidden_share", share=self.robustness)
        key = "causal.hidden_many" if self.times > MANY_TIMES else "causal.hidden_times"
        return Text(key, times=min(self.times, MANY_TIMES), name=self.strongest)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return self.sentence.to(lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a covariate, with the robustness of the whole."""
        return self.rows.assign(robustness=self.robustness, robustness_low=self.robustness_low)

    def left(self, with_treatment: float, with_outcome: float) -> float:
        """What is left of the value if a hidden cause has these partial R-squared.

        Args:
            with_treatment: in [0, 1).
            with_outcome: in [0, 1].
        """
        moved = bias(with_treatment, with_outcome, self.ratio)
        return self.value - math.copysign(moved, self.value)


def sensitivity_of(
    problem: Problem, left: Residuals, answer: Answer, baseline: float | None
) -> Sensitivity:
    """What a hidden cause would have to be to explain an answer away.

    Args:
        problem: without unknown covariates.
        left: its residuals.
        answer: of the estimator whose number is told.
        baseline: the share of a 0/1 outcome without the treatment; None: the outcome is a number
            or the treatment has no two values.
    """
    far = abs(answer.value)
    near = min(abs(answer.low), abs(answer.high)) if answer.low * answer.high > 0 else 0.0
    ratio = left.ratio
    measures = benchmarks(problem)
    times = [one.times(far, ratio) for one in measures]
    best = min(zip(times, measures, strict=True), key=lambda pair: pair[0], default=None)
    return Sensitivity(
        treatment=problem.query.treatment,
        outcome=problem.query.outcome,
        value=answer.value,
        low=answer.low,
        high=answer.high,
        ratio=ratio,
        robustness=robustness_value(far, ratio),
        robustness_low=robustness_value(near, ratio),
        e_value=_e_value(problem, math.copysign(far, answer.value), baseline),
        e_value_low=_e_value(problem, math.copysign(near, answer.value), baseline),
        strongest=best[1].name if best else "",
        times=best[0] if best else None,
        times_low=best[1].times(near, ratio) if best else None,
        rows=_rows(measures, times, answer.value, ratio),
    )


def _e_value(problem: Problem, effect: float, baseline: float | None) -> float:
    if baseline is not None:
        return e_value(ratio_of_shares(baseline, effect))
    per = 1.0 if problem.arms else float(problem.treatment.std())
    return e_value(ratio_of_difference(effect * per, float(problem.outcome.std())))


def _rows(
    measures: tuple[Benchmark, ...], times: list[float], value: float, ratio: float
) -> pd.DataFrame:
    rows = [
        {
            "covariate": one.name,
            "with_treatment": one.with_treatment,
            "with_outcome": one.with_outcome,
            "value": value - math.copysign(bias(*one.bound(1.0), ratio), value),
            "times": enough,
        }
        for one, enough in zip(measures, times, strict=True)
    ]
    columns = ["covariate", "with_treatment", "with_outcome", "value", "times"]
    return pd.DataFrame(rows, columns=columns).sort_values("times", ignore_index=True)
