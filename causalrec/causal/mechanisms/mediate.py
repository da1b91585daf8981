"""From a table and a graph to what goes through mediators, or to why it cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.design_checks import check_design
from causalrec.causal.effects.estimate import of_table
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimation.imputation import completed
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.through_mediators import Path
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.identify import identify
from causalrec.causal.identification.natural import Natural
from causalrec.causal.mechanisms.figures import combined, figure_rows
from causalrec.causal.mechanisms.hidden_mediator_cause import hidden_cause
from causalrec.causal.mechanisms.mediation import Mediation
from causalrec.causal.mechanisms.natural_effects import by_lines, by_models
from causalrec.causal.rows.question_rows import label, labelled, rows_of
from causalrec.core.errors import check_range
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["mediate"]

ASSUMED = (
    "causal.assume_natural",
    "causal.assume_graph",
    "causal.assume_no_recanting",
    "causal.assume_interference",
)
WAYS = {"total": (1.0, 1.0), "direct": (1.0, 0.0), "indirect": (0.0, 1.0)}
"""Weights of direct and indirect effect."""
MOST_MODELLED = 50_000
"""Rows up to which models are asked: they take ten seconds then."""


def mediate(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    mediators: Iterable[str] = (),
    cluster: str | None = "auto",
    level: float = 0.95,
    control: object = None,
    treated: object = None,
    seed: int = 0,
) -> Mediation:
    """How much of an effect goes through mediators, and how much goes past them.

    Of two groups models of outcome and treatment that need no lines give the figures that are told,
    with lines, which have a product of treatment and mediators, beside them; of a number, lines.

    Args:
        frame: one row a unit, a table of any kind.
        graph: a graph, of which the set that closes all back doors is used; or the covariates.
        treatment: node or column.
        outcome: node or column.
        mediators: nodes or columns; of a graph, () takes all that stand between and have columns.
        cluster: as in `estimate`.
        level: of the intervals.
        control: value to compare with, as in `estimate`.
        treated: value to compare, likewise.
        seed: of the cross-fitting.

    Returns:
        The figures. With refused=True there are none, and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError: an argument is out of range, or a column has two parts.
    """
    check_range("level", level, 0.5, 0.9999)
    table = labelled(as_pandas(frame))
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    named = [mediators] if isinstance(mediators, str) else mediators
    ends = (label(treatment), label(outcome))
    identified = identify(table, graph, ends, Natural, besides=[label(name) for name in named])
    ends = (identified.treatment, identified.outcome)
    about = {"treatment": ends[0], "outcome": ends[1], "level": level, **of_table(table, ends[1])}
    about.pop("date")
    about |= {"mediators": identified.besides, "adjustment": identified.covariates or ()}
    if identified.covariates is None:
        return Mediation(**about, refused=True, reason=identified.reason, n=len(table))
    query = Query(
        *ends, identified.covariates, level=level, seed=seed, control=control, treated=treated,
        besides=identified.besides,
    )  # fmt: skip
    rows = rows_of(table, ends, query.covariates, cluster, besides=query.besides)
    flags = (*rows.flags, *identified.flags)
    try:
        problem = make_problem(rows, query)
        return _mediation(problem, about | {"flags": (*flags, *problem.flags)})
    except Refusal as refusal:
        n = len(rows.outcome)
        return Mediation(**about, flags=flags, refused=True, reason=refusal.reason, n=n)


def _mediation(problem: Problem, about: dict[str, Any]) -> Mediation:
    """The figures of a checked question.

    Raises:
        Refusal: the mediators never vary, or the covariates leave nothing to compare.
    """
    tables = completed(problem)
    check_design(tables[0])
    if not problem.through.x.shape[1]:
        mediators = ", ".join(problem.query.besides)
        raise Refusal(Text("causal.refuse_no_mediator", mediators=mediators))
    groups = bool(problem.arms)
    columns = 2 + 2 * problem.through.x.shape[1] + problem.design.x.shape[1]
    figures = partial(combined, tables[0], ways=WAYS, columns=columns)
    lines = told = figures([_lines(table) for table in tables])
    rows, flags = [figure_rows(lines, method="lines")], list(about["flags"])
    if groups and problem.n <= MOST_MODELLED:
        told = figures([by_models(table) for table in tables])
        rows = [figure_rows(told, method="models"), *rows]
    elif groups:
        flags.append(Text("causal.flag_lines_alone", n=problem.n))
    indirect = told["indirect"]
    hidden = hidden_cause(_path(tables[0]), indirect)
    names = {"treatment": problem.query.treatment, "outcome": problem.query.outcome}
    listed = {"besides": ", ".join(problem.query.besides)}
    given = ", ".join(problem.query.covariates) or Text("causal.note_among_none")
    keys = ASSUMED if told is not lines else (*ASSUMED, "causal.assume_linear_mediators")
    assumed = tuple(Text(key, **names, **listed, covariates=given) for key in keys)
    facts = {**about, "flags": tuple(flags), "assumptions": assumed}
    facts |= {**_share(problem, told), **hidden}
    return Mediation(
        **facts, value=indirect.value, low=indirect.low, high=indirect.high, n=problem.n,
        clusters=problem.n_clusters, arms=problem.arms, rows=pd.concat(rows, ignore_index=True),
    )  # fmt: skip


def _path(problem: Problem) -> Path:
    return Path(problem.treatment, problem.outcome, problem.through.x, problem.design.x)


def _lines(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    return by_lines(_path(problem), groups=bool(problem.arms))


def _share(problem: Problem, told: Mapping[str, Answer]) -> dict[str, float]:
    """Of the total that goes through, with Fieller's interval (1954); {} where none is."""
    total, indirect = told["total"], told["indirect"]
    if total.low <= 0 <= total.high or total.scores is None or indirect.scores is None:
        return {}
    both = from_scores(0.0, total.scores + indirect.scores, problem.cluster, level=0.95)
    covariance = (both.se**2 - total.se**2 - indirect.se**2) / 2
    reach = student(problem.query.level, max(problem.n_clusters - 1, 1))
    a = total.value**2 - reach**2 * total.se**2
    b = total.value * indirect.value - reach**2 * covariance
    c = indirect.value**2 - reach**2 * indirect.se**2
    if a <= 0:
        return {}
    root = float(np.sqrt(max(b * b - a * c, 0.0)))
    value = indirect.value / total.value
    return {"share": value, "share_low": (b - root) / a, "share_high": (b + root) / a}
