"""From a table and a graph to what two treatments do together, or to why it cannot be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.design_checks import check_design
from causalrec.causal.effects.estimate import of_table
from causalrec.causal.effects.preconditions import FEWEST, make_problem
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimation.imputation import completed
from causalrec.causal.estimation.through_mediators import slopes
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.identify import identify
from causalrec.causal.identification.joint_treatments import Joint
from causalrec.causal.mechanisms.figures import combined, figure_rows
from causalrec.causal.mechanisms.interaction import Interaction
from causalrec.causal.nuisance.cross_fitting import Nuisance
from causalrec.causal.rows.arms import arms_of, pick
from causalrec.causal.rows.column_values import look
from causalrec.causal.rows.question_rows import FEWEST_NUMBERS, label, labelled, rows_of
from causalrec.core.errors import ParamError, check_range
from causalrec.core.statistics.samples import kish
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["interaction"]

LEAST_WORTH = 50
"""Rows that a weighted cell must be worth."""
CELLS = {
    "first": (-1.0, 0.0, 1.0, 0.0),
    "second": (-1.0, 1.0, 0.0, 0.0),
    "both": (-1.0, 0.0, 0.0, 1.0),
    "interaction": (1.0, -1.0, -1.0, 1.0),
}
"""Weights of the cells: neither, the second alone, the first alone, both."""
SLOPES = {"first": (1.0, 0.0, 0.0), "second": (0.0, 1.0, 0.0), "interaction": (0.0, 0.0, 1.0)}


def interaction(
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatments: tuple[str, str],
    outcome: str,
    cluster: str | None = "auto",
    level: float = 0.95,
    seed: int = 0,
) -> Interaction:
    """What two treatments do together, each alone, and whether they need each other.

    Of two treatments of two values each of the four cells is estimated doubly robustly; where one
    is a number, a line with their product answers.

    Args:
        frame: one row a unit, a table of any kind.
        graph: a graph, of which a set that closes the back doors of both is used; or the
            covariates.
        treatments: two nodes or columns.
        outcome: node or column.
        cluster: as in `estimate`.
        level: of the intervals.
        seed: of the cross-fitting.

    Returns:
        The figures. With refused=True there are none, and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError: an argument is out of range, or there are not two treatments.
    """
    check_range("level", level, 0.5, 0.9999)
    pair = [label(name) for name in treatments]
    if len(set(pair)) != 2 or isinstance(treatments, str):
        raise ParamError("causal.not_two", hint="causal.not_two_hint")
    table = labelled(as_pandas(frame))
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    identified = identify(table, graph, (pair[0], label(outcome)), Joint, besides=pair[1:])
    ends = (identified.treatment, identified.outcome)
    about = {"outcome": ends[1], "level": level, **of_table(table, ends[1])}
    about.pop("date")
    about |= {"treatments": (ends[0], *identified.besides)}
    about |= {"adjustment": identified.covariates or ()}
    if identified.covariates is None:
        return Interaction(**about, refused=True, reason=identified.reason, n=len(table))
    query = Query(*ends, identified.covariates, level=level, seed=seed, besides=identified.besides)
    rows = rows_of(table, ends, query.covariates, cluster, besides=query.besides)
    flags = (*rows.flags, *identified.flags)
    try:
        problem = make_problem(rows, query)
        return _interaction(problem, about | {"flags": (*flags, *problem.flags)})
    except Refusal as refusal:
        n = len(rows.outcome)
        return Interaction(**about, flags=flags, refused=True, reason=refusal.reason, n=n)


def _interaction(problem: Problem, about: dict[str, Any]) -> Interaction:
    """The figures of a checked question.

    Raises:
        Refusal: a cell has too few rows, or a treatment has several values that are no numbers.
    """
    tables = completed(problem)
    check_design(tables[0])
    second, arms = _second(problem)
    cells, flags = pd.DataFrame(), list(about["flags"])
    p = problem.design.x.shape[1]
    if problem.arms and arms:
        cells = _cells(problem, second, arms)
        worth = np.inf
        drawn = []
        for table in tables:
            means, scores, least = _by_cell(table, second)
            drawn.append((means, scores))
            worth = min(worth, least)
        if worth < LEAST_WORTH:
            flags.append(Text("causal.flag_thin_cell", effective=worth))
        figures = combined(problem, drawn, CELLS, columns=4)
    else:
        drawn = [_by_line(table, second) for table in tables]
        figures = combined(problem, drawn, SLOPES, columns=4 + p)
    told = figures["interaction"]
    facts = {**about, "flags": tuple(flags), "arms": (problem.arms, arms), "cells": cells}
    return Interaction(
        **facts, value=told.value, low=told.low, high=told.high, n=problem.n,
        clusters=problem.n_clusters, rows=figure_rows(figures),
    )  # fmt: skip


def _second(problem: Problem) -> tuple[np.ndarray, tuple[str, ...]]:
    """The second treatment as 0/1 with its arms, or as numbers.

    Raises:
        Refusal: it has one value, or several that are no numbers.
    """
    name = problem.query.besides[0]
    column = look(problem.besides[name])
    arms = arms_of(column)
    if len(arms.names) < 2:
        only = arms.names[0] if arms.names else "-"
        raise Refusal(Text("causal.refuse_constant", name=name, value=only))
    if len(arms.names) == 2:
        control, treated, _ = pick(arms, name, None, None)
        given = column.data == arms.held[treated]
        return given.astype(float), (arms.names[control], arms.names[treated])
    if not arms.numeric or len(arms.names) < FEWEST_NUMBERS:
        raise Refusal(Text("causal.refuse_several", name=name, n=len(arms.names)))
    return column.data.astype(float), ()


def _cells(problem: Problem, second: np.ndarray, arms: tuple[str, ...]) -> pd.DataFrame:
    """How many rows each cell has.

    Raises:
        Refusal: one has too few.
    """
    rows = []
    for a, first in enumerate(problem.arms):
        for b, other in enumerate(arms):
            n = int(((problem.treatment == a) & (second == b)).sum())
            if n < FEWEST:
                names = {"name": problem.query.treatment, "other": problem.query.besides[0]}
                facts = {**names, "value": first, "second": other, "n": n, "least": FEWEST}
                raise Refusal(Text("causal.refuse_cell", **facts))
            rows.append({"first": first, "second": other, "n": n})
    return pd.DataFrame(rows)


def _by_cell(problem: Problem, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean outcome if everybody were in each cell (4,), influences (n, 4), the least worth."""
    cell = 2 * problem.treatment + second
    clip, parts, worth = problem.query.clip, [], np.inf
    for at in range(4):
        inside = (cell == at).astype(float)
        models = Nuisance(
            problem.design, inside, problem.outcome, problem.folds, problem.query.seed
        )
        vars(models).update(bases=problem.nuisance.bases)
        chance = np.clip(models.propensity, clip, 1 - clip)
        expected = models.by_arm[1].predicted
        parts.append(expected + inside / chance * (problem.outcome - expected))
        worth = min(worth, kish(inside / chance))
    each = np.column_stack(parts)
    return each.mean(axis=0), each - each.mean(axis=0), worth


def _by_line(problem: Problem, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of both, each at the mean of the other, and of their product, and influences."""
    first, other = problem.treatment - problem.treatment.mean(), second - second.mean()
    columns = np.column_stack([first, other, first * other])
    coefficients, influence = slopes(columns, problem.outcome[:, None], problem.design.x)
    return coefficients[:, 0], influence[:, :, 0]
