"""Which columns to adjust for: from a graph, or as the analyst lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.obstacles import obstacle
from causalrec.core.errors import DataError, GraphError, ParamError, unknown_name
from causalrec.core.words import Text

__all__ = ["Identified", "identify"]

MOST_SETS = 200


@dataclass(frozen=True)
class Identified:
    """Columns of a question.

    Attributes:
        treatment, outcome: columns.
        covariates: columns to adjust for; None where no set identifies the effect.
        reason: why not: open paths, and what could be measured.
        flags: what the graph says besides.
        by_graph: whether a graph chose the covariates.
    """

    treatment: str
    outcome: str
    covariates: tuple[str, ...] | None
    reason: Text | None = None
    flags: tuple[Text, ...] = ()
    by_graph: bool = True


def identify(
    frame: pd.DataFrame, graph: CausalGraph | Iterable[str], treatment: str, outcome: str
) -> Identified:
    """The columns of a question.

    Raises:
        GraphError: a node is unknown, or a node that is needed has no column.
        DataError: a column is missing.
        ParamError: the treatment is the outcome, or among the covariates.
    """
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError("causal.column_twice", hint="causal.twice_hint", name=str(twice[0]))
    if isinstance(graph, CausalGraph):
        return _by_graph(frame, graph, treatment, outcome)
    covariates = (graph,) if isinstance(graph, str) else tuple(dict.fromkeys(graph))
    for column in (treatment, outcome, *covariates):
        _require_column(frame, column)
    if treatment == outcome or {treatment, outcome} & set(covariates):
        raise ParamError("causal.overlapping_columns", hint="causal.same_node_hint", name=treatment)
    return Identified(treatment, outcome, covariates, by_graph=False)


def _require_column(frame: pd.DataFrame, column: str) -> None:
    """Refuse a column that the table lacks.

    Raises:
        DataError: it does.
    """
    if column not in frame.columns:
        error = unknown_name("column", column, map(str, frame.columns))
        raise DataError("causal.no_such_column", hint=error.hint, name=column)


def _node(graph: CausalGraph, name: str) -> str:
    """The node called so, or bound to the column called so.

    Raises:
        GraphError: there is none.
    """
    if name in graph.nodes:
        return name
    bound = [node for node, column in graph.bindings.items() if column == name]
    if bound:
        return bound[0]
    error = unknown_name("node", name, graph.nodes)
    raise GraphError("core.unknown_name", hint=error.hint, kind="node", name=name)


def _by_graph(frame: pd.DataFrame, graph: CausalGraph, treatment: str, outcome: str) -> Identified:
    """What the graph says of a question.

    Raises:
        GraphError: a node is unknown, or a node that is needed has no column.
    """
    x, y = _node(graph, treatment), _node(graph, outcome)
    column = {node: graph.bindings.get(node, node) for node in graph.nodes}
    for node in (x, y):
        if column[node] not in frame.columns:
            raise GraphError(
                "causal.no_column", hint="causal.no_column_hint", name=node, column=column[node]
            )
    question = graph.question(x, y)
    missing = [
        node
        for node in graph.nodes
        if node not in graph.latent and column[node] not in frame.columns
    ]
    seen = replace(question, latent=question.latent | graph.numbers(missing))
    words, _ = seen.minimal_sets_among(MOST_SETS)
    ends = column[x], column[y]
    if words:
        flags = _flags(graph, question)
        best = min((graph.names(word) for word in words), key=lambda s: (len(s), s))
        return Identified(*ends, tuple(column[node] for node in best), flags=flags)
    smallest, _ = question.minimal_sets_among(1)
    if smallest:
        lacking = [node for node in graph.names(smallest[0]) if node in missing]
        raise GraphError(
            "causal.no_column",
            hint="causal.no_column_hint",
            name=", ".join(lacking),
            column=column[lacking[0]],
        )
    return Identified(*ends, None, obstacle(graph, question))


def _flags(graph: CausalGraph, question: Question) -> tuple[Text, ...]:
    """What an identified effect is told with: nothing leads there, or only among the selected."""
    flags = []
    if question.no_path:
        ends = {"treatment": graph.nodes[question.x], "outcome": graph.nodes[question.y]}
        flags.append(Text("causal.note_no_path", **ends))
    if not question.carries_over:
        selected = ", ".join(graph.names(question.selected))
        flags.append(Text("causal.flag_selected", nodes=selected))
    return tuple(flags)
