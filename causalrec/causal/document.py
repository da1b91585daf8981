"""The graph as the editor's document: plain JSON values, with places and marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causalrec.causal.graph import ROLES, CausalGraph
from causalrec.core.errors import GraphError

__all__ = ["from_document", "to_document"]

STEP = 160.0


def to_document(graph: CausalGraph, revision: int = 0) -> dict[str, Any]:
    """The graph as plain values: nodes with id, label, x, y, marks and column; edges; revision."""
    places = graph.positions or layered(graph)
    nodes = [
        {
            "id": name,
            "label": name,
            "x": float(places.get(name, (0.0, 0.0))[0]),
            "y": float(places.get(name, (0.0, 0.0))[1]),
            **{role: role in graph.roles.get(name, ()) for role in ROLES},
            "latent": name in graph.latent,
            "column": graph.bindings.get(name),
        }
        for name in graph.nodes
    ]
    edges = [{"from": a, "to": b, "bidirected": False} for a, b in graph.edges]
    edges += [{"from": a, "to": b, "bidirected": True} for a, b in graph.bidirected]
    return {"nodes": nodes, "edges": edges, "revision": revision}


def from_document(document: Mapping[str, Any]) -> CausalGraph:
    """The graph of a document.

    A node's name is its label (its id where it has none). ``source``/``target`` and ``links``
    are understood too, so that node-link JSON of other tools can be read.

    Raises:
        GraphError: the document is malformed, names a node twice, or is cyclic.
    """
    nodes = _entries(document, "nodes")
    links = _entries(document, "edges" if "edges" in document else "links")
    names = {str(n.get("id", n.get("label"))): str(n.get("label") or n.get("id")) for n in nodes}
    _check_unique([str(n.get("label") or n.get("id")) for n in nodes])
    pairs: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    for link in links:
        ends = [link.get("from", link.get("source")), link.get("to", link.get("target"))]
        for end in ends:
            if str(end) not in names:
                raise _unreadable(f"edge {ends[0]} -> {ends[1]}")
        a, b = (names[str(end)] for end in ends)
        pairs[bool(link.get("bidirected"))].append((a, b))
    label = {key: names[key] for key in names}
    marked = [(label[str(n.get("id", n.get("label")))], n) for n in nodes]
    return CausalGraph(
        pairs[False],
        nodes=[name for name, _ in marked],
        latent=[name for name, n in marked if n.get("latent")],
        bidirected=pairs[True],
        bindings={name: str(n["column"]) for name, n in marked if n.get("column")},
        roles={name: [r for r in ROLES if n.get(r)] for name, n in marked},
        positions={name: _place(n) for name, n in marked if _has_place(n)},
    )


def _entries(document: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    entries = document.get(part, []) if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unreadable(part)
    return entries


def _unreadable(where: str) -> GraphError:
    return GraphError("causal.unreadable", hint="causal.unreadable_hint", where=where[:80])


def _check_unique(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GraphError("causal.twice", hint="causal.twice_hint", name=twice[0][:80])


def _has_place(node: dict[str, Any]) -> bool:
    return all(isinstance(node.get(axis), (int, float)) for axis in ("x", "y"))


def _place(node: dict[str, Any]) -> tuple[float, float]:
    return float(node["x"]), float(node["y"])


def layered(graph: CausalGraph) -> dict[str, tuple[float, float]]:
    """Places by layers: causes left of effects, a layer's nodes below each other."""
    depth: dict[str, int] = {}
    causes: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for a, b in graph.edges:
        causes[b].append(a)
    while len(depth) < len(graph.nodes):
        for name in graph.nodes:
            if name not in depth and all(a in depth for a in causes[name]):
                depth[name] = max((depth[a] + 1 for a in causes[name]), default=0)
    rows: dict[int, int] = {}
    places = {}
    for name in graph.nodes:
        row = rows.get(depth[name], 0)
        rows[depth[name]] = row + 1
        offset = 0.4 * STEP * (depth[name] % 2)
        places[name] = (depth[name] * STEP * 1.3, row * STEP * 0.75 + offset)
    return places
