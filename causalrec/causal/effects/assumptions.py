"""The estimand and its assumptions in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.core.words import Text

if TYPE_CHECKING:
    from causalrec.causal.identification.backdoor import Identified

__all__ = ["assumptions", "estimand"]


def estimand(problem: Problem, estimator: str) -> Text:
    """What the number means, for these arms and this target."""
    query = problem.query
    names = {"treatment": query.treatment, "outcome": query.outcome}
    if problem.kind == "continuous":
        form = "difference_slope" if estimator == "difference" else "slope"
        return Text(f"causal.estimand_{form}", **names)
    control, treated = problem.arms
    if estimator == "difference":
        return Text("causal.estimand_difference", **names, control=control, treated=treated)
    key = f"causal.estimand_{query.target.lower()}"
    return Text(key, **names, control=control, treated=treated)


def assumptions(problem: Problem, estimator: str, found: Identified) -> tuple[Text, ...]:
    """What must hold for the number to be the effect, one sentence each."""
    query = problem.query
    names = {"treatment": query.treatment, "outcome": query.outcome}
    if estimator == "difference":
        return (Text("causal.assume_alike", **names),)
    listed = ", ".join(query.covariates)
    key = "causal.assume_adjusted" if listed else "causal.assume_random"
    told = [Text(key, **names, covariates=listed)]
    if found.by_graph:
        told.append(Text("causal.assume_graph"))
    if problem.kind == "continuous":
        told.append(Text("causal.assume_slope", **names))
    else:
        told.append(Text("causal.assume_overlap", **names))
    told.append(Text("causal.assume_interference", **names))
    if estimator in ("ols", "dowhy-linear"):
        told.append(Text("causal.assume_linear"))
    if any(flag.key == f"causal.flag_missing_{query.missing}" for flag in problem.flags):
        told.append(Text(f"causal.assume_missing_{query.missing}", **names))
    if estimator == "dowhy-linear":
        told.append(Text("causal.assume_rows_alike", n=problem.n))
    elif problem.cluster is not None:
        told.append(Text("causal.assume_clusters", n=problem.n_clusters))
    else:
        told.append(Text("causal.assume_rows", n=problem.n))
    return tuple(told)
