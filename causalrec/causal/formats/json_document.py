"""The graph as it is written: plain JSON values, with places and marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causalrec.causal.graph.causal_graph import ROLES, CausalGraph
from causalrec.causal.parsing.gathered import Gathered
from causalrec.causal.parsing.marks import finite_place, says_yes
from causalrec.core.errors import GraphError

__all__ = ["from_document", "to_document"]

STEP = 160.0
UNREADABLE = "causal.unreadable_hint"


def to_document(graph: CausalGraph, revision: int = 0, *, lay_out: bool = True) -> dict[str, Any]:
    """The graph as plain values: nodes with id, label, x, y, marks and column; edges; revision.

    Args:
        graph: the graph.
        revision: how often a person edited it.
        lay_out: whether nodes without a place get one; their x and y are null else.
    """
    places = graph.positions or (layered(graph) if lay_out else {})
    elsewhere = (0.0, 0.0) if lay_out else None
    nodes = [
        {
            "id": name,
            "label": name,
            **_xy(places.get(name, elsewhere)),
            **{role: role in graph.roles.get(name, ()) for role in ROLES},
            "latent": name in graph.latent,
            "column": graph.bindings.get(name),
        }
        for name in graph.nodes
    ]
    edges = [{"from": a, "to": b, "bidirected": False} for a, b in graph.edges]
    edges += [{"from": a, "to": b, "bidirected": True} for a, b in graph.bidirected]
    return {"nodes": nodes, "edges": edges, "revision": revision}


def _xy(place: tuple[float, float] | None) -> dict[str, float | None]:
    return dict.fromkeys("xy") if place is None else {"x": float(place[0]), "y": float(place[1])}


def from_document(document: Mapping[str, Any]) -> CausalGraph:
    """The graph of a document.

    A node's name is its label (its id where it has none). ``source``/``target`` and ``links``
    are understood too, so that networkx' node-link JSON can be read.

    Raises:
        GraphError: the document is no such graph, has too many nodes or edges, has edges
            without direction, names a node twice, or is cyclic.
    """
    part = "edges" if isinstance(document, Mapping) and "edges" in document else "links"
    nodes, links = _entries(document, "nodes"), _entries(document, part)
    if links and says_yes(document.get("directed", True)) is False:
        arrow = '"directed": false'
        raise GraphError("causal.undirected", hint="causal.undirected_hint", arrow=arrow)
    gathered = Gathered()
    for node in nodes:
        _read_node(gathered, node)
    for link in links:
        ends = [
            _key(link.get(own, link.get(theirs)))
            for own, theirs in (("from", "source"), ("to", "target"))
        ]
        for end in ends:
            if end not in gathered.nodes:
                raise GraphError("causal.read_no_node", hint=UNREADABLE, name=_short(end))
        gathered.join(ends[:1], ends[1:], arc=bool(says_yes(link.get("bidirected"))))
    return gathered.graph()


def _entries(document: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    """The nodes or edges of a document.

    Raises:
        GraphError: it has no such list.
    """
    entries = document.get(part) if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise GraphError("causal.read_json", hint="causal.read_json_hint")
    return entries


def _short(text: str) -> str:
    """As much of a person's text as a message repeats."""
    return text[:80]


def _refuse(key: str, hint: str = UNREADABLE, **values: str) -> GraphError:
    return GraphError(key, hint=hint, **{name: _short(value) for name, value in values.items()})


def _key(value: object) -> str:
    """An id as text.

    Raises:
        GraphError: it is neither a text nor a number.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise GraphError("causal.read_no_id", hint="causal.read_json_hint")
    return str(value)


def _read_node(gathered: Gathered, node: dict[str, Any]) -> None:
    """Take a node of a document.

    Raises:
        GraphError: it has no id, or another has the same.
    """
    label = None if node.get("label") in (None, "") else _key(node["label"])
    key = _key(node.get("id", label))
    if key in gathered.nodes:
        raise GraphError("causal.twice", hint="causal.twice_hint", name=_short(key))
    new = gathered.add(key)
    new.label = label
    gathered.mark(new, node, _refuse)
    new.column = str(node["column"]) if node.get("column") else None
    new.place = _place(node)


def _place(node: dict[str, Any]) -> tuple[float, float] | None:
    numbers = all(isinstance(node.get(axis), (int, float)) for axis in ("x", "y"))
    return finite_place(node["x"], node["y"]) if numbers else None


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
