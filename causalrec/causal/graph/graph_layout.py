"""Places for the nodes and the ways of the arrows of a graph that is drawn (Sugiyama et al., 1981).

Nodes stand in columns, causes to the left of their effects; an arrow over several columns keeps a
free cell in each; cells are ordered by the mean place of their neighbours.
"""

from __future__ import annotations

from itertools import pairwise

from causalrec.causal.graph.edits import Edge, Editing

__all__ = ["Cell", "Grid", "grid_of"]

_SWEEPS = 8

Cell = str | tuple[Edge, int]
"""A node, or the cell of an arrow in a column."""


class Grid:
    """Columns of cells, and which cells each arrow leads over.

    Attributes:
        columns: cells from top to bottom, by column from left to right.
        ways: for each arrow its cells from cause to effect, both nodes among them.
    """

    def __init__(self, columns: list[list[Cell]], ways: dict[Edge, list[Cell]]) -> None:
        self.columns = columns
        self.ways = ways


def grid_of(graph: Editing) -> Grid:
    """The cells of a graph's nodes and arrows, ordered so that few arrows cross."""
    depth = _depths(graph)
    columns: list[list[Cell]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in graph.nodes:
        columns[depth[name]].append(name)
    ways: dict[Edge, list[Cell]] = {}
    for edge in graph.edges:
        between: list[Cell] = []
        for at in range(depth[edge[0]] + 1, depth[edge[1]]):
            between.append((edge, at))
            columns[at].append((edge, at))
        ways[edge] = [edge[0], *between, edge[1]]
    _sort(columns, ways)
    return Grid(columns, ways)


def _depths(graph: Editing) -> dict[str, int]:
    """Columns by the longest way that leads to a node; roots stand close to their effects."""
    causes: dict[str, int] = dict.fromkeys(graph.nodes, 0)
    effects: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for cause, effect in graph.edges:
        causes[effect] += 1
        effects[cause].append(effect)
    depth = dict.fromkeys(graph.nodes, 0)
    ordered = [name for name in graph.nodes if not causes[name]]
    for name in ordered:  # grows as it goes: causes come before their effects
        for effect in effects[name]:
            depth[effect] = max(depth[effect], depth[name] + 1)
            causes[effect] -= 1
            if not causes[effect]:
                ordered.append(effect)
    for name in reversed(ordered):
        if effects[name]:
            depth[name] = max(depth[name], min(depth[effect] for effect in effects[name]) - 1)
    return depth


def _sort(columns: list[list[Cell]], ways: dict[Edge, list[Cell]]) -> None:
    """Order each column by the mean place of the cells that it is joined to, there and back."""
    before: dict[Cell, list[Cell]] = {cell: [] for column in columns for cell in column}
    after: dict[Cell, list[Cell]] = {cell: [] for cell in before}
    for way in ways.values():
        for left, right in pairwise(way):
            before[right].append(left)
            after[left].append(right)
    place: dict[Cell, float] = {}
    for column in columns:
        place.update(_places(column))
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        joined = before if forth else after
        for column in columns if forth else reversed(columns):
            wish = {c: _mean([place[other] for other in joined[c]], place[c]) for c in column}
            column.sort(key=wish.__getitem__)
            place.update(_places(column))


def _places(column: list[Cell]) -> dict[Cell, float]:
    """Places of a column's cells about its middle, 1 apart."""
    middle = (len(column) - 1) / 2
    return {cell: at - middle for at, cell in enumerate(column)}


def _mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
