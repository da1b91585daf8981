"""A causal graph as SVG in the page's own colours: causes to the left of their effects.

Unobserved nodes are dashed, a common cause that nobody observed is a dashed arc; the treatment is
filled lightly, the outcome darkly.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from math import hypot

from causalrec.causal.graph.edits import Editing
from causalrec.causal.graph.graph_layout import Cell, Grid, grid_of

__all__ = ["MOST_NODES", "graph_svg"]

MOST_NODES = 60
"""A larger graph is no picture any more."""
_HIGH, _GAP_X, _GAP_Y, _ROOM, _LIFT = 30.0, 52.0, 16.0, 8.0, 34.0
_LONGEST = 24
_FILLS = {"treatment": ".12", "outcome": ".28"}

Point = tuple[float, float]


def graph_svg(graph: Editing) -> str:
    """The graph as one SVG element; names are text, whatever they look like. "" for no node."""
    if not graph.nodes:
        return ""
    grid = grid_of(graph)
    centres = _centres(grid, lift=_LIFT if graph.bidirected else 0.0)
    width = max(centres[name][0] + _wide(name) / 2 for name in graph.nodes) + _ROOM
    height = max(y for _, y in centres.values()) + _HIGH / 2 + _ROOM
    parts = [_arc(a, b, centres) for a, b in graph.bidirected]
    parts += [_arrow(way, centres) for way in grid.ways.values()]
    parts += [_node(graph, name, centres[name]) for name in graph.nodes]
    said = escape("; ".join(f"{a} → {b}" for a, b in graph.edges), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" style="max-width:100%" role="img" aria-label="{said}" '
        f'stroke="currentColor" fill="none" font-family="sans-serif" font-size="13">'
        f"{''.join(parts)}</svg>"
    )


def _centres(grid: Grid, lift: float) -> dict[Cell, Point]:
    """Where the middle of each cell lies."""
    tallest = max(len(column) for column in grid.columns)
    centres: dict[Cell, Point] = {}
    left = _ROOM + lift
    for column in grid.columns:
        wide = max(_wide(cell) for cell in column)
        top = lift + _ROOM + _HIGH / 2 + (tallest - len(column)) / 2 * (_HIGH + _GAP_Y)
        for at, cell in enumerate(column):
            centres[cell] = (left + wide / 2, top + at * (_HIGH + _GAP_Y))
        left += wide + _GAP_X
    return centres


def _wide(cell: Cell) -> float:
    """Width of a node; an arrow that passes by takes none."""
    if not isinstance(cell, str):
        return 0.0
    return 24.0 + 7.4 * sum(2 if ord(letter) > 0x2E80 else 1 for letter in cell[:_LONGEST])


def _node(graph: Editing, name: str, centre: Point) -> str:
    (x, y), wide = centre, _wide(name)
    marks = graph.roles.get(name, ())
    shades = [shade for role, shade in _FILLS.items() if role in marks]
    look = f'fill="currentColor" fill-opacity="{shades[0]}" ' if shades else ""
    look += 'stroke-dasharray="5 4" ' if name in graph.latent else ""
    shown = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return (
        f"<g><title>{escape(name)}</title>"
        f'<rect x="{x - wide / 2:.1f}" y="{y - _HIGH / 2:.1f}" width="{wide:.1f}" '
        f'height="{_HIGH:.0f}" rx="{_HIGH / 2:.0f}" {look}/>'
        f'<text x="{x:.1f}" y="{y + 4.5:.1f}" text-anchor="middle" fill="currentColor" '
        f'stroke="none">{escape(shown)}</text></g>'
    )


def _arrow(way: list[Cell], centres: dict[Cell, Point]) -> str:
    """A smooth line over the cells of an arrow, from the right of its cause to its effect."""
    start, *between, end = (centres[cell] for cell in way)
    points = [
        (start[0] + _wide(way[0]) / 2, start[1]),
        *between,
        (end[0] - _wide(way[-1]) / 2, end[1]),
    ]
    (x1, y1), (x0, y0) = points[-1], points[-2]
    # The line ends level, as a curve whose ends both are; one to the next column is straight.
    dx, dy = (1.0, 0.0) if between else (x1 - x0, y1 - y0)
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    back = (x1 - 9 * dx, y1 - 9 * dy)
    corners = ((x1, y1), (back[0] + 4 * dy, back[1] - 4 * dx), (back[0] - 4 * dy, back[1] + 4 * dx))
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    line = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    if between:
        line += [_bend(a, b) for a, b in pairwise([*points[:-1], back])]
    else:
        line.append(f"L{back[0]:.1f} {back[1]:.1f}")
    return (
        f'<path d="{"".join(line)}"/><polygon points="{head}" fill="currentColor" stroke="none"/>'
    )


def _bend(start: Point, end: Point) -> str:
    """A curve that is level at both ends."""
    middle = (start[0] + end[0]) / 2
    return f"C{middle:.1f} {start[1]:.1f} {middle:.1f} {end[1]:.1f} {end[0]:.1f} {end[1]:.1f}"


def _arc(one: str, other: str, centres: dict[Cell, Point]) -> str:
    """A dashed arc: above both ends, or to the left of two in one column."""
    (xa, ya), (xb, yb) = centres[one], centres[other]
    if xa == xb:
        xa, xb = xa - _wide(one) / 2, xb - _wide(other) / 2
        top = (min(xa, xb) - _LIFT, (ya + yb) / 2)
    else:
        ya, yb = ya - _HIGH / 2, yb - _HIGH / 2
        top = ((xa + xb) / 2, min(ya, yb) - _LIFT)
    return (
        f'<path d="M{xa:.1f} {ya:.1f}Q{top[0]:.1f} {top[1]:.1f} {xb:.1f} {yb:.1f}" '
        'stroke-dasharray="5 4"/>'
    )
