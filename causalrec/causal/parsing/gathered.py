"""What every format reads into: nodes by their key, edges, and at the end the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.graph.node_names import clean_name
from causalrec.causal.parsing.limits import limits
from causalrec.causal.parsing.marks import Refuse, marks_of, says_yes
from causalrec.core.errors import GraphError

__all__ = ["Gathered", "Node"]

Edge = tuple[str, str]


@dataclass
class Node:
    """A node as it is found.

    Attributes:
        key: what edges call it.
        label: its name, where it has one besides the key.
        latent, roles, column, place: as in `CausalGraph`.
        arc: whether it only stands for a bidirected edge.
    """

    key: str
    label: str | None = None
    latent: bool = False
    roles: set[str] = field(default_factory=set)
    column: str | None = None
    place: tuple[float, float] | None = None
    arc: bool = False

    @property
    def name(self) -> str:
        """Its label, else its key."""
        return clean_name(self.key if self.label is None else self.label)


class Gathered:
    """Nodes and edges of one graph, within the limits."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.arcs: list[Edge] = []
        self.limits = limits()
        self.standing = 0  # nodes that only stand for bidirected edges count as those

    def add(self, key: str) -> Node:
        """The node with this key; new where there is none.

        Raises:
            GraphError: there are too many.
        """
        node = self.nodes.get(key)
        if node is None:
            if len(self.nodes) - self.standing >= self.limits.nodes:
                raise self.limits.too_many("nodes")
            node = self.nodes[key] = Node(key)
        return node

    def mark(self, node: Node, attributes: Mapping[str, Any], refuse: Refuse) -> None:
        """Take the marks among a node's attributes.

        Raises:
            GraphError: a mark is neither yes nor no.
        """
        marks = marks_of(attributes, refuse)
        node.latent = node.latent or marks.latent
        node.roles |= marks.roles
        if not node.arc and says_yes(attributes.get("bidirected")):
            node.arc = True
            self.standing += 1

    def join(self, causes: Iterable[str], effects: Iterable[str], *, arc: bool = False) -> None:
        """An edge from each of some nodes to each of others.

        Raises:
            GraphError: there are too many.
        """
        left, right = list(causes), list(effects)
        room = self.limits.edges - len(self.edges) - len(self.arcs) + self.standing
        if len(left) * len(right) > room:
            raise self.limits.too_many("edges")
        (self.arcs if arc else self.edges).extend(product(left, right))

    def graph(self, *, keys_serve: bool = False) -> CausalGraph:
        """The graph.

        Args:
            keys_serve: where two nodes have one label, name all by their keys.

        Raises:
            GraphError: two nodes have one name, a name is empty, or the graph is cyclic.
        """
        self._arcs_of_nodes()
        names = {key: node.name for key, node in self.nodes.items()}
        if keys_serve and len(set(names.values())) < len(names):
            names = {key: clean_name(key) for key in names}
        _check_unique(names.values())
        named = [(names[key], node) for key, node in self.nodes.items()]
        return CausalGraph(
            [(names[a], names[b]) for a, b in self.edges],
            nodes=[name for name, _ in named],
            latent=[name for name, node in named if node.latent],
            bidirected=[(names[a], names[b]) for a, b in self.arcs],
            bindings={name: node.column for name, node in named if node.column},
            roles={name: node.roles for name, node in named},
            positions={name: node.place for name, node in named if node.place},
        )

    def _arcs_of_nodes(self) -> None:
        """Nodes that only stand for a bidirected edge become one."""
        effects: dict[str, list[str]] = {
            key: [] for key, node in self.nodes.items() if node.arc and node.latent
        }
        for cause, effect in self.edges:
            if cause in effects:
                effects[cause].append(effect)
        caused = {effect for _, effect in self.edges} | {end for arc in self.arcs for end in arc}
        for key, caused_by_it in effects.items():
            ends = list(dict.fromkeys(caused_by_it))
            if len(ends) == 2 and key not in caused:
                self.arcs.append((ends[0], ends[1]))
                del self.nodes[key]
        self.edges = [edge for edge in self.edges if edge[0] in self.nodes]


def _check_unique(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise GraphError("causal.twice", hint="causal.twice_hint", name=name[:80])
        seen.add(name)
