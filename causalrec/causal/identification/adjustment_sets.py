"""The sets of columns that a graph lets one adjust for, where there are several."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.graph_question import GraphQuestion, node_of

__all__ = ["adjustment_sets"]


def adjustment_sets(
    frame: pd.DataFrame,
    graph: CausalGraph | Iterable[str],
    ends: tuple[str, str],
    most: int,
) -> list[tuple[str, ...]]:
    """Minimal sets whose columns are there, the smallest first, and all that may be adjusted for.

    Args:
        frame: whose columns count.
        graph: what is believed; or the covariates, which are the one set then.
        ends: treatment and outcome, nodes or columns.
        most: minimal sets to list.

    Returns:
        Columns; empty where no set identifies the effect.

    Raises:
        GraphError: a node is unknown.
    """
    if not isinstance(graph, CausalGraph):
        return [tuple(dict.fromkeys(graph))]
    x, y = (node_of(graph, name) for name in ends)
    asked = GraphQuestion(graph, x, y, frozenset(map(str, frame.columns)))
    seen = asked.seen
    words, _ = seen.minimal_sets_among(most)
    sets = sorted((asked.columns_of(word) for word in words), key=lambda one: (len(one), one))
    whole = seen.allowed()
    if words and seen.is_valid_among(whole):
        sets.append(asked.columns_of(whole))
    return list(dict.fromkeys(sets))
