"""Graphs as bit sets: node i is bit i of a Python integer, so whole neighbourhoods move at once.

Bayes ball: Shachter, 1998, "Bayes-Ball: The rational pastime".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["BitGraph", "bits", "mask"]


def bits(word: int) -> Iterator[int]:
    """The positions of the bits that are set, lowest first."""
    while word:
        low = word & -word
        yield low.bit_length() - 1
        word ^= low


def mask(positions: Iterable[int]) -> int:
    """The word with these bits set."""
    word = 0
    for position in positions:
        word |= 1 << position
    return word


@dataclass(frozen=True)
class BitGraph:
    """A directed acyclic graph of ``n`` nodes.

    Attributes:
        parents, children: tuples of n words; bit j of ``parents[i]`` says that j -> i.
    """

    parents: tuple[int, ...]
    children: tuple[int, ...]

    @classmethod
    def of(cls, n: int, edges: Iterable[tuple[int, int]]) -> BitGraph:
        """The graph with ``n`` nodes and these (from, to) edges."""
        parents, children = [0] * n, [0] * n
        for start, end in edges:
            parents[end] |= 1 << start
            children[start] |= 1 << end
        return cls(tuple(parents), tuple(children))

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.parents)

    def ancestors(self, nodes: int) -> int:
        """The nodes and everything that causes them."""
        return _closure(self.parents, nodes)

    def descendants(self, nodes: int) -> int:
        """The nodes and everything that they cause."""
        return _closure(self.children, nodes)

    def without(self, edges: Iterable[tuple[int, int]]) -> BitGraph:
        """The graph less these edges."""
        parents, children = list(self.parents), list(self.children)
        for start, end in edges:
            parents[end] &= ~(1 << start)
            children[start] &= ~(1 << end)
        return BitGraph(tuple(parents), tuple(children))

    def without_arrows_from(self, nodes: int) -> BitGraph:
        """The graph less every edge that leaves these nodes."""
        parents = tuple(word & ~nodes for word in self.parents)
        children = tuple(0 if nodes >> i & 1 else word for i, word in enumerate(self.children))
        return BitGraph(parents, children)

    def without_arrows_to(self, nodes: int) -> BitGraph:
        """The graph less every edge that enters these nodes."""
        parents = tuple(0 if nodes >> i & 1 else word for i, word in enumerate(self.parents))
        return BitGraph(parents, tuple(word & ~nodes for word in self.children))

    def reachable(self, start: int, given: int) -> int:
        """Every node that an open walk reaches from the nodes ``start`` given ``given``.

        A ball that came from a child travels on to parents and children of an unobserved
        node; one that came from a parent goes on to children of an unobserved node and
        bounces to the parents of a node with an observed descendant.
        """
        colliders = self.ancestors(given)
        up, down = 0, 0
        new_up, new_down = start, 0
        while new_up | new_down:
            up |= new_up
            down |= new_down
            next_up = next_down = 0
            for i in bits(new_up & ~given):
                next_up |= self.parents[i]
                next_down |= self.children[i]
            for i in bits(new_down & ~given):
                next_down |= self.children[i]
            for i in bits(new_down & colliders):
                next_up |= self.parents[i]
            new_up, new_down = next_up & ~up, next_down & ~down
        return (up | down) & ~given | start

    def separated(self, left: int, right: int, given: int) -> bool:
        """Whether ``given`` d-separates the two sets of nodes (Pearl, 1988)."""
        return not self.reachable(left, given) & right

    def moral(self, keep: int) -> list[int]:
        """Neighbours in the moral graph of the nodes ``keep`` (an ancestral set), n words."""
        around = [0] * self.n
        for i in bits(keep):
            family = (self.parents[i] & keep) | (1 << i)
            for j in bits(family):
                around[j] |= family
        return [word & ~(1 << i) for i, word in enumerate(around)]


def _closure(step: tuple[int, ...], nodes: int) -> int:
    seen, new = 0, nodes
    while new:
        seen |= new
        reached = 0
        for i in bits(new):
            reached |= step[i]
        new = reached & ~seen
    return seen
