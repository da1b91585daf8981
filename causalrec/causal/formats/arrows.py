"""DAGitty and DOT: two dialects of names, arrows and [attributes].

DAGitty: Textor et al., 2016, "Robust causal inference using directed acyclic graphs: the R
package dagitty". DOT: the Graphviz language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from causalrec.causal.graph import ROLES, CausalGraph
from causalrec.core.errors import GraphError

__all__ = ["read_arrows", "write_dagitty", "write_dot"]

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\#[^\n]*)
    |(?P<quoted>"(?:\\.|[^"\\])*")
    |(?P<html><(?![-])[^<>]*>)
    |(?P<arrow><->|->|<-|--|@->|@-@|@--)
    |(?P<sign>[{}\[\];,=:])
    |(?P<word>(?:(?!->|--|<-)[^\s"{}\[\];,=:<>])+)""",
    re.VERBOSE | re.DOTALL,
)
ROLE_WORDS = {
    "exposure": "treatment", "e": "treatment", "treatment": "treatment",
    "outcome": "outcome", "o": "outcome",
    "adjusted": "adjusted", "a": "adjusted",
    "selected": "selected", "s": "selected",
    "instrument": "instrument",
}  # fmt: skip
LATENT_WORDS = {"latent", "l", "unobserved", "u"}
NO = {"no", "false", "0", "n"}


def read_arrows(text: str) -> CausalGraph:
    """The graph of DAGitty or DOT text.

    Raises:
        GraphError: a statement cannot be read, an edge is undirected, or the graph is cyclic.
    """
    return _Reader(_tokens(text)).read()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text[at : at + 40])
        if match.lastgroup != "skip":
            found.append((str(match.lastgroup), match.group()))
        at = match.end()
    return found


def _unreadable(where: str) -> GraphError:
    return GraphError("causal.unreadable", hint="causal.unreadable_hint", where=where.strip()[:80])


@dataclass
class _Node:
    label: str
    latent: bool = False
    column: str | None = None
    roles: set[str] = field(default_factory=set)
    place: tuple[float, float] | None = None


