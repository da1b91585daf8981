"""From a table and a graph to an effect, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from causalrec.causal.effects.answers import Asking, facts_of, refused_rows
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Query
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.backdoor import Identified, identify
from causalrec.causal.rows.arms import Refusal, arms_of
from causalrec.causal.rows.question_rows import Rows, label, labelled, rows_of
from causalrec.core.errors import ParamError, unknown_name
from causalrec.core.words import Text

__all__ = ["MISSING", "TARGETS", "estimate"]

TARGETS = ("ATE", "ATT", "overlap")
MOST_LEVELS = 20
MISSING = ("impute", "complete", "indicator", "refuse")


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
    more numbers give the slope, the mean effect of one unit more. Columns are read as what they
    hold: durations and times in days, numbers and times written as text, booleans in any form.

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
        missing: unknown covariates: "impute" (drawn several times given all that is known,
            treatment and outcome included), "complete" (rows without them are left out),
            "indicator" (only for a treatment given at random) or "refuse".
        control: value to compare with, as it is or as it prints; None: the first of an ordered
            category, what has the usual name of a control, False or the least number, or the
            most frequent category.
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
    frame = labelled(frame)
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    found = identify(frame, graph, label(treatment), label(outcome))
    query = Query(
        found.treatment, found.outcome, found.covariates or (), target, level, clip, folds, seed,
        missing, control, treated,
    )  # fmt: skip
    rows = rows_of(frame, (query.treatment, query.outcome), query.covariates, cluster)
    flags = [*rows.flags, *found.flags]
    if found.covariates is None and estimator != "difference":
        told = refused_rows(estimator, found.reason) if compare and found.reason else None
        return _refuse(query, estimator, found.reason, flags, len(frame), told)
    asking = None
    try:
        asking = Asking(make_problem(rows, query), estimator, found)
        effect = asking.effect(flags, compare)
    except Refusal as refusal:
        compared = None
        if compare:
            compared = asking.rows(None) if asking else refused_rows(estimator, refusal.reason)
        refused = _refuse(query, estimator, refusal.reason, flags, len(frame), compared)
        return refused.model_copy(update=facts_of(asking.problem)) if asking else refused
    if effect.kind != "levels":
        return effect
    contrasts, reasons = _contrasts(rows, query, estimator, found, effect.arms[0])
    return effect.model_copy(update={"contrasts": contrasts, "contrast_refusals": reasons})


def _check_arguments(
    estimator: str, target: str, level: float, folds: int, clip: float, missing: str
) -> None:
    if estimator not in ESTIMATORS:
        raise unknown_name("estimator", estimator, ESTIMATORS)
    for name, value, known in (
        ("target", target, TARGETS),
        ("missing", missing, MISSING),
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


def _refuse(
    query: Query,
    estimator: str,
    reason: Text | None,
    flags: list[Text],
    n: int,
    compared: tuple[pd.DataFrame, dict[str, Text]] | None,
) -> Effect:
    rows, reasons = compared or (pd.DataFrame(), {})
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
        rows=rows,
        refusals=reasons,
    )


def _contrasts(
    rows: Rows, query: Query, estimator: str, found: Identified, control: str
) -> tuple[pd.DataFrame, dict[str, Text]]:
    """Every level against the control (level, value, low, high, refused), and why some refuse."""
    made, reasons = [], {}
    levels = [name for name in arms_of(rows.treatment).names if name != control]
    for level in levels[:MOST_LEVELS]:
        pair = replace(query, control=control, treated=level)
        row: dict[str, Any] = {"control": control, "level": level}
        try:
            answer = Asking(make_problem(rows, pair), estimator, found).answer(estimator)
            row |= {"value": answer.value, "low": answer.low, "high": answer.high, "refused": False}
        except Refusal as refusal:
            row |= {"value": None, "low": None, "high": None, "refused": True}
            reasons[level] = refusal.reason
        made.append(row)
    return pd.DataFrame(made), reasons
