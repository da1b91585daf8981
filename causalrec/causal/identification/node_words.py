"""Numbers of nodes as words for people."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from causalrec.causal.graph.bitgraph import bits
from causalrec.causal.graph.paths import OpenPaths
from causalrec.core.words import Text

if TYPE_CHECKING:
    from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["NodeWords", "joined", "listed"]


class NodeWords:
    """What to call the nodes, edges and paths of a graph."""

    def __init__(self, graph: CausalGraph) -> None:
        self.graph = graph
        self.n = len(graph.nodes)

    def is_edge(self, edge: tuple[int, int]) -> bool:
        """Whether an edge goes between nodes, and not from what stands for a bidirected one."""
        return max(edge) < self.n

    def edge(self, edge: tuple[int, int]) -> tuple[str, str]:
        """An edge by the names of its ends."""
        return self.graph.nodes[edge[0]], self.graph.nodes[edge[1]]

    def arcs(self, paths: OpenPaths) -> tuple[tuple[str, str], ...]:
        """The bidirected edges on open paths."""
        used = sorted({start for start, _ in paths.edges if start >= self.n})
        return tuple(self.graph.bidirected[i - self.n] for i in used)

    def path(self, path: tuple[int, ...]) -> str:
        """A path with its arrows."""
        shown = self.graph.nodes[path[0]]
        for before, node in pairwise(path):
            if node >= self.n:
                continue
            forward = self.graph.bits.children[before] >> node & 1
            arrow = "↔" if before >= self.n else ("→" if forward else "←")
            shown += f" {arrow} {self.graph.nodes[node]}"
        return shown

    def things(self, word: int) -> tuple[Text | str, ...]:
        """Unobserved nodes by name; an unnamed common cause by what it causes."""
        return tuple(
            self.graph.nodes[i] if i < self.n else Text("causal.common_cause", **self._pair(i))
            for i in bits(word)
        )

    def _pair(self, i: int) -> dict[str, str]:
        a, b = self.graph.bidirected[i - self.n]
        return {"a": a, "b": b}


def joined(things: tuple[Text | str, ...]) -> Text | str:
    """Names and Texts as one list that can be said in any language."""
    text: Text | str = things[0]
    for thing in things[1:]:
        text = Text("causal.and", a=text, b=thing)
    return text


def listed(names: Iterable[str]) -> str:
    """Names with commas between."""
    return ", ".join(names)
