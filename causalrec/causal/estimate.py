"""From a table and a graph to an effect, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effect import Effect
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph import CausalGraph
from causalrec.causal.identify import Identified, identify
from causalrec.causal.problem import Problem, Query, Refusal, choose_arms, make_problem
from causalrec.causal.scores import Answer
from causalrec.causal.telling import assumptions, estimand
from causalrec.causal.weights import EXTREME_SHARE, Overlap, examine
from causalrec.core.errors import DataError, ParamError, unknown_name
from causalrec.core.words import Text

__all__ = ["TARGETS", "estimate"]

TARGETS = ("ATE", "ATT", "overlap")
MOST_LEVELS = 20
COMPARED = ("difference", "ols", "ipw", "aipw")


def estimate(
    frame: pd.DataFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    estimator: str = "aipw",
    target: str = "ATE",
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    folds: int = 5,
    clip: float = 0.01,
    missing: str = "impute",
    control: Any = None,
    treated: Any = None,
    compare: bool = False,
) -> Effect:
    """The average effect of a treatment on an outcome, adjusted as a graph says.

    Two treatment values are compared with each other. Of more values (up to five numbers, or
    categories) the most frequent is compared with the control, and `contrasts` has the others;
    more numbers give the slope, the mean effect of one unit more.

    Args:
        frame: one row a unit or an impression; `causal_table` makes it.
        graph: a graph, whose smallest adjustment set that has columns is used; or the covariates.
        treatment: node or column.
        outcome: node or column.
        estimator: "difference" (not causal), "ols", "ipw", "aipw" or "dowhy-linear".
        target: "ATE" everybody, "ATT" the treated, "overlap" who could be in either arm.
        cluster: column whose values repeat (a user); "auto": the user of `causal_table`'s
            frame, else rows are taken as independent with a flag; None: rows are independent.
        seed: of the cross-fitting.
        level: of the interval.
        folds: parts of the cross-fitting, 2 to 20.
        clip: propensities are kept in [clip, 1 - clip].
        missing: covariates: "impute" (with an indicator and a flag) or "refuse".
        control: value to compare with; None: the least number or most frequent category.
        treated: value to compare; None: the most frequent other.
        compare: whether `rows` holds every estimator.

    Returns:
        The effect. With refused=True its value is None and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError, NotFoundError: an argument is out of range or unknown.
    """
    _check_arguments(estimator, target, level, folds, clip, missing)
    found = identify(frame, graph, treatment, outcome)
    query = Query(
        found.treatment, found.outcome, found.covariates or (), target, level, clip, folds, seed,
        missing, control, treated,
    )  # fmt: skip
    table, members, told = _rows(frame, query, cluster)
    flags = [*told, *found.flags]
    if found.covariates is None and estimator != "difference":
        return _refuse(query, estimator, found.reason, flags, len(frame))
    try:
        problem = make_problem(table, query, members)
        effect = _answer(problem, estimator, flags, compare, found)
        if problem.kind != "levels":
            return effect
        return effect.model_copy(update={"contrasts": _contrasts(table, query, members, estimator)})
    except Refusal as refusal:
        return _refuse(query, estimator, refusal.reason, flags, len(frame))


def _check_arguments(
    estimator: str, target: str, level: float, folds: int, clip: float, missing: str
) -> None:
    if estimator not in ESTIMATORS:
        raise unknown_name("estimator", estimator, ESTIMATORS)
    for name, value, known in (
        ("target", target, TARGETS),
        ("missing", missing, ("impute", "refuse")),
    ):
        if value not in known:
            raise unknown_name(name, str(value), known)
    for name, number, low, high in (
        ("level", level, 0.5, 0.9999),
        ("folds", folds, 2, 20),
        ("clip", clip, 0.0, 0.2),
    ):
        if not low <= number <= high:
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name=name,
                value=str(number),
                why=f"{low} - {high}",
            )


def _rows(
    frame: pd.DataFrame, query: Query, cluster: str | None
) -> tuple[pd.DataFrame, pd.Series | None, list[Text]]:
    """The columns of the question with plain numbers, who each row belongs to, what to know."""
    columns = list(dict.fromkeys([query.treatment, query.outcome, *query.covariates]))
    table = frame[columns].reset_index(drop=True)
    table[query.outcome] = _outcome(table[query.outcome])
    if pd.api.types.is_numeric_dtype(table[query.treatment]):
        numbers = table[query.treatment].to_numpy(dtype=float, na_value=np.nan)
        table[query.treatment] = np.where(np.isfinite(numbers), numbers, np.nan)
    told = []
    known = frame.attrs.get("causalrec", {})
    if known.get("chosen"):
        told.append(Text("causal.flag_chosen"))
    if cluster == "auto":
        cluster = known.get("cluster")
        if cluster not in frame.columns:
            cluster = None
            told.append(Text("causal.flag_independent"))
    if cluster is None:
        return table, None, told
    if cluster not in frame.columns:
        raise DataError(
            "causal.no_cluster",
            hint=unknown_name("column", cluster, map(str, frame.columns)).hint,
            name=cluster,
        )
    return table, frame[cluster].reset_index(drop=True), told


def _outcome(values: pd.Series) -> np.ndarray:
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        raise DataError("causal.not_numbers", hint="causal.not_numbers_hint", name=values.name)
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _refuse(query: Query, estimator: str, reason: Text | None, flags: list[Text], n: int) -> Effect:
    return Effect(
        refused=True,
        reason=reason,
        n=n,
        level=query.level,
        flags=tuple(flags),
        treatment=query.treatment,
        outcome=query.outcome,
        estimator=estimator,
        target=query.target,
        adjustment=query.covariates,
    )


def _answer(
    problem: Problem, estimator: str, flags: list[Text], compare: bool, found: Identified
) -> Effect:
    flags = [*flags, *problem.flags]
    if estimator != "difference":
        flags += problem.design.flags()
    overlap = None
    if problem.kind != "continuous" and (estimator != "difference" or compare):
        problem, overlap, told = _overlap(problem, estimator)
        flags += told
    answer: Answer = ESTIMATORS[estimator](problem)
    flags += answer.flags
    if estimator == "difference":
        flags.append(Text("causal.flag_not_causal"))
    return _effect(problem, estimator, answer, overlap, flags, compare, found)


def _overlap(problem: Problem, estimator: str) -> tuple[Problem, Overlap, list[Text]]:
    """The alarm: where the arms hardly overlap, ask about those who could be in either."""
    seen = examine(problem, problem.query.target)
    facts: dict[str, Any] = {"share": seen.extreme, "worst": seen.worst}
    facts["effective"] = min(seen.effective)
    weighted = estimator in ("ipw", "aipw")
    if not seen.poor:
        thin = 0 < seen.extreme <= EXTREME_SHARE
        return problem, seen, [Text("causal.flag_clipped", **facts)] if thin else []
    if not weighted:
        return problem, seen, [Text("causal.flag_extrapolates", **facts)]
    moved = problem.aiming("overlap")
    there = examine(moved, "overlap")
    if there.hopeless:
        raise Refusal(Text("causal.refuse_overlap", **facts))
    if problem.query.target == "overlap":
        return problem, seen, [Text("causal.flag_thin", **facts)]
    return moved, there, [Text("causal.flag_moved", asked=problem.query.target, **facts)]


def _effect(
    problem: Problem,
    estimator: str,
    answer: Answer,
    overlap: Overlap | None,
    flags: list[Text],
    compare: bool,
    found: Identified,
) -> Effect:
    query, t, y = problem.query, problem.treatment, problem.outcome
    share = bool(np.isin(y, (0.0, 1.0)).all())
    arms = () if problem.kind == "continuous" else (t == 0, t == 1)
    evidence: dict[str, Any] = {}
    if overlap is not None:
        evidence = {
            "effective_n": overlap.effective,
            "extreme_share": overlap.extreme,
            "balance": overlap.balance,
            "overlap": overlap.histogram,
        }
    naive: Answer = ESTIMATORS["difference"](problem)
    return Effect(
        value=answer.value,
        low=answer.low,
        high=answer.high,
        se=answer.se,
        level=query.level,
        n=problem.n,
        clusters=problem.n_clusters,
        flags=tuple(flags),
        treatment=query.treatment,
        outcome=query.outcome,
        estimator=estimator,
        target=query.target,
        kind=problem.kind,
        arms=problem.arms,
        arms_n=tuple(int(arm.sum()) for arm in arms),
        adjustment=query.covariates,
        estimand=estimand(problem, estimator),
        assumptions=assumptions(problem, estimator, found),
        naive=naive.value,
        outcome_kind="share" if share else "mean",
        baseline=float(y[arms[0]].mean()) if arms else None,
        rows=_compare(problem, estimator, answer) if compare else pd.DataFrame(),
        **evidence,
    )


def _compare(problem: Problem, estimator: str, answer: Answer) -> pd.DataFrame:
    """One row an estimator, on the same rows and target."""
    rows = []
    for name in dict.fromkeys([*COMPARED, estimator]):
        try:
            made = answer if name == estimator else ESTIMATORS[name](problem)
        except Refusal:
            continue
        rows.append(
            {"estimator": name, "value": made.value, "low": made.low, "high": made.high}
            | {"refused": False}
        )
    return pd.DataFrame(rows)


def _contrasts(
    table: pd.DataFrame, query: Query, members: pd.Series | None, estimator: str
) -> pd.DataFrame:
    """Every level against the control: level, value, low, high, refused."""
    values = table[query.treatment].value_counts()
    control, _ = choose_arms(values, query)
    rows = []
    for level in [v for v in values.index if v != control][:MOST_LEVELS]:
        pair = replace(query, control=control, treated=level)
        row = {"control": str(control), "level": str(level), "refused": True}
        try:
            problem, _, _ = _overlap(make_problem(table, pair, members), estimator)
            made: Answer = ESTIMATORS[estimator](problem)
            row |= {"value": made.value, "low": made.low, "high": made.high, "refused": False}
        except Refusal as refusal:
            row |= {"value": None, "low": None, "high": None, "reason": str(refusal.reason)}
        rows.append(row)
    return pd.DataFrame(rows)
