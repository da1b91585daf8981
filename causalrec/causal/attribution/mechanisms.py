"""What a graph says a column follows from: the mechanisms that make a metric, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from causalrec.causal.graph.bitgraph import bits
from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["Mechanism", "mechanisms_of", "names_of"]


@dataclass(frozen=True)
class Mechanism:
    """How one node follows from others.

    Attributes:
        node, column: which.
        given: the nodes that it follows from, all before it in the order.
        player: number of the part that it belongs to: nodes with a hidden common cause are one.
    """

    node: str
    column: str
    given: tuple[str, ...]
    player: int


def mechanisms_of(
    graph: CausalGraph, columns: Collection[str], metric: str
) -> tuple[Mechanism, ...]:
    """The mechanisms of all that leads to a metric, causes first.

    What has no column is projected out. Nodes that a hidden cause connects have one mechanism
    together, which factorises in their order given what they and their predecessors follow from
    (Tian and Pearl, 2002, "A general identification condition for causal effects").

    Args:
        graph: what is believed.
        columns: of the table.
        metric: a node.
    """
    column = {node: graph.bindings.get(node, node) for node in graph.nodes}
    seen = graph.numbers(
        node for node in graph.nodes if node not in graph.latent and column[node] in columns
    )
    leading = graph.bits.ancestors(graph.numbers([metric])) & seen
    parents, hidden = {}, {}
    for node in bits(leading):
        parents[node], hidden[node] = _causes(graph, node, seen)
    order = _order(parents)
    part = _parts(order, hidden)
    players = {root: at for at, root in enumerate(dict.fromkeys(part[node] for node in order))}
    steps, before = [], dict[int, int]()
    for node in order:
        together = before.get(part[node], 0) | parents[node]
        given = tuple(graph.nodes[one] for one in order if together >> one & 1)
        name = graph.nodes[node]
        steps.append(Mechanism(name, column[name], given, players[part[node]]))
        before[part[node]] = together | 1 << node
    return tuple(steps)


def names_of(mechanisms: Iterable[Mechanism], player: int) -> tuple[str, str]:
    """The nodes of a part, and what they follow from, in words."""
    own = [step for step in mechanisms if step.player == player]
    names = [step.node for step in own]
    given = dict.fromkeys(one for step in own for one in step.given if one not in names)
    return ", ".join(names), ", ".join(given)


def _causes(graph: CausalGraph, node: int, seen: int) -> tuple[int, int]:
    """What a node follows from, through hidden nodes if need be: seen ones, and hidden ones."""
    found, hidden, left = 0, 0, graph.bits.parents[node]
    while left:
        found |= left & seen
        new = left & ~seen & ~hidden
        hidden |= new
        left = 0
        for one in bits(new):
            left |= graph.bits.parents[one]
    return found, hidden


def _order(parents: dict[int, int]) -> list[int]:
    """Nodes, causes first; ties in the order of the graph."""
    order, done = list[int](), 0
    while len(order) < len(parents):
        ready = [n for n in sorted(parents) if not done >> n & 1 and not parents[n] & ~done]
        order.append(ready[0])
        done |= 1 << ready[0]
    return order


def _parts(order: list[int], hidden: dict[int, int]) -> dict[int, int]:
    """The first node of each node's part: those that hidden causes connect."""
    part = {node: node for node in order}
    for at, node in enumerate(order):
        for other in order[:at]:
            if hidden[node] & hidden[other] and part[node] != part[other]:
                joined = {part[node], part[other]}
                part = {
                    n: min(joined, key=order.index) if p in joined else p for n, p in part.items()
                }
    return part
