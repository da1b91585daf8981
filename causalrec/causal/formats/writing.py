"""Graphs as DAGitty, DOT and GML text that the tools of that name read alike.

Only DAGitty has bidirected edges. Elsewhere each is written as what it stands for, a node that
nobody observed and that causes both, so that networkx, dowhy and Graphviz see no cause where
there is none; a mark tells us to read it back as an edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from causalrec.causal.graph.causal_graph import ROLES, CausalGraph

__all__ = ["write_dagitty", "write_dot", "write_gml"]

RESERVED = ("node", "edge", "graph", "subgraph", "digraph", "dag", "pdag", "mag", "pag", "strict")


def _quote(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _name(name: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+", name)
    return name if plain and name.lower() not in RESERVED else _quote(name)


def _pos(graph: CausalGraph, name: str) -> list[str]:
    if name not in graph.positions:
        return []
    x, y = graph.positions[name]
    return [f'pos="{x:.3f},{y:.3f}"']


def _column(graph: CausalGraph, name: str) -> list[str]:
    return [f"column={_quote(graph.bindings[name])}"] if name in graph.bindings else []


def _line(name: str, marks: list[str]) -> str:
    return f"{_name(name)} [{','.join(marks)}]" if marks else _name(name)


def _unused(graph: CausalGraph) -> Iterator[str]:
    """Names for nodes that stand for bidirected edges."""
    return (name for i in count(1) if (name := f"U{i}") not in graph.nodes)


def write_dagitty(graph: CausalGraph) -> str:
    """DAGitty text; columns and instruments are attributes that DAGitty ignores."""
    word = {"treatment": "exposure"}
    lines = []
    for name in graph.nodes:
        marks = ["latent"] if name in graph.latent else []
        marks += [word.get(role, role) for role in graph.roles.get(name, ())]
        lines.append(_line(name, marks + _column(graph, name) + _pos(graph, name)))
    lines += [f"{_name(a)} -> {_name(b)}" for a, b in graph.edges]
    lines += [f"{_name(a)} <-> {_name(b)}" for a, b in graph.bidirected]
    return "\n".join(["dag {", *lines, "}", ""])


def write_dot(graph: CausalGraph) -> str:
    """DOT text; an unobserved node is dashed, and dowhy knows it by ``observed="no"``."""
    hidden = ["latent=true", 'observed="no"', "style=dashed"]
    lines = []
    for name in graph.nodes:
        marks = list(hidden) if name in graph.latent else []
        marks += [f"{role}=true" for role in ROLES if role in graph.roles.get(name, ())]
        lines.append(_line(name, marks + _column(graph, name) + _pos(graph, name)) + ";")
    lines += [f"{_name(a)} -> {_name(b)};" for a, b in graph.edges]
    for (a, b), name in zip(graph.bidirected, _unused(graph), strict=False):
        lines.append(_line(name, ["bidirected=true", *hidden]) + ";")
        lines += [f"{_name(name)} -> {_name(end)} [style=dashed];" for end in (a, b)]
    return "\n".join(["digraph {", *lines, "}", ""])


def write_gml(graph: CausalGraph) -> str:
    """GML text in 7-bit ASCII with labels, marks, columns and places."""
    lines = ["graph [", "  directed 1"]
    for i, name in enumerate(graph.nodes):
        marks = ["latent 1", 'observed "no"'] if name in graph.latent else []
        marks += [f"{role} 1" for role in graph.roles.get(name, ())]
        if name in graph.bindings:
            marks.append(f'column "{_ascii(graph.bindings[name])}"')
        if name in graph.positions:
            x, y = graph.positions[name]
            marks.append(f"graphics [ x {x:.3f} y {y:.3f} ]")
        lines.append(_gml_node(i, name, marks))
    index = {name: i for i, name in enumerate(graph.nodes)}
    pairs = [(index[a], index[b]) for a, b in graph.edges]
    numbered = enumerate(zip(graph.bidirected, _unused(graph), strict=False), start=len(index))
    for i, ((a, b), name) in numbered:
        lines.append(_gml_node(i, name, ["bidirected 1", "latent 1", 'observed "no"']))
        pairs += [(i, index[a]), (i, index[b])]
    lines += [f"  edge [ source {a} target {b} ]" for a, b in pairs]
    return "\n".join([*lines, "]", ""])


def _gml_node(i: int, name: str, marks: list[str]) -> str:
    return "\n".join(
        ["  node [", *(f"    {m}" for m in (f"id {i}", f'label "{_ascii(name)}"', *marks)), "  ]"]
    )


def _ascii(text: str) -> str:
    """A text as GML may hold it: numeric entities for what is no plain ASCII."""
    plain = text.replace("&", "&#38;").replace('"', "&#34;")
    return "".join(c if " " <= c <= "~" else f"&#{ord(c)};" for c in plain)
