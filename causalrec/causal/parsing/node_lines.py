"""Lines of DAGitty and DOT text: names, and a node's marks, column and place."""

from __future__ import annotations

import re

from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["id_of", "line", "node_line"]

RESERVED = ("node", "edge", "graph", "subgraph", "digraph", "dag", "pdag", "mag", "pag", "strict")


def id_of(name: str) -> str:
    """A name as an id: in quotes where it needs them."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+", name)
    return name if plain and name.lower() not in RESERVED else _quote(name)


def line(name: str, attributes: list[str]) -> str:
    """An id with attributes in brackets."""
    return f"{id_of(name)} [{','.join(attributes)}]" if attributes else id_of(name)


def node_line(graph: CausalGraph, name: str, marks: list[str]) -> str:
    """A node with its marks, its column and its place."""
    attributes = list(marks)
    if name in graph.bindings:
        attributes.append(f"column={_quote(graph.bindings[name])}")
    if name in graph.positions:
        x, y = graph.positions[name]
        attributes.append(f'pos="{x:.3f},{y:.3f}"')
    return line(name, attributes)


def _quote(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
