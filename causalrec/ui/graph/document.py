"""A causal graph as the editor's document and back, and an analysis as the editor's colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.adjustment_report import Analysis
from causalrec.core.errors import GraphError

__all__ = [
    "colours",
    "from_editor",
    "question",
    "readable",
    "to_editor",
    "unbound",
    "without_places",
]

MARKS = ("treatment", "outcome", "adjusted", "instrument", "selected")
NODE_WIDTH = 180.0
"""Roughly what a node needs on the canvas, in pixels."""


def to_editor(graph: CausalGraph) -> dict[str, Any]:
    """The editor's document; a graph without places is laid out by the browser."""
    nodes = []
    for name in graph.nodes:
        place = graph.positions.get(name)
        nodes.append(
            {
                "name": name,
                "role": _role(graph, name),
                "x": None if place is None else place[0],
                "y": None if place is None else place[1],
                "column": graph.bindings.get(name),
            }
        )
    edges = [{"source": a, "target": b, "kind": "directed"} for a, b in graph.edges]
    edges += [{"source": a, "target": b, "kind": "bidirected"} for a, b in graph.bidirected]
    return {"nodes": nodes, "edges": edges}


def _role(graph: CausalGraph, name: str) -> str | None:
    """A node's one mark in the editor: being unobserved comes before all but the question."""
    marks = graph.roles.get(name, ())
    asked = [mark for mark in MARKS[:2] if mark in marks]
    if asked:
        return asked[0]
    if name in graph.latent:
        return "unobserved"
    return marks[0] if marks else None


def from_editor(document: Mapping[str, Any]) -> CausalGraph:
    """The graph of the editor's document.

    Raises:
        GraphError: the document is malformed, names a node twice, or its graph is cyclic.
    """
    try:
        return _graph(document["nodes"], document["edges"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GraphError(
            "causal.unreadable", hint="causal.unreadable_hint", where=str(error)[:80]
        ) from error


def _graph(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> CausalGraph:
    names = [node["name"] for node in nodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GraphError("causal.twice", hint="causal.twice_hint", name=twice[0][:80])
    pairs = [(e["source"], e["target"], e["kind"] == "bidirected") for e in edges]
    return CausalGraph(
        [(a, b) for a, b, both in pairs if not both],
        nodes=names,
        latent=[node["name"] for node in nodes if node.get("role") == "unobserved"],
        bidirected=[(a, b) for a, b, both in pairs if both],
        bindings={node["name"]: node["column"] for node in nodes if node.get("column")},
        roles={node["name"]: [node["role"]] for node in nodes if node.get("role") in MARKS},
        positions={
            node["name"]: (float(node["x"]), float(node["y"]))
            for node in nodes
            if node.get("x") is not None and node.get("y") is not None
        },
    )


def question(graph: CausalGraph) -> tuple[str, str] | None:
    """The marked treatment and outcome; None while one is missing."""
    treatments, outcomes = graph.marked("treatment"), graph.marked("outcome")
    return (treatments[0], outcomes[0]) if treatments and outcomes else None


def unbound(graph: CausalGraph) -> list[str]:
    """The nodes that should have a column and have none."""
    return [n for n in graph.nodes if n not in graph.bindings and n not in graph.latent]


def colours(graph: CausalGraph, analysis: Analysis | None, *, bound: bool) -> dict[str, Any]:
    """What the editor paints.

    Args:
        graph: the graph on screen.
        analysis: of its question; None while treatment or outcome is missing.
        bound: whether there is a table whose columns the nodes could have.
    """
    painted: dict[str, Any] = {
        "suggested": [],
        "unbound": unbound(graph) if bound else [],
        "causal": [],
        "biasing": [],
    }
    if analysis is not None:
        missing = set(analysis.suggested or ()) - set(analysis.adjusted)
        painted["suggested"] = [] if analysis.valid else sorted(missing)
        painted["causal"] = [_edge(a, b) for a, b in analysis.causal_edges]
        painted["biasing"] = [_edge(a, b) for a, b in analysis.biasing_edges]
        painted["biasing"] += [_edge(a, b, "bidirected") for a, b in analysis.biasing_arcs]
    return painted


def _edge(source: str, target: str, kind: str = "directed") -> dict[str, str]:
    return {"source": source, "target": target, "kind": kind}


def readable(graph: CausalGraph) -> CausalGraph:
    """The graph with places that suit this canvas.

    Other tools write places in units of their own (DAGitty: a few units across): what would
    lie on top of each other is spread out; a graph with some places missing is laid out anew.
    """
    places = graph.positions
    if len(places) < len(graph.nodes):
        return without_places(graph)
    xs, ys = zip(*places.values(), strict=True) if places else ((0.0,), (0.0,))
    span = max(max(xs) - min(xs), max(ys) - min(ys))
    wanted = NODE_WIDTH * len(places) ** 0.5
    if not 0 < span < wanted:
        return graph
    scale = wanted / span
    return graph.with_positions({n: (x * scale, y * scale) for n, (x, y) in places.items()})


def without_places(graph: CausalGraph) -> CausalGraph:
    """The graph for the browser to lay out."""
    return CausalGraph(**(graph.parts() | {"positions": {}}))
