"""Small charts for the report: inline SVG whose colours follow the page, without a library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from causalrec.core.words.numbers import written
from causalrec.reports.comparison_rows import Row

__all__ = ["chart"]

_WIDTH, _ROW, _TOP, _BOTTOM = 860, 48, 14, 52
_LEFT, _RIGHT = 210, 190


def chart(rows: Sequence[Row], title: str, *, shares: bool, refused: str) -> str:
    """Rows as a dumbbell (``shares``: axis in percent of before) or forest chart.

    Args:
        rows: from `causalrec.reports.comparison_rows`.
        title: what the picture shows, for screen readers.
        shares: whether the axis is a share.
        refused: what stands where a row has no answer.
    """
    low, high = _range(rows)
    height = _TOP + _ROW * len(rows) + _BOTTOM
    centre = (_LEFT + _WIDTH - _RIGHT) / 2
    parts = [
        _grid(low, high, height, shares),
        _text(centre, height - 10, title, "muted middle small"),
    ]
    for at, row in enumerate(rows):
        middle = _TOP + _ROW * at + _ROW / 2
        parts.append(_label(row, middle))
        parts.append(
            _text(_LEFT + 8, middle + 4, refused, "muted italic")
            if row.value is None
            else _figure(row, middle, low, high, shares=shares)
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title, True)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    ends = [0.0]
    for row in rows:
        ends += [v for v in (row.value, row.low, row.high) if v is not None]
    low, high = min(ends), max(ends)
    room = 0.06 * ((high - low) or 1.0)
    return low - room, high + room


def _x(value: float, low: float, high: float) -> float:
    return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)


def _grid(low: float, high: float, height: float, shares: bool) -> str:
    lines = []
    for value in _ticks(low, high):
        x = _x(value, low, high)
        kind = "zero" if value == 0.0 else "grid"
        lines.append(
            f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>'
        )
        shown = f"{100 * value:+.3g}%" if shares else f"{value:+.3g}"
        shown = "0" if value == 0.0 else written(shown)
        lines.append(_text(x, height - _BOTTOM + 18, shown, "muted middle"))
    return "".join(lines)


def _ticks(low: float, high: float) -> list[float]:
    """About five round values between the ends, 0 among them."""
    rough = (high - low) / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
    return [at * step for at in range(ceil(low / step), floor(high / step) + 1)]


def _label(row: Row, middle: float) -> str:
    return _text(8, middle - 2, row.label, "strong") + _text(
        8, middle + 14, row.note, "muted small"
    )


def _figure(row: Row, middle: float, low: float, high: float, *, shares: bool) -> str:
    assert row.value is not None
    clear = row.trend in {"better", "worse"}
    hue = "after" if clear else "unsure"
    zero, point = _x(0.0, low, high), _x(row.value, low, high)
    parts = []
    if row.low is not None and row.high is not None:
        start, end = _x(row.low, low, high), _x(row.high, low, high)
        parts.append(
            f'<rect class="band {hue}" x="{start:.1f}" y="{middle - 9:.1f}" rx="9" '
            f'width="{max(end - start, 1):.1f}" height="18"/>'
        )
    parts.append(
        f'<line class="before" x1="{zero:.1f}" x2="{point:.1f}" '
        f'y1="{middle:.1f}" y2="{middle:.1f}"/>'
    )
    if shares:
        parts.append(f'<circle class="start" cx="{zero:.1f}" cy="{middle:.1f}" r="5.5"/>')
    parts.append(f'<circle class="{hue}" cx="{point:.1f}" cy="{middle:.1f}" r="6.5"/>')
    at = _WIDTH - _RIGHT + 16
    judged = row.trend if clear else "unsure"
    parts.append(_text(at, middle - 2, f"{row.arrow} {row.change}", f"strong {judged}"))
    if row.before:
        parts.append(_text(at, middle + 14, f"{row.before} → {row.after}", "muted small"))
    return "".join(parts)


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'
