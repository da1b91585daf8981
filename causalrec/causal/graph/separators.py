"""All minimal separators of two nodes: van der Zander and Liskiewicz' reduction to a vertex cut.

A minimal d-separator lies in the ancestors of the two nodes, where d-separation is
separation in the moral graph (van der Zander, Liskiewicz and Textor, 2019, "Separators
and adjustment sets in causal graphs"). Nodes that may not be used are contracted: their
neighbours become neighbours of each other. The minimal vertex cuts of what remains are
listed from the cut closest to the first node outwards (Shen and Liang, 1997).
"""

from __future__ import annotations

from collections import deque

from causalrec.causal.graph.bitgraph import BitGraph, bits

__all__ = ["ancestral_moral", "border", "component", "minimal_separators"]


def minimal_separators(
    graph: BitGraph,
    left: int,
    right: int,
    *,
    allowed: int,
    always: int = 0,
    limit: int | None = None,
) -> tuple[list[int], bool]:
    """Minimal sets of allowed nodes that d-separate two nodes.

    Args:
        graph: the graph.
        left: number of the first node.
        right: number of the second node.
        allowed: word of the nodes that a set may hold.
        always: word of nodes that are conditioned on besides; they are in no set.
        limit: stop after so many; None lists all.

    Returns:
        The sets as words, and whether the limit cut the list.
    """
    ends = (1 << left) | (1 << right)
    keep, around = ancestral_moral(graph, ends, always)
    around = _contract(around, keep & ~ends & ~allowed & ~always)
    if around[left] >> right & 1:
        return [], False
    return _cuts(around, left, right, limit)


def ancestral_moral(graph: BitGraph, nodes: int, always: int) -> tuple[int, list[int]]:
    """The ancestors of ``nodes`` and ``always``, and their moral graph without ``always``.

    Nodes that are always conditioned on marry their causes and are then out of the way.
    """
    keep = graph.ancestors(nodes | always)
    return keep, [word & ~always for word in graph.moral(keep)]


def _contract(around: list[int], forbidden: int) -> list[int]:
    """Take the forbidden nodes out; what surrounds a connected part of them becomes a clique."""
    around, left = list(around), forbidden
    while left:
        inside = component(around, left & -left, ~forbidden)
        ring = border(around, inside)
        for j in bits(ring):
            around[j] = (around[j] | ring) & ~(1 << j) & ~inside
        left &= ~inside
    for i in bits(forbidden):
        around[i] = 0
    return around


def component(around: list[int], start: int, removed: int) -> int:
    """The nodes connected with ``start`` when ``removed`` are taken out."""
    seen, new = 0, start & ~removed
    while new:
        seen |= new
        reached = 0
        for i in bits(new):
            reached |= around[i]
        new = reached & ~seen & ~removed
    return seen


def border(around: list[int], inside: int) -> int:
    """The neighbours of a set of nodes."""
    neighbours = 0
    for i in bits(inside):
        neighbours |= around[i]
    return neighbours & ~inside


def _cuts(around: list[int], left: int, right: int, limit: int | None) -> tuple[list[int], bool]:
    target = 1 << right
    first = _beyond(around, 1 << left, target)
    cuts, queue = {first}, deque([first])
    while queue:
        cut = queue.popleft()
        near = component(around, 1 << left, cut)
        for node in bits(cut & ~around[right]):
            further = _beyond(around, near | 1 << node, target)
            if further not in cuts:
                if limit is not None and len(cuts) >= limit:
                    return list(cuts), True
                cuts.add(further)
                queue.append(further)
    return list(cuts), False


def _beyond(around: list[int], near: int, target: int) -> int:
    """The minimal cut nearest to the connected set ``near`` that leaves the target outside."""
    far = component(around, target, near | border(around, near))
    return border(around, far)
