"""From a table and a graph to an effect, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.enquiry import Enquiry
from causalrec.causal.effects.ways import with_ways
from causalrec.causal.estimation.estimation_problem import TARGETS, Query
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.identify import identify
from causalrec.causal.rows.question_rows import label, labelled, rows_of
from causalrec.core.errors import ParamError, check_range, unknown_name
from causalrec.core.progress import OnProgress, silent
from causalrec.data.dataset.outcomes import Outcome
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["MISSING", "TARGETS", "estimate", "of_table"]

MISSING = ("impute", "complete", "indicator", "refuse")


def estimate(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    estimator: str = ESTIMATORS.default,
    target: str = "ATE",
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    folds: int = 5,
    clip: float = 0.01,
    missing: str = "impute",
    control: object = None,
    treated: object = None,
    compare: bool = False,
    instruments: Iterable[str] = (),
    mediators: Iterable[str] = (),
    interval: str = "formula",
    weights: str | None = None,
    currency: str = "",
    on_progress: OnProgress = silent,
) -> Effect:
    """The average effect of a treatment on an outcome, adjusted as a graph says.

    Two treatment values are compared with each other. Of more values (up to five numbers, or
    categories) the most frequent is compared with the control, and `contrasts` has the others;
    more numbers give the slope, the mean effect of one unit more. Columns are read as what they
    hold: durations and times in days, numbers and times written as text, booleans in any form.

    Args:
        frame: one row a unit or an impression, a table of any kind; `causal_table` makes it.
        graph: a graph, whose smallest adjustment set that has columns is used; or the covariates.
        treatment: node or column.
        outcome: node or column.
        estimator: a name in `ESTIMATORS`.
        target: "ATE" everybody, "ATT" the treated, "ATC" the others, "overlap" who could be in
            either arm. Some estimators tell of one of these only, and a flag says so.
        weights: column that says how many people a row stands for (sampling weights, above 0);
            estimators that cannot take them refuse.
        cluster: column whose values repeat (a user); "auto": the user of `causal_table`'s
            frame, else rows are taken as independent with a flag; None: rows are independent.
        interval: "formula"; some estimators (`Estimator.intervals`) also have "bootstrap", a
            thousand refits to units drawn with replacement, and "posterior", a Bayesian one.
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
        compare: whether `rows` holds every estimator that goes by the same columns.
        instruments: nodes or columns that move the treatment, and the outcome only by way of it,
            for an estimator that goes by them; of a graph, () takes those that it has.
        mediators: nodes or columns through which the whole effect goes, likewise.
        currency: of an outcome that is money.
        on_progress: called as each of the compared estimators has answered, with its numbers.

    Returns:
        The effect. With refused=True its value is None and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers, or a weight is not above 0.
        ParamError, NotFoundError: an argument is out of range or unknown.
    """
    query = Query(
        label(treatment), label(outcome), (), target, level, clip, folds, seed,
        missing, control, treated, None if weights is None else label(weights),
        interval=interval,
    )  # fmt: skip
    _check(query, estimator)
    table = labelled(as_pandas(frame))
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    named = _named(estimator, instruments=instruments, mediators=mediators)
    strategy, ends = ESTIMATORS[estimator].strategy, (query.treatment, query.outcome)
    identified = identify(table, graph, ends, strategy, besides=named)
    if isinstance(graph, CausalGraph):
        identified = with_ways(identified, graph, table.columns)
    query = replace(
        query,
        treatment=identified.treatment,
        outcome=identified.outcome,
        covariates=identified.covariates or (),
        besides=identified.besides,
    )
    ends = (query.treatment, query.outcome)
    rows = rows_of(
        table, ends, query.covariates, cluster, weights=query.weights, besides=query.besides
    )
    enquiry = Enquiry(query, rows, identified, estimator=estimator, compare=compare)
    effect = replace(enquiry, on_progress=on_progress).effect()
    return effect.model_copy(update={**of_table(table, query.outcome), "currency": currency})


def _named(estimator: str, **besides: Iterable[str]) -> tuple[str, ...]:
    """The instruments or mediators that were named, as far as the estimator goes by them.

    Raises:
        ParamError: it goes by others, or by none.
    """
    kind = ESTIMATORS[estimator].strategy.besides
    for name, columns in besides.items():
        if name != kind and tuple(columns):
            facts = {"name": name, "estimator": ESTIMATORS[estimator].word()}
            raise ParamError("causal.unused_besides", hint="causal.unused_besides_hint", **facts)
    columns = besides.get(kind, ())
    return tuple(label(name) for name in ([columns] if isinstance(columns, str) else columns))


def of_table(frame: pd.DataFrame, outcome: str) -> dict[str, Any]:
    """What the table says of its rows and of an outcome, where `causal_table` made it."""
    facts = frame.attrs.get("causalrec", {})
    about = facts.get("outcomes", {}).get(outcome)
    return {
        "unit": facts.get("unit", "row"),
        "date": facts.get("date"),
        "about": None if about is None else Outcome(**about),
    }


def _check(query: Query, estimator: str) -> None:
    """Refuse settings that are unknown or out of range.

    Raises:
        NotFoundError: no such estimator, target, interval or way with missing values.
        ParamError: a number is out of range.
    """
    intervals = ESTIMATORS[estimator].intervals if estimator in ESTIMATORS else ()
    ways = (
        ("estimator", estimator, ESTIMATORS),
        ("target", query.target, TARGETS),
        ("missing", query.missing, MISSING),
        ("interval", query.interval, intervals),
    )
    for name, value, choices in ways:
        if value not in choices:
            error = unknown_name(name, str(value), choices)
            raise error
    for name, number, low, high in (
        ("level", query.level, 0.5, 0.9999),
        ("folds", query.folds, 2, 20),
        ("clip", query.clip, 0.0, 0.2),
    ):
        check_range(name, number, low, high)
