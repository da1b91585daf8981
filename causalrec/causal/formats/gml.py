"""GML (Himsolt, 1997): nested lists of keys and values."""

from __future__ import annotations

import html
import re
from typing import Any

from causalrec.causal.graph import ROLES, CausalGraph
from causalrec.core.errors import GraphError

__all__ = ["read_gml", "write_gml"]

TOKEN = re.compile(r'\s+|#[^\n]*|(?P<string>"[^"]*")|(?P<sign>[\[\]])|(?P<word>[^\s\[\]"]+)')
DEEPEST = 20


def read_gml(text: str) -> CausalGraph:
    """The graph of GML text; a node's name is its label, else its id.

    Raises:
        GraphError: the text is no GML, an edge names no node, or the graph is cyclic.
    """
    tokens = [m for m in TOKEN.finditer(text) if m.lastgroup]
    if sum(len(m.group()) for m in TOKEN.finditer(text)) != len(text):
        raise _unreadable(text[:40])
    pairs, rest = _pairs(tokens, 0, 0)
    graphs = [value for key, value in pairs if key == "graph" and isinstance(value, list)]
    if not graphs or rest != len(tokens):
        raise _unreadable(text[:40])
    return _graph(graphs[0])


def _unreadable(where: str) -> GraphError:
    return GraphError("causal.unreadable", hint="causal.unreadable_hint", where=where.strip()[:80])


def _pairs(tokens: list[re.Match[str]], at: int, depth: int) -> tuple[list[tuple[str, Any]], int]:
    found: list[tuple[str, Any]] = []
    while at < len(tokens) and tokens[at].group() != "]":
        key = tokens[at].group()
        if at + 1 >= len(tokens) or tokens[at].lastgroup != "word" or depth > DEEPEST:
            raise _unreadable(key)
        value = tokens[at + 1]
        if value.group() == "[":
            inner, end = _pairs(tokens, at + 2, depth + 1)
            if end >= len(tokens):
                raise _unreadable(key)
            found.append((key.lower(), inner))
            at = end + 1
        else:
            found.append((key.lower(), _plain(value)))
            at += 2
    return found, at


def _plain(token: re.Match[str]) -> str:
    text = token.group()
    return html.unescape(text[1:-1]) if token.lastgroup == "string" else text


def _graph(pairs: list[tuple[str, Any]]) -> CausalGraph:
    nodes = [dict(value) for key, value in pairs if key == "node" and isinstance(value, list)]
    links = [dict(value) for key, value in pairs if key == "edge" and isinstance(value, list)]
    names = {str(n.get("id", n.get("label"))): str(n.get("label") or n.get("id")) for n in nodes}
    if len(set(names.values())) < len(nodes):
        raise GraphError("causal.twice", hint="causal.twice_hint", name=_repeated(names))
    edges: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    for link in links:
        ends = [str(link.get("source")), str(link.get("target"))]
        if not set(ends) <= set(names):
            raise _unreadable(f"edge {ends[0]} {ends[1]}")
        edges[_true(link.get("bidirected"))].append((names[ends[0]], names[ends[1]]))
    named = [(names[str(n.get("id", n.get("label")))], n) for n in nodes]
    return CausalGraph(
        edges[False],
        nodes=[name for name, _ in named],
        latent=[name for name, n in named if _true(n.get("latent"))],
        bidirected=edges[True],
        bindings={name: str(n["column"]) for name, n in named if n.get("column")},
        roles={name: [role for role in ROLES if _true(n.get(role))] for name, n in named},
        positions={name: place for name, n in named if (place := _place(n))},
    )


def _repeated(names: dict[str, str]) -> str:
    listed = list(names.values())
    return next((name for name in listed if listed.count(name) > 1), listed[0])[:80]


def _true(value: Any) -> bool:
    return str(value).lower() in ("1", "true", "yes")


def _place(node: dict[str, Any]) -> tuple[float, float] | None:
    graphics = node.get("graphics")
    if not isinstance(graphics, list):
        return None
    try:
        values = dict(graphics)
        return float(values["x"]), float(values["y"])
    except (KeyError, ValueError):
        return None


def write_gml(graph: CausalGraph) -> str:
    """GML text with labels, marks, columns and places."""
    index = {name: i for i, name in enumerate(graph.nodes)}
    lines = ["graph [", "  directed 1"]
    for name, i in index.items():
        lines += ["  node [", f"    id {i}", f'    label "{_escape(name)}"']
        lines += ["    latent 1"] if name in graph.latent else []
        lines += [f"    {role} 1" for role in graph.roles.get(name, ())]
        if name in graph.bindings:
            lines.append(f'    column "{_escape(graph.bindings[name])}"')
        if name in graph.positions:
            x, y = graph.positions[name]
            lines.append(f"    graphics [ x {x:.3f} y {y:.3f} ]")
        lines.append("  ]")
    for pairs, extra in ((graph.edges, ""), (graph.bidirected, " bidirected 1")):
        lines += [f"  edge [ source {index[a]} target {index[b]}{extra} ]" for a, b in pairs]
    return "\n".join([*lines, "]", ""])


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
