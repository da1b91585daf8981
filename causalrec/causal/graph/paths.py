"""Which paths between treatment and outcome stay open, which are causal, which edges lie on them.

A path is open given a set when every collider on it causes (or is) a member of the set and
no other node on it is a member (Pearl, 1988). A biasing path is any open path that is not
directed from the treatment to the outcome.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from causalrec.causal.graph.adjustment import Question
from causalrec.causal.graph.bitgraph import bits

__all__ = ["OpenPaths", "causal_paths", "open_paths"]

Arc = tuple[int, int, bool, bool]
"""A step: from, to, whether along the arrow, whether every step so far was."""

BUDGET = 4000


@dataclass(frozen=True)
class OpenPaths:
    """Open biasing paths.

    Attributes:
        paths: each a tuple of nodes from treatment to outcome, shortest first.
        edges: (from, to) of every edge on such a path.
        complete: False when the search was cut; edges may then hold some that lie only on
            open walks, never too few.
    """

    paths: tuple[tuple[int, ...], ...]
    edges: frozenset[tuple[int, int]]
    complete: bool


def open_paths(question: Question, given: int, budget: int = BUDGET) -> OpenPaths:
    """The open biasing paths of a question when ``given`` is adjusted for.

    Args:
        question: treatment, outcome and graph.
        given: word of the adjusted nodes.
        budget: steps of the search after which it falls back to open walks.
    """
    search = _Search(question, given)
    useful = search.useful()
    if not useful:
        return OpenPaths((), frozenset(), True)
    paths: list[tuple[int, ...]] = []
    steps = 0
    for path in search.walk_simple(useful):
        steps += 1
        if path is not None:
            paths.append(path)
        if steps >= budget:
            break
    complete = steps < budget
    edges = {edge for path in paths for edge in search.edges_of(path)}
    if not complete:
        edges |= {(a, b) if forward else (b, a) for a, b, forward, _ in useful}
    return OpenPaths(tuple(sorted(paths, key=lambda p: (len(p), p))), frozenset(edges), complete)


class _Search:
    def __init__(self, question: Question, given: int) -> None:
        self.graph, self.x, self.y = question.graph, question.x, question.y
        self.given = given & ~(1 << self.x | 1 << self.y)
        self.colliders = self.graph.ancestors(self.given)

    def edges_of(self, path: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        for a, b in pairwise(path):
            yield (a, b) if self.graph.children[a] >> b & 1 else (b, a)

    def first(self) -> list[Arc]:
        children = [(self.x, i, True, True) for i in bits(self.graph.children[self.x])]
        return children + [(self.x, i, False, False) for i in bits(self.graph.parents[self.x])]

    def next(self, arc: Arc) -> Iterator[Arc]:
        """The steps that an open walk may take after this one, without turning back."""
        before, node, forward, pure = arc
        if node in (self.x, self.y):
            return
        seen = 1 << before | 1 << self.x
        if not self.given >> node & 1:
            for i in bits(self.graph.children[node] & ~seen):
                yield (node, i, True, pure and forward)
        open_up = self.colliders >> node & 1 if forward else not self.given >> node & 1
        if open_up:
            for i in bits(self.graph.parents[node] & ~seen):
                yield (node, i, False, False)

    def useful(self) -> set[Arc]:
        """The steps on open biasing walks that never turn back on the spot."""
        forward: dict[Arc, list[Arc]] = {}
        queue = self.first()
        while queue:
            arc = queue.pop()
            if arc in forward:
                continue
            forward[arc] = list(self.next(arc))
            queue.extend(forward[arc])
        into: dict[Arc, list[Arc]] = {}
        for arc, following in forward.items():
            for step in following:
                into.setdefault(step, []).append(arc)
        useful: set[Arc] = set()
        queue = [arc for arc in forward if arc[1] == self.y and not arc[3]]
        while queue:
            arc = queue.pop()
            if arc not in useful:
                useful.add(arc)
                queue.extend(into.get(arc, ()))
        return useful

    def walk_simple(self, useful: set[Arc]) -> Iterator[tuple[int, ...] | None]:
        """Each open biasing path, shortest first; None for a step that ended nothing."""
        queue: deque[tuple[Arc, tuple[int, ...]]] = deque(
            (arc, (self.x, arc[1])) for arc in self.first() if arc in useful
        )
        while queue:
            arc, path = queue.popleft()
            if arc[1] == self.y:
                yield path
                continue
            yield None
            for step in self.next(arc):
                if step in useful and step[1] not in path:
                    queue.append((step, (*path, step[1])))


def causal_paths(
    edges: Sequence[tuple[str, str]], source: str, target: str
) -> Iterator[tuple[str, ...]]:
    """The directed paths between two nodes, one after the other (there can be very many)."""
    reach = {target}
    while True:
        more = {a for a, b in edges if b in reach} - reach
        if not more:
            break
        reach |= more
    stack: list[tuple[str, ...]] = [(source,)]
    while stack:
        path = stack.pop()
        if path[-1] == target:
            yield path
            continue
        stack += [(*path, b) for a, b in reversed(edges) if a == path[-1] and b in reach]
