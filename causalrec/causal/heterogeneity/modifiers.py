"""Columns by which an effect may differ: known before the treatment, and safe to adjust for."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from causalrec.causal.graph.bitgraph import bits
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.strategy import Identified

__all__ = ["modifiers"]


def modifiers(
    frame: pd.DataFrame, graph: CausalGraph | Iterable[str], identified: Identified
) -> tuple[str, ...]:
    """The columns adjusted for, and of a graph the other observed causes of the outcome.

    A cause is added where nothing that the treatment moves leads to it and the set still
    identifies the effect: given all of them, groups are as comparable as given the first.

    Args:
        frame: the table.
        graph: as it was asked.
        identified: what the graph, or the analyst, adjusts for.
    """
    given = identified.covariates or ()
    if not isinstance(graph, CausalGraph):
        return given
    column = {node: graph.bindings.get(node, node) for node in graph.nodes}
    ends = (identified.treatment, identified.outcome)
    node = {name: one for one, name in column.items()}
    question = graph.question(node[ends[0]], node[ends[1]])
    word = graph.numbers(node[name] for name in given)
    after = question.graph.descendants(1 << question.x)
    causes = question.graph.ancestors(1 << question.y) & question.allowed() & ~after & ~word
    added = []
    for cause in bits(causes):
        name = column.get(graph.nodes[cause], "") if cause < len(graph.nodes) else ""
        if (
            name in frame.columns
            and name not in ends
            and question.is_valid_among(word | 1 << cause)
        ):
            word |= 1 << cause
            added.append(name)
    return (*given, *added)
