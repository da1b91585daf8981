"""The estimand and its assumptions in words; which assumptions is the estimator's to say."""

from __future__ import annotations

from collections.abc import Callable

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.identification.strategy import Identified
from causalrec.core.words import Text
from causalrec.core.words.conditions import arms

__all__ = ["assumptions", "estimand"]


def estimand(problem: Problem, method: type[Estimator]) -> Text:
    """What the number means, for these arms and this target."""
    names = _names(problem)
    if problem.kind == "continuous":
        form = "slope" if method.causal else "difference_slope"
        form = f"late_{form}" if method.told_of("") == "LATE" else form
        return Text(f"causal.estimand_{form}", **names)
    control, treated = arms(names["treatment"], problem.arms)
    form = method.told_of(problem.query.target).lower() if method.causal else "difference"
    return Text(f"causal.estimand_{form}", **names, control=control, treated=treated)


def assumptions(
    problem: Problem, method: type[Estimator], identified: Identified
) -> tuple[Text, ...]:
    """What must hold for the number to be the effect, one sentence each."""
    keys = (*method.assumptions, *(("causal.assume_weights",) if problem.query.weights else ()))
    texts = (_FORMS.get(key, _plain)(key, problem, identified) for key in keys)
    return tuple(text for text in texts if text is not None)


def _names(problem: Problem) -> dict[str, str]:
    query = problem.query
    names = {"treatment": query.treatment, "outcome": query.outcome}
    return names | {"besides": ", ".join(query.besides)} if query.besides else names


# -- the sentence of a key that fits the question ------------------------------------------


def _plain(key: str, problem: Problem, identified: Identified) -> Text | None:
    return Text(key, **_names(problem), n=problem.n, weights=problem.query.weights or "")


def _adjusted(key: str, problem: Problem, identified: Identified) -> Text | None:
    listed = ", ".join(problem.query.covariates)
    key = key if listed else "causal.assume_random"
    return Text(key, **_names(problem), covariates=listed)


def _excluded(key: str, problem: Problem, identified: Identified) -> Text | None:
    listed = ", ".join(problem.query.covariates)
    key = f"{key}_given" if listed else key
    return Text(key, **_names(problem), covariates=listed)


def _by_graph(key: str, problem: Problem, identified: Identified) -> Text | None:
    if identified.by_graph:
        return Text(key)
    listed = ", ".join(problem.query.covariates)
    return Text("causal.assume_before", **_names(problem), covariates=listed) if listed else None


def _possible(key: str, problem: Problem, identified: Identified) -> Text | None:
    key = "causal.assume_slope" if problem.kind == "continuous" else key
    return Text(key, **_names(problem))


def _missing(key: str, problem: Problem, identified: Identified) -> Text | None:
    way = problem.query.missing
    flagged = any(flag.key == f"causal.flag_missing_{way}" for flag in problem.flags)
    return Text(f"causal.assume_missing_{way}", **_names(problem)) if flagged else None


def _rows(key: str, problem: Problem, identified: Identified) -> Text | None:
    if problem.cluster is None:
        return Text(key, n=problem.n)
    return Text("causal.assume_clusters", n=problem.n_clusters)


_FORMS: dict[str, Callable[[str, Problem, Identified], Text | None]] = {
    "causal.assume_adjusted": _adjusted,
    "causal.assume_excluded": _excluded,
    "causal.assume_graph": _by_graph,
    "causal.assume_overlap": _possible,
    "causal.assume_missing_impute": _missing,
    "causal.assume_rows": _rows,
}
