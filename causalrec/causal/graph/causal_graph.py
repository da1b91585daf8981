"""The causal graph: what a person believes causes what, immutable, bound to columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.bitgraph import BitGraph, bits, mask
from causalrec.causal.graph.edits import Edge, Editing
from causalrec.causal.graph.graph_svg import MOST_NODES, graph_svg
from causalrec.causal.graph.identifying import Identifying
from causalrec.causal.graph.networkx_graph import to_networkx
from causalrec.causal.graph.node_names import clean_name, find_cycle
from causalrec.core.errors import GraphError, unknown_name
from causalrec.core.results.display import Displayed
from causalrec.core.words import Text

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["ROLES", "CausalGraph"]

ROLES = ("treatment", "outcome", "adjusted", "instrument", "selected")
"""What a node may be marked as, beside being unobserved."""

_ARROWS = 8


class CausalGraph(Displayed, Editing, Identifying):
    """A directed acyclic graph with unobserved nodes and common causes, bound to columns.

    Args:
        edges: (cause, effect) pairs of node names.
        nodes: further nodes; their order is kept.
        latent: the unobserved nodes.
        bidirected: pairs of nodes with an unobserved common cause.
        bindings: node name to column name.
        roles: node name to its marks, each of `ROLES`.
        positions: node name to (x, y) on the canvas.

    Raises:
        GraphError: the edges form a cycle (the message names it), a name is empty, or a mark
            or a binding names no node.
    """

    __slots__ = (
        "_index",
        "bidirected",
        "bindings",
        "bits",
        "edges",
        "latent",
        "nodes",
        "positions",
        "roles",
    )

    def __init__(
        self,
        edges: Iterable[Iterable[str]],
        nodes: Iterable[str] = (),
        latent: Iterable[str] = (),
        bidirected: Iterable[Iterable[str]] = (),
        *,
        bindings: Mapping[str, str] | None = None,
        roles: Mapping[str, Iterable[str]] | None = None,
        positions: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        pairs = list(dict.fromkeys(_pair(edge) for edge in edges))
        arcs = list(dict.fromkeys(cast(Edge, tuple(sorted(_pair(e)))) for e in bidirected))
        hidden = [clean_name(name) for name in latent]
        named = [clean_name(name) for name in nodes]
        ends = [name for pair in (*pairs, *arcs) for name in pair]
        self.nodes: tuple[str, ...] = tuple(dict.fromkeys([*named, *ends, *hidden]))
        self.edges: tuple[Edge, ...] = tuple(pairs)
        self.bidirected: tuple[Edge, ...] = tuple(arcs)
        self.latent: frozenset[str] = frozenset(hidden)
        self._index = {name: i for i, name in enumerate(self.nodes)}
        self.bindings: dict[str, str] = self._by_node(bindings)
        self.roles: dict[str, tuple[str, ...]] = self._marked(roles)
        self.positions: dict[str, tuple[float, float]] = self._by_node(positions)
        self._check()
        self.bits = self._bits()

    def _check(self) -> None:
        for a, b in self.bidirected:
            if a == b:
                raise GraphError("causal.self_arc", hint="causal.self_arc_hint", name=a)
        cycle = find_cycle(self.nodes, self.edges)
        if cycle:
            raise GraphError("causal.cycle", hint="causal.cycle_hint", cycle=" → ".join(cycle))

    def _by_node(self, named: Mapping[str, Any] | None) -> dict[str, Any]:
        return {self.nodes[self._number(name)]: value for name, value in (named or {}).items()}

    def _marked(self, roles: Mapping[str, Iterable[str]] | None) -> dict[str, tuple[str, ...]]:
        given: dict[str, set[str]] = {}
        for name, marks in (roles or {}).items():
            own = given.setdefault(self.nodes[self._number(name)], set())
            own |= {marks} if isinstance(marks, str) else set(marks)
        return _in_order(given)

    def _bits(self) -> BitGraph:
        index = self._index
        pairs = [(index[a], index[b]) for a, b in self.edges]
        for extra, (a, b) in enumerate(self.bidirected, start=len(index)):
            pairs += [(extra, index[a]), (extra, index[b])]
        return BitGraph.of(len(index) + len(self.bidirected), pairs)

    # -- questions ----------------------------------------------------------------------

    def question(self, treatment: str, outcome: str) -> Question:
        """The total effect of one node on another, as the algorithms see it.

        Raises:
            GraphError: a node is unknown, or both are the same.
        """
        x, y = (self._number(name) for name in (treatment, outcome))
        if x == y:
            raise GraphError("causal.same_node", hint="causal.same_node_hint", name=treatment)
        latent = self.numbers(self.latent) | mask(range(len(self.nodes), self.bits.n))
        return Question(self.bits, x, y, latent, self.numbers(self.marked("selected")))

    def _number(self, name: str) -> int:
        """The number of a node, its name cleaned as those of edges are.

        Raises:
            GraphError: a node is unknown.
        """
        number = self._index.get(clean_name(name))
        if number is None:
            error = unknown_name("node", name, self.nodes)
            raise GraphError("core.unknown_name", hint=error.hint, kind="node", name=name)
        return number

    def numbers(self, names: Iterable[str]) -> int:
        """The word of a set of nodes.

        Raises:
            GraphError: a node is unknown.
        """
        return mask(self._number(name) for name in names)

    def names(self, word: int) -> tuple[str, ...]:
        """The sorted names of a word's nodes."""
        return tuple(sorted(self.nodes[i] for i in bits(word)))

    def marked(self, role: str) -> tuple[str, ...]:
        """The nodes with a mark, in their order."""
        return tuple(name for name in self.nodes if role in self.roles.get(name, ()))

    # -- equality -----------------------------------------------------------------------

    def _key(self) -> tuple[Any, ...]:
        return (
            frozenset(self.nodes),
            frozenset(self.edges),
            frozenset(self.bidirected),
            self.latent,
            tuple(sorted(self.bindings.items())),
            tuple(sorted(self.roles.items())),
        )

    def __eq__(self, other: object) -> bool:
        """Same nodes, edges, marks and bindings; places on the canvas do not matter."""
        return isinstance(other, CausalGraph) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    # -- to look at ---------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """One row an edge: cause, effect, kind ("arrow", or "common cause" unobserved)."""
        rows = [(a, b, "arrow") for a, b in self.edges]
        rows += [(a, b, "common cause") for a, b in self.bidirected]
        return pd.DataFrame(rows, columns=["cause", "effect", "kind"])

    def to_networkx(self) -> nx.DiGraph:
        """The graph as a ``networkx.DiGraph`` with its marks (`networkx_graph`)."""
        return to_networkx(self)

    def summary(self, lang: str = "en") -> str:
        """How many nodes, and the first arrows."""
        arrows = [f"{a} → {b}" for a, b in self.edges] + [f"{a} ↔ {b}" for a, b in self.bidirected]
        shown = ", ".join(arrows[:_ARROWS]) + (" …" if len(arrows) > _ARROWS else "")
        return Text("causal.graph_summary", n=len(self.nodes), arrows=shown or "–").to(lang)

    def _first_rows(self) -> None:
        """None: the figure says it."""

    def _figure(self) -> str:
        return graph_svg(self) if len(self.nodes) <= MOST_NODES else ""

    def _repr_svg_(self) -> str | None:
        return self._figure() or None


def _pair(edge: Iterable[str]) -> Edge:
    """The names of an edge's ends, cleaned.

    Raises:
        GraphError: it has not two.
    """
    ends = tuple(edge) if not isinstance(edge, str) else ()
    if len(ends) != 2:
        raise GraphError("causal.not_a_pair", hint="causal.not_a_pair_hint", edge=str(edge)[:80])
    return clean_name(ends[0]), clean_name(ends[1])


def _in_order(roles: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """Marks in the order of `ROLES`; a node without marks is left out.

    Raises:
        GraphError: a mark is not known.
    """
    for mark in {mark for marks in roles.values() for mark in marks} - set(ROLES):
        error = unknown_name("mark", mark, ROLES)
        raise GraphError("core.unknown_name", hint=error.hint, kind="mark", name=mark)
    return {
        name: tuple(role for role in ROLES if role in marks)
        for name, marks in roles.items()
        if marks
    }
