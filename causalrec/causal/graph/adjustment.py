"""Which sets of columns remove the bias of a total effect.

The adjustment criterion and its proper back-door graph: Shpitser, VanderWeele and Robins,
2010; van der Zander, Liskiewicz and Textor, 2014. Under selection: Correa and Bareinboim, 2017,
"Causal effect identification by adjustment under confounding and selection biases" (their
type 1; DAGitty's answer). Conditional instruments: van der Zander, Textor and Liskiewicz, 2015
(the ancestral ones, as DAGitty lists them).
"""

from __future__ import annotations

from dataclasses import dataclass

from causalrec.causal.graph.bitgraph import BitGraph, bits
from causalrec.causal.graph.separators import ancestral_moral, border, component, minimal_separators

__all__ = ["Question"]


@dataclass(frozen=True)
class Question:
    """The total effect of one node on another, in a graph with unobserved nodes.

    Attributes:
        graph: the graph; each bidirected edge is an unobserved node of its own.
        x: number of the treatment.
        y: number of the outcome.
        latent: word of the unobserved nodes.
        selected: word of the nodes that select the rows: every row has them, so that whatever
            is asked of the rows is conditioned on them.
    """

    graph: BitGraph
    x: int
    y: int
    latent: int
    selected: int = 0

    @property
    def between(self) -> int:
        """The nodes on directed paths from x to y, y with them, x not."""
        below = self.graph.descendants(1 << self.x)
        return below & self.graph.ancestors(1 << self.y) & ~(1 << self.x)

    @property
    def no_path(self) -> bool:
        """Whether no directed path leads from x to y."""
        return not self.between >> self.y & 1

    @property
    def forbidden(self) -> int:
        """What no adjustment set may hold: x, y, and everything at or after a causal path."""
        return self.graph.descendants(self.between) | 1 << self.x | 1 << self.y

    @property
    def back_door(self) -> BitGraph:
        """The graph without the first edge of each causal path."""
        first = self.graph.children[self.x] & self.between
        return self.graph.without((self.x, i) for i in bits(first))

    @property
    def causal_edges(self) -> list[tuple[int, int]]:
        """The edges on directed paths from x to y."""
        between = self.between
        starts = between & ~(1 << self.y) | (1 << self.x if between else 0)
        return [(i, j) for i in bits(starts) for j in bits(self.graph.children[i] & between)]

    def allowed(self, *, also: int = 0) -> int:
        """What an adjustment set may hold; ``also`` names unobserved nodes taken as measured."""
        everything = (1 << self.graph.n) - 1
        return everything & ~self.forbidden & ~self.selected & ~(self.latent & ~also)

    @property
    def carries_over(self) -> bool:
        """Whether the outcome is spread alike among the selected rows and all the others.

        It is where nothing but the treatment's own effect connects the outcome with what
        selects the rows; only then can rows that were selected tell of everybody.
        """
        reached = self.back_door.reachable(1 << self.y, 0)
        return not reached & self.selected

    def is_valid(self, given: int) -> bool:
        """Whether adjusting for ``given`` identifies the total effect on everybody."""
        return self.carries_over and self.is_valid_among(given)

    def is_valid_among(self, given: int) -> bool:
        """Whether adjusting for ``given`` identifies the total effect among the selected rows."""
        given &= ~self.selected
        if given & (self.forbidden | self.latent) or self.selected & self.forbidden:
            return False
        return self.back_door.separated(1 << self.x, 1 << self.y, given | self.selected)

    def minimal_sets(self, limit: int | None = None) -> tuple[list[int], bool]:
        """All minimal adjustment sets as words, and whether the limit cut the list."""
        return self.minimal_sets_among(limit) if self.carries_over else ([], False)

    def minimal_sets_among(self, limit: int | None = None) -> tuple[list[int], bool]:
        """The minimal sets that identify the effect among the selected rows."""
        if self.selected & self.forbidden:
            return [], False
        return minimal_separators(
            self.back_door,
            self.x,
            self.y,
            allowed=self.allowed(),
            always=self.selected,
            limit=limit,
        )

    def would_help(self) -> int:
        """Unobserved nodes that would identify the effect if measured, pruned; 0 if none."""
        if not self.carries_over or self.selected & self.forbidden:
            return 0
        ends = 1 << self.x | 1 << self.y
        keep, around = ancestral_moral(self.back_door, ends, self.selected)
        most = keep & self.allowed(also=self.latent)
        also = most & self.latent

        def closed(measured: int) -> bool:
            walls = most & ~self.latent | measured
            return not component(around, 1 << self.x, walls) >> self.y & 1

        if not closed(also):
            return 0
        for node in bits(also):
            if closed(also & ~(1 << node)):
                also &= ~(1 << node)
        return also

    def instruments(self) -> list[tuple[int, int]]:
        """Conditional instruments of a linear model: (node, word of what to condition on).

        What x causes is listed too, as DAGitty does: a proxy of x is an instrument where
        effects are linear.
        """
        between = self.between
        if not between:
            return []
        first = bits(self.graph.children[self.x] & between)
        no_effect = self.graph.without((self.x, i) for i in first)
        ends = 1 << self.x | 1 << self.y
        candidates = ((1 << self.graph.n) - 1) & ~self.latent & ~self.selected & ~ends
        below = no_effect.descendants(1 << self.y) | self.graph.descendants(1 << self.x)
        if below & self.selected:
            return []
        allowed = ~self.latent & ~below
        instruments = []
        around_y = ancestral_moral(no_effect, 1 << self.y, self.selected)
        for z in bits(candidates):
            seen = around_y
            if not seen[0] >> z & 1:
                seen = ancestral_moral(no_effect, 1 << self.y | 1 << z, self.selected)
            given = _nearest(*seen, self.y, z, allowed=allowed & ~(1 << z))
            if given is None:
                continue
            if not no_effect.separated(1 << z, 1 << self.x, given | self.selected):
                instruments.append((z, given))
        return instruments


def _nearest(keep: int, around: list[int], start: int, end: int, *, allowed: int) -> int | None:
    """The allowed nodes nearest to ``start`` that separate it from ``end``, or None."""
    walls = keep & allowed & ~((1 << start) | (1 << end))
    near = component(around, 1 << start, walls)
    if near >> end & 1:
        return None
    cut = border(around, near)
    far = component(around, 1 << end, cut)
    return border(around, far)
