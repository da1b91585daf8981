"""Changed copies of a graph: nothing is changed in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from causalrec.causal.graph.node_names import clean_name

__all__ = ["Edge", "Editing"]

Edge = tuple[str, str]


class Editing:
    """What `CausalGraph` can do to make a changed copy of itself."""

    __slots__ = ()
    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    bidirected: tuple[Edge, ...]
    latent: frozenset[str]
    bindings: dict[str, str]
    roles: dict[str, tuple[str, ...]]
    positions: dict[str, tuple[float, float]]

    def parts(self) -> dict[str, Any]:
        """The constructor's arguments that make this graph again."""
        return {
            "edges": self.edges,
            "nodes": self.nodes,
            "latent": tuple(name for name in self.nodes if name in self.latent),
            "bidirected": self.bidirected,
            "bindings": self.bindings,
            "roles": self.roles,
            "positions": self.positions,
        }

    def _with(self, **changed: object) -> Self:
        return type(self)(**(self.parts() | changed))

    def with_edge(self, cause: str, effect: str) -> Self:
        """With one more edge (its nodes are added).

        Raises:
            GraphError: the edge closes a cycle.
        """
        return self._with(edges=(*self.edges, (cause, effect)))

    def with_bidirected(self, a: str, b: str) -> Self:
        """With an unobserved common cause of two nodes."""
        return self._with(bidirected=(*self.bidirected, (a, b)))

    def with_node(self, name: str, *, latent: bool = False) -> Self:
        """With one more node."""
        hidden = (*self.latent, name) if latent else tuple(self.latent)
        return self._with(nodes=(*self.nodes, name), latent=hidden)

    def with_latent(self, *names: str) -> Self:
        """With exactly these nodes unobserved (a new name becomes a node)."""
        return self._with(latent=names)

    def with_bindings(self, bindings: Mapping[str, str]) -> Self:
        """With these columns for these nodes; other bindings stay.

        Raises:
            GraphError: a node is unknown.
        """
        named = {clean_name(name): column for name, column in bindings.items()}
        return self._with(bindings=self.bindings | named)

    def with_roles(self, **marked: Iterable[str] | str) -> Self:
        """With exactly these nodes marked so: ``with_roles(treatment="promotion")``.

        Raises:
            GraphError: a node or a mark is unknown.
        """
        roles = {name: set(marks) - set(marked) for name, marks in self.roles.items()}
        for role, names in marked.items():
            for name in [names] if isinstance(names, str) else names:
                roles.setdefault(clean_name(name), set()).add(role)
        return self._with(roles=roles)

    def with_positions(self, positions: Mapping[str, tuple[float, float]]) -> Self:
        """With these places on the canvas; others stay.

        Raises:
            GraphError: a node is unknown.
        """
        named = {clean_name(name): place for name, place in positions.items()}
        return self._with(positions=self.positions | named)

    def without_edge(self, cause: str, effect: str) -> Self:
        """Without this edge."""
        gone = clean_name(cause), clean_name(effect)
        return self._with(edges=tuple(edge for edge in self.edges if edge != gone))

    def without_node(self, name: str) -> Self:
        """Without this node and its edges."""
        kept, name = self.parts(), clean_name(name)
        for part in ("edges", "bidirected"):
            kept[part] = tuple(pair for pair in kept[part] if name not in pair)
        for part in ("nodes", "latent"):
            kept[part] = tuple(other for other in kept[part] if other != name)
        for part in ("bindings", "roles", "positions"):
            kept[part] = {other: v for other, v in kept[part].items() if other != name}
        return type(self)(**kept)
