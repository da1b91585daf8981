"""Which columns a question takes: from a graph, or as the analyst lists them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification import STRATEGIES
from causalrec.causal.identification.backdoor import BackDoor
from causalrec.causal.identification.graph_question import GraphQuestion, node_of
from causalrec.causal.identification.strategy import Identified, Strategy
from causalrec.core.errors import DataError, GraphError, ParamError, unknown_name

__all__ = ["allowed", "identify"]


def identify(
    frame: pd.DataFrame,
    graph: CausalGraph | Iterable[str],
    ends: tuple[str, str],
    strategy: type[Strategy] = BackDoor,
    *,
    besides: Iterable[str] = (),
) -> Identified:
    """The columns of a question.

    Args:
        frame: the table.
        graph: what is believed, or the covariates.
        ends: treatment and outcome, nodes or columns.
        strategy: by which the effect is to be identified.
        besides: nodes or columns that it goes by; of a graph, () takes what the graph has.

    Raises:
        GraphError: a node is unknown, or a node that is needed has no column.
        DataError: a column is missing.
        ParamError: the treatment is the outcome, or a column has two parts, or the strategy
            needs columns that were not named.
    """
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError("causal.column_twice", hint="causal.twice_hint", name=str(twice[0]))
    besides = tuple(dict.fromkeys(besides))
    if isinstance(graph, CausalGraph):
        return strategy.by_graph(_asked(frame.columns, graph, ends, besides))
    return _listed(frame, graph, ends, strategy, besides=besides)


def allowed(
    graph: CausalGraph, ends: tuple[str, str], columns: Iterable[str] | None = None
) -> dict[str, Identified]:
    """What each strategy comes to, by its name, where it identifies the effect.

    Args:
        graph: what is believed.
        ends: treatment and outcome, nodes or columns.
        columns: that there are; None: every observed node has its own.

    Raises:
        GraphError: a node is unknown, or an end has no column.
    """
    if columns is None:
        columns = [graph.bindings.get(node, node) for node in graph.nodes]
    asked = _asked(columns, graph, ends, ())
    ways = {}
    for name, strategy in STRATEGIES.items():
        try:
            identified = strategy.by_graph(asked)
        except GraphError:  # it would take a node that has no column
            continue
        if identified.covariates is not None:
            ways[name] = identified
    return ways


def _asked(
    columns: Iterable[str], graph: CausalGraph, ends: tuple[str, str], besides: tuple[str, ...]
) -> GraphQuestion:
    """The question of a graph.

    Raises:
        GraphError: a node is unknown, or an end has no column.
    """
    x, y = (node_of(graph, name) for name in ends)
    named = tuple(node_of(graph, name) for name in besides)
    asked = GraphQuestion(graph, x, y, frozenset(map(str, columns)), named)
    for node in (x, y):
        if asked.column(node) not in asked.columns:
            asked.lacks([node])
    return asked


def _listed(
    frame: pd.DataFrame,
    covariates: Iterable[str],
    ends: tuple[str, str],
    strategy: type[Strategy],
    *,
    besides: tuple[str, ...],
) -> Identified:
    """The columns as the analyst lists them.

    Raises:
        DataError: a column is missing.
        ParamError: a column has two parts, or the strategy needs columns that were not named.
    """
    treatment, outcome = ends
    listed = (covariates,) if isinstance(covariates, str) else tuple(dict.fromkeys(covariates))
    if strategy.besides and not besides:
        facts = {"what": strategy.word("_besides"), "name": strategy.besides}
        raise ParamError("causal.lacks_besides", hint="causal.lacks_besides_hint", **facts)
    for column in (treatment, outcome, *listed, *besides):
        _require_column(frame, column)
    parts = [treatment, outcome, *listed, *besides]
    twice = next((name for name in parts if parts.count(name) > 1), None)
    if twice is not None:
        raise ParamError("causal.overlapping_columns", hint="causal.same_node_hint", name=twice)
    return Identified(treatment, outcome, listed, by_graph=False, besides=besides)


def _require_column(frame: pd.DataFrame, column: str) -> None:
    """Refuse a column that the table lacks.

    Raises:
        DataError: it does.
    """
    if column not in frame.columns:
        error = unknown_name("column", column, map(str, frame.columns))
        raise DataError("causal.no_such_column", hint=error.hint, name=column)
