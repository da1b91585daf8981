"""Estimates with their intervals as a small SVG figure that takes the page's own colours."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from math import isfinite, isnan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["interval_svg"]

_WIDTH, _ROW, _LEFT, _RIGHT, _MOST = 640, 24, 210, 190, 12
_VALUES = ("value", "change")
_NAMES = ("k", "position")
_NOT_NAMES = ("unit", "before_is", "good", "trend", "reason", "target", "kind", "reasons")


def interval_svg(frame: pd.DataFrame, metric: str = "") -> str:
    """Rows with an estimate and its interval, one below the other; "" where there are none.

    Rows of several metrics have no common axis: those of one are drawn.

    Args:
        frame: columns value (or change), low and high; texts and `k` name a row.
        metric: which one, where `frame` has a column of that name; "": the first.
    """
    column = next((name for name in _VALUES if name in frame), None)
    if column is None or not {"low", "high"} <= set(frame.columns):
        return ""
    rows = frame.dropna(subset=[column, "low", "high"])
    if "metric" in rows and len(rows):
        rows = rows[rows["metric"] == (metric or rows["metric"].iloc[0])]
    named = [str(name) for name in rows if _names(rows, str(name))]
    drawn = [
        (_label(row, named), float(row[column]), float(row["low"]), float(row["high"]))
        for row in rows.head(_MOST).to_dict("records")
    ]
    drawn = [row for row in drawn if all(isfinite(number) for number in row[1:])]
    return _svg(drawn) if drawn else ""


def _names(rows: pd.DataFrame, column: str) -> bool:
    if column in _NAMES:
        return True
    texts = str(rows[column].dtype).startswith(("object", "str", "category"))
    return texts and column not in _NOT_NAMES


def _label(row: Mapping[Hashable, object], named: list[str]) -> str:
    cells = (row[name] for name in named)
    label = " · ".join(f"{c:g}" if isinstance(c, float) else str(c) for c in cells if _known(c))
    return label if len(label) <= 32 else label[:31] + "…"


def _known(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, float) and isnan(cell))


def _svg(rows: list[tuple[str, float, float, float]]) -> str:
    low, high = min(0.0, *(row[2] for row in rows)), max(0.0, *(row[3] for row in rows))
    span = (high - low) or 1.0
    height = _ROW * len(rows) + 8

    def at(value: float) -> str:
        return f"{_LEFT + 12 + (value - low) / span * (_WIDTH - _LEFT - _RIGHT - 24):.1f}"

    dashes = 'stroke-dasharray="3 3" stroke-opacity=".5"'
    parts = [f'<line x1="{at(0)}" x2="{at(0)}" y1="2" y2="{height - 2}" {dashes}/>']
    for number, (label, value, start, end) in enumerate(rows):
        y = 4 + _ROW * number + _ROW / 2
        figures = f"{value:.3g} ({start:.3g} – {end:.3g})".replace("-", "−")
        parts += [
            f'<line x1="{at(start)}" x2="{at(end)}" y1="{y}" y2="{y}" stroke-width="2"/>',
            f'<circle cx="{at(value)}" cy="{y}" r="4" fill="currentColor"/>',
            _text(_LEFT, y, label, "end"),
            _text(_WIDTH - _RIGHT + 8, y, figures, "start"),
        ]
    said = escape("; ".join(f"{label}: {value:.3g}" for label, value, _, _ in rows), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" style="max-width:100%" role="img" aria-label="{said}" '
        f'stroke="currentColor" font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x}" y="{y + 4}" text-anchor="{anchor}" fill="currentColor" stroke="none">'
        f"{escape(text)}</text>"
    )
