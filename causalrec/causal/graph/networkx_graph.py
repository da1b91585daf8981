"""A causal graph as networkx has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.graph.edits import Editing
from causalrec.causal.graph.node_names import stand_ins

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["to_networkx"]


def to_networkx(graph: Editing) -> nx.DiGraph:
    """The graph as a ``networkx.DiGraph``.

    A node carries `latent`, `roles` and, where known, `column` and `pos`. A common cause that
    nobody observed is a node of its own with ``bidirected=True``, as in our GML.
    """
    import networkx as nx

    other = nx.DiGraph()
    for name in graph.nodes:
        marks = {"latent": name in graph.latent, "roles": graph.roles.get(name, ())}
        if name in graph.bindings:
            marks["column"] = graph.bindings[name]
        if name in graph.positions:
            marks["pos"] = graph.positions[name]
        other.add_node(name, **marks)
    other.add_edges_from(graph.edges)
    for ends, name in zip(graph.bidirected, stand_ins(graph.nodes), strict=False):
        other.add_node(name, latent=True, roles=(), bidirected=True)
        other.add_edges_from((name, end) for end in ends)
    return other
