"""GML (Himsolt, 1997): nested lists of keys and values, in 7-bit ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.gathered import Gathered
from causalrec.causal.parsing.marks import finite_place, says_yes
from causalrec.causal.parsing.source import Source
from causalrec.causal.parsing.strings import entities
from causalrec.core.errors import GraphError

__all__ = ["is_gml", "read_gml"]

TOKEN = re.compile(
    r"""\s+|\#[^\n]*
    |(?P<string>"[^"]*")
    |(?P<sign>[\[\]])
    |(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+](?:INF|NAN))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)""",
    re.VERBOSE,
)
DEEPEST = 20

Pairs = list[tuple[str, Any, int]]
"""Keys in lower case with their values and where they stand; a list's value is such pairs."""


def is_gml(source: Source) -> bool:
    """Whether a text begins as GML does: keys with values, then ``graph [`` and a key."""
    kinds: list[tuple[str, str]] = []
    for kind, text, at in _tokens(source, stop=False):
        kinds.append((kind, text.lower()))
        if kinds[-2:-1] == [("sign", "[")]:
            graph = [kind for kind, _ in kinds[:-2]][-1:] == ["word"] and kinds[-3][1] == "graph"
            closed = text == "]" or (kind == "word" and not _assigns(source.text, at + len(text)))
            return graph and closed
        if kind == "sign" and text != "[":
            return False
    return kinds[-2:] == [("word", "graph"), ("sign", "[")]


def _assigns(text: str, at: int) -> bool:
    """Whether a name is followed as DOT's attributes are."""
    return text[at : at + 200].lstrip()[:1] in ("=", ",", ";", "]")


def _tokens(source: Source, *, stop: bool = True) -> Iterable[tuple[str, str, int]]:
    """Kind, text and place of each token; at what is none, refuse or (not stop) end."""
    at, text = 0, source.text
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None and not stop:
            return
        if match is None:
            key = "causal.read_unclosed" if text[at] == '"' else "causal.read_character"
            raise source.refuse(at, key, sign=text[at])
        if match.lastgroup:
            yield match.lastgroup, match.group(), at
        at = match.end()


def read_gml(source: Source) -> CausalGraph:
    """The graph of GML text; a node's name is its label (igraph: name), else its id.

    Raises:
        GraphError: the text is no GML, an edge names no node or has no direction, two nodes
            have one name, or the graph is cyclic.
    """
    graphs = [(value, at) for key, value, at in _pairs(source) if key == "graph"]
    if len(graphs) != 1 or not isinstance(graphs[0][0], list):
        raise source.refuse(graphs[-1][1] if graphs else 0, "causal.read_one_graph")
    return _graph(source, *graphs[0])


def _pairs(source: Source) -> Pairs:
    """The text as nested pairs, without recursion."""
    stack: list[tuple[Pairs, int]] = [([], 0)]
    key: tuple[str, int] | None = None
    for kind, text, at in _tokens(source):
        inner, closes = stack[-1][0], kind == "sign" and text == "]"
        if key is None and kind == "word":
            key = text.lower(), at
        elif key is None and closes and len(stack) > 1:
            stack.pop()
        elif key is None or closes:
            raise source.refuse(at, "causal.read_unexpected", found=text)
        else:
            value: Pairs | str = [] if kind == "sign" else _plain(kind, text)
            inner.append((key[0], value, key[1]))
            key = None
            if isinstance(value, list):
                stack.append((value, at))
                _check_depth(source, len(stack), at)
    if key is not None:
        raise source.refuse(len(source.text), "causal.read_end")
    if len(stack) > 1:
        raise source.refuse(stack[-1][1], "causal.read_unclosed", sign="[")
    return stack[0][0]


def _check_depth(source: Source, depth: int, at: int) -> None:
    if depth > DEEPEST:
        raise source.refuse(at, "causal.read_deep", most=DEEPEST)


def _plain(kind: str, text: str) -> str:
    return entities(text[1:-1]) if kind == "string" else text


def _graph(source: Source, pairs: Pairs, at: int) -> CausalGraph:
    gathered = Gathered()
    parts: dict[str, list[tuple[dict[str, Any], int]]] = {"node": [], "edge": []}
    for key, value, place in pairs:
        if key in parts and not isinstance(value, list):
            raise source.refuse(place, "causal.read_unexpected", found=str(value))
        if key in parts:
            parts[key].append(({name: inner for name, inner, _ in value}, place))
    for node, place in parts["node"]:
        _node(source, gathered, node, place)
    directed = {key: value for key, value, _ in pairs}.get("directed", "0")
    if parts["edge"] and not says_yes(directed):
        hint = "causal.read_directed_hint"
        raise source.refuse(at, "causal.undirected", hint=hint, arrow="directed 0")
    for link, place in parts["edge"]:
        _edge(source, gathered, link, place)
    return gathered.graph()


def _edge(source: Source, gathered: Gathered, link: dict[str, Any], at: int) -> None:
    ends = [str(link.get(end, "")) for end in ("source", "target")]
    for end in ends:
        if end not in gathered.nodes:
            raise source.refuse(at, "causal.read_no_node", name=end)
    gathered.join(ends[:1], ends[1:], arc=bool(says_yes(link.get("bidirected"))))


def _node(source: Source, gathered: Gathered, node: dict[str, Any], at: int) -> None:
    def refuse(key: str, **values: str) -> GraphError:
        return source.refuse(at, key, **values)

    key, label = node.get("id", node.get("label")), node.get("label", node.get("name"))
    if not isinstance(key, str) or not isinstance(label, (str, type(None))):
        raise refuse("causal.read_no_id")
    if key in gathered.nodes:
        raise refuse("causal.twice", hint="causal.twice_hint", name=key)
    new = gathered.add(key)
    new.label = source.name(label, at) if label and label.strip() else None
    gathered.mark(new, node, refuse)
    new.column = str(node["column"]) if isinstance(node.get("column"), str) else None
    graphics = node.get("graphics")
    if isinstance(graphics, list):
        places = {name: value for name, value, _ in graphics}
        new.place = finite_place(places.get("x"), places.get("y"))