class _Reader:
    """One pass over the tokens; nodes are kept by id in order of appearance."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.nodes: dict[str, _Node] = {}
        self.edges: list[tuple[str, str]] = []
        self.arcs: list[tuple[str, str]] = []

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        i = self.at + ahead
        return self.tokens[i] if i < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def is_sign(self, sign: str) -> bool:
        return self.peek() == ("sign", sign)

    def read(self) -> CausalGraph:
        self.header()
        self.statements()
        if self.peek()[0] != "end":
            raise _unreadable(self.peek()[1])
        labels = {key: node.label for key, node in self.nodes.items()}
        if len(set(labels.values())) < len(labels):
            labels = {key: key for key in labels}
        named = [(labels[key], node) for key, node in self.nodes.items()]
        return CausalGraph(
            [(labels[a], labels[b]) for a, b in self.edges],
            nodes=[name for name, _ in named],
            latent=[name for name, node in named if node.latent],
            bidirected=[(labels[a], labels[b]) for a, b in self.arcs],
            bindings={name: node.column for name, node in named if node.column},
            roles={name: node.roles for name, node in named},
            positions={name: node.place for name, node in named if node.place},
        )

    def header(self) -> None:
        """``dag {``, ``strict digraph "name" {`` or nothing."""
        ahead = 0
        while self.peek(ahead)[0] in ("word", "quoted") and ahead < 3:
            ahead += 1
        if ahead > 0 and self.peek(ahead) == ("sign", "{"):
            self.at = ahead + 1
            if self.tokens[-1] != ("sign", "}"):
                raise _unreadable(self.tokens[-1][1])
            self.tokens = self.tokens[:-1]

    def statements(self) -> None:
        while self.peek()[0] != "end" and not self.is_sign("}"):
            if self.is_sign(";") or self.is_sign(","):
                self.take()
            else:
                self.statement()

    def statement(self) -> None:
        if self.peek(1) == ("sign", "="):
            self.at += 3
            return
        if self.peek()[1].lower() in ("node", "edge", "graph") and self.peek(1) == ("sign", "["):
            self.take()
            self.attributes()
            return
        chain, arrows = [self.operand()], []
        while self.peek()[0] == "arrow":
            arrows.append(self.take()[1])
            chain.append(self.operand())
        given = self.attributes()
        if not arrows:
            self.mark(chain[0], given)
        for left, arrow, right in zip(chain, arrows, chain[1:], strict=False):
            self.connect(left, _directed(arrow, given), right)

    def operand(self) -> list[str]:
        """A node, or a group in braces: its ids."""
        if self.peek()[1].lower() == "subgraph":
            self.take()
            if not self.is_sign("{"):
                self.take()
        if not self.is_sign("{"):
            return [self.node()]
        self.take()
        before = list(self.nodes)
        start = self.at
        self.statements()
        if self.take() != ("sign", "}"):
            raise _unreadable(self.peek(-2)[1])
        inside = {_plain(token) for token in self.tokens[start : self.at]}
        return [key for key in self.nodes if key in inside or key not in before]

    def node(self) -> str:
        kind, text = self.take()
        if kind not in ("word", "quoted"):
            raise _unreadable(text)
        key = _plain((kind, text))
        self.nodes.setdefault(key, _Node(key))
        while self.is_sign(":"):
            self.at += 2
        return key

    def attributes(self) -> dict[str, str]:
        """``[exposure,pos="1,2"]`` as a dict; a bare word has an empty value."""
        given: dict[str, str] = {}
        while self.is_sign("["):
            self.take()
            while not self.is_sign("]"):
                if self.peek()[0] == "end":
                    raise _unreadable("[")
                self.attribute(given)
            self.take()
        return given

    def attribute(self, given: dict[str, str]) -> None:
        if self.is_sign(",") or self.is_sign(";"):
            self.take()
            return
        name = _plain(self.take()).lower()
        given[name] = ""
        if self.is_sign("="):
            self.take()
            given[name] = _plain(self.take())

    def mark(self, keys: list[str], given: dict[str, str]) -> None:
        for key in keys:
            node = self.nodes[key]
            for name, value in given.items():
                _apply(node, name, value)

    def connect(self, left: list[str], arrow: str, right: list[str]) -> None:
        for a in left:
            for b in right:
                if arrow == "<->":
                    self.arcs.append((a, b))
                else:
                    self.edges.append((a, b) if arrow == "->" else (b, a))


def _plain(token: tuple[str, str]) -> str:
    kind, text = token
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if kind == "quoted" else text


def _directed(arrow: str, given: dict[str, str]) -> str:
    if arrow == "->":
        return {"both": "<->", "back": "<-"}.get(given.get("dir", ""), "->")
    if arrow not in ("<-", "<->"):
        raise GraphError("causal.undirected", hint="causal.undirected_hint", arrow=arrow)
    return arrow


def _apply(node: _Node, name: str, value: str) -> None:
    if name in ROLE_WORDS and value.lower() not in NO:
        node.roles.add(ROLE_WORDS[name])
    elif _says_latent(name, value.lower()):
        node.latent = True
    elif name == "pos":
        node.place = _place(value)
    elif name == "column" and value:
        node.column = value
    elif name == "label" and value.strip() and "\\N" not in value:
        node.label = value


def _says_latent(name: str, value: str) -> bool:
    return value in NO if name == "observed" else name in LATENT_WORDS and value not in NO


def _place(value: str) -> tuple[float, float] | None:
    numbers = re.findall(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", value)
    return (float(numbers[0]), float(numbers[1])) if len(numbers) >= 2 else None


# -- writing ----------------------------------------------------------------------------


def _quote(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _name(name: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+", name)
    reserved = name.lower() in ("node", "edge", "graph", "subgraph", "digraph", "dag", "strict")
    return name if plain and not reserved else _quote(name)


def _pos(graph: CausalGraph, name: str) -> list[str]:
    if name not in graph.positions:
        return []
    x, y = graph.positions[name]
    return [f'pos="{x:.3f},{y:.3f}"']


def _column(graph: CausalGraph, name: str) -> list[str]:
    return [f"column={_quote(graph.bindings[name])}"] if name in graph.bindings else []


def _line(name: str, marks: list[str]) -> str:
    return f"{_name(name)} [{','.join(marks)}]" if marks else _name(name)


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
    """DOT text; marks are attributes that Graphviz ignores, an unobserved node is dashed."""
    lines = []
    for name in graph.nodes:
        marks = ["latent=true", "style=dashed"] if name in graph.latent else []
        marks += [f"{role}=true" for role in ROLES if role in graph.roles.get(name, ())]
        lines.append(_line(name, marks + _column(graph, name) + _pos(graph, name)) + ";")
    lines += [f"{_name(a)} -> {_name(b)};" for a, b in graph.edges]
    lines += [f"{_name(a)} -> {_name(b)} [dir=both,style=dashed];" for a, b in graph.bidirected]
    return "\n".join(["digraph {", *lines, "}", ""])
