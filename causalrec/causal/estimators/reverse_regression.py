"""How far an effect may be from a line's where the treatment is measured with error."""

from __future__ import annotations

from dataclasses import replace

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.least_squares import least_squares
from causalrec.causal.estimation.misfit import misfit
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.core.words import Text

__all__ = ["ReverseRegression"]


class ReverseRegression(Estimator):
    """The line of the outcome on the treatment, and that of the treatment on the outcome.

    Chance errors in the treatment make the first too flat and the second too steep, whatever
    their size: the effect lies between the two. The interval reaches from the outer end of one
    to that of the other; the value and its error are the line's own, right without such errors.
    """

    name = "reverse-regression"
    source = "Frisch, 1934; Klepper and Leamer, 1984; Bollinger, 1996 (two groups)"
    compared = False
    by_weight = True
    assumptions = adjusting("causal.assume_linear", "causal.assume_measured")

    def answer(self, problem: Problem) -> Answer:
        """The line's own slope, between the ends of the bound.

        Raises:
            Refusal: the outcome may not go with the treatment at all, so that there is no bound;
                or unknown covariates were drawn, whose pooled interval is no bound.
        """
        if any(flag.key == "causal.flag_missing_impute" for flag in problem.flags):
            raise Refusal(Text("causal.refuse_bound_missing"))
        line, left = least_squares(problem, problem.design.x)
        turned = replace(problem, treatment=problem.outcome, outcome=problem.treatment)
        back = least_squares(turned, problem.design.x)[0]
        if back.low <= 0 <= back.high:
            raise Refusal(Text("causal.refuse_unbounded", name=problem.query.treatment))
        ends = (line.low, line.high, 1 / back.low, 1 / back.high)
        flag = Text("causal.flag_bound", near=line.value, far=1 / back.value)
        bound = replace(line, low=min(ends), high=max(ends), flags=(flag,))
        return misfit(problem, bound, [left])
