"""DAGitty and DOT by their grammar: one recursive descent, in time proportional to the text.

No library reads this: DAGitty's arrows and marks are no DOT, and pydot, the one DOT parser
installed here, knows no line of an error, takes a minute for what takes a second here, and
recurses as deep as the text is nested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.parsing.ends import STYLED, direction
from causalrec.causal.parsing.gathered import Gathered, Node
from causalrec.causal.parsing.marks import MARK_WORDS, written_place
from causalrec.causal.parsing.phrases import HEADS, IDS, Phrases, plain, value_or_mark
from causalrec.causal.parsing.source import Source
from causalrec.causal.parsing.strings import said
from causalrec.causal.parsing.tokens import ARROWS, Token

__all__ = ["read_arrows"]

RESERVED = ("node", "edge", "graph", "digraph", "subgraph", "strict")
DEEPEST = 100


def read_arrows(source: Source) -> CausalGraph:
    """The graph of DAGitty or DOT text; DAGitty's may go without ``dag { }`` around it.

    Raises:
        GraphError: a statement cannot be read, an edge has no direction, there is no arrow
            where nothing else says that this is a graph, or the graph is cyclic.
    """
    return _Reader(source).read()


@dataclass
class _Scope:
    """What holds inside a pair of braces: defaults, and the nodes named so far."""

    node: dict[str, str | bool] = field(default_factory=dict)
    edge: dict[str, str] = field(default_factory=dict)
    members: dict[str, None] = field(default_factory=dict)
    depth: int = 0

    def inner(self) -> _Scope:
        return _Scope(dict(self.node), dict(self.edge), {}, self.depth + 1)


class _Reader(Phrases):
    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.gathered = Gathered()
        self.title = ""
        self.headed = False

    def read(self) -> CausalGraph:
        self.header()
        scope = _Scope()
        if self.headed:
            opened = self.tokens.take()
            self.statements(scope)
            self.close(opened)
            while self.tokens.is_sign(";"):
                self.tokens.take()
            if self.tokens.peek().kind != "end":
                self.unexpected("causal.read_more", hint="causal.read_inside_hint")
        else:
            self.statements(scope)
            if self.tokens.peek().kind != "end":
                self.unexpected()
            if not (self.gathered.edges or self.gathered.arcs):
                raise self.source.refuse(0, "causal.read_no_arrow")
        return self.gathered.graph(keys_serve=True)

    def header(self) -> None:
        """``dag {``, ``strict digraph "name" {`` or nothing."""
        words = [self.tokens.peek(i) for i in range(4)]
        strict = words[0].kind == "word" and words[0].text.lower() == "strict"
        kind, *after = words[strict:]
        if kind.kind != "word" or kind.text.lower() not in HEADS:
            return
        named = after[0].kind in IDS
        opening = after[named]
        if (opening.kind, opening.text) != ("sign", "{"):
            return
        for _ in range(strict + 1):
            self.tokens.take()
        self.title = said(self.tokens.take()) if named else ""
        self.headed = True

    # -- statements ---------------------------------------------------------------------

    def statements(self, scope: _Scope) -> None:
        listed = False
        while not self.ends():
            if self.tokens.is_sign(";"):
                self.tokens.take()
                continue
            first = self.tokens.peek()
            plain = self.statement(scope)
            if listed and not plain:
                raise self.source.refuse(
                    first.at, "causal.read_comma", hint="causal.read_comma_hint"
                )
            listed = self.tokens.is_sign(",") and (self.headed or scope.depth > 0)
            if listed and not plain:
                self.unexpected("causal.read_comma", hint="causal.read_comma_hint")
            if listed:
                self.tokens.take()
            elif not self.headed and scope.depth == 0:
                self.check_line_ends()

    def ends(self) -> bool:
        return self.tokens.peek().kind == "end" or self.tokens.is_sign("}")

    def check_line_ends(self) -> None:
        """Without braces around, a statement ends with its line: words in a row are prose."""
        following = self.tokens.peek()
        gap = self.source.text[self.tokens.last.end : following.at]
        if following.kind != "end" and not self.tokens.is_sign(";") and "\n" not in gap:
            self.unexpected("causal.read_after", hint=self.hint(following))

    def statement(self, scope: _Scope) -> bool:
        """One statement; whether it only names nodes."""
        token = self.tokens.peek()
        word = token.text.lower() if token.kind == "word" else ""
        following = self.tokens.peek(1)
        if word in ("node", "edge", "graph") and following.text == "[":
            self.tokens.take()
            self.defaults(scope, word)
            return False
        assigns = token.kind in IDS and (following.kind, following.text) == ("sign", "=")
        if assigns and (self.headed or scope.depth > 0 or word == "bb"):
            self.tokens.take(), self.tokens.take()
            self.value()
            return False
        return self.chain(scope)

    def defaults(self, scope: _Scope, word: str) -> None:
        given = self.attributes()
        if word == "edge":
            scope.edge |= {name: plain(given[name]) for name in STYLED if name in given}
        elif word == "node":
            scope.node |= {n: value_or_mark(given[n]) for n in MARK_WORDS if n in given}

    def chain(self, scope: _Scope) -> bool:
        """A node or group, or several with arrows between."""
        operands, arrows = [self.operand(scope)], []
        while self.tokens.peek().kind in ("arrow", "odd"):
            arrows.append(self.arrow())
            operands.append(self.operand(scope))
        named = self.tokens.last
        given = self.attributes()
        if not arrows:
            for key in operands[0] if given else ():
                self.describe(self.gathered.nodes[key], given, named)
            return not given
        styled = scope.edge | {name: plain(value) for name, value in given.items()}
        for left, arrow, right in zip(operands, arrows, operands[1:], strict=False):
            self.connect(left, direction(self.source, arrow.at, arrow.text, styled), right)
        return False

    def arrow(self) -> Token:
        token = self.tokens.take()
        if token.text in ARROWS:
            return token
        circle = "o" in token.text
        key = "causal.circle" if circle else "causal.read_arrow"
        hint = "causal.read_formula_hint" if "~" in token.text else "causal.read_arrow_hint"
        hint = "causal.undirected_hint" if circle else hint
        raise self.source.refuse(token.at, key, hint=hint, arrow=token.text)

    def connect(self, left: list[str], arrow: str, right: list[str]) -> None:
        causes, effects = (right, left) if arrow == "<-" else (left, right)
        self.gathered.join(causes, effects, arc=arrow == "<->")

    def operand(self, scope: _Scope) -> list[str]:
        """A node, or the nodes of a group in braces."""
        token = self.tokens.peek()
        if token.kind == "word" and token.text.lower() == "subgraph":
            self.tokens.take()
            if self.tokens.peek().kind in IDS:
                self.tokens.take()
            if not self.tokens.is_sign("{"):
                self.unexpected()
        if not self.tokens.is_sign("{"):
            key = self.node(scope)
            scope.members[key] = None
            return [key]
        inner = scope.inner()
        if inner.depth > DEEPEST:
            self.unexpected("causal.read_deep", most=DEEPEST)
        opened = self.tokens.take()
        self.statements(inner)
        self.close(opened)
        scope.members |= inner.members
        return list(inner.members)

    def close(self, opened: Token) -> None:
        if self.tokens.peek().kind == "end":
            raise self.source.refuse(opened.at, "causal.read_unclosed", sign=opened.text)
        if not self.tokens.is_sign("}"):
            self.unexpected()
        self.tokens.take()

    # -- nodes and attributes -----------------------------------------------------------

    def node(self, scope: _Scope) -> str:
        token = self.tokens.peek()
        if token.kind not in IDS:
            self.unexpected()
        if token.kind == "word" and token.text.lower() in RESERVED:
            self.unexpected("causal.read_reserved", hint="causal.read_reserved_hint")
        key = self.source.name(self.identifier(), token.at)
        if key not in self.gathered.nodes:
            node = self.gathered.add(key)
            self.gathered.mark(node, scope.node, partial(self.source.refuse, token.at))
        while self.headed and self.tokens.is_sign(":"):
            self.tokens.take()
            self.value()
        return key

    def describe(self, node: Node, given: Mapping[str, list[Token]], named: Token) -> None:
        """Take a node's marks, label, column and place."""
        values = {name: value_or_mark(value) for name, value in given.items()}
        self.gathered.mark(node, values, partial(self.source.refuse, named.at))
        if given.get("label"):
            label = "".join(said(t, node=node.key, graph=self.title) for t in given["label"])
            if label.strip():
                node.label = self.source.name(label, given["label"][0].at)
        if given.get("column"):
            node.column = plain(given["column"]) or node.column
        if given.get("pos"):
            node.place = written_place(plain(given["pos"])) or node.place
