"""Text of other people in figures: shown as it is written, whatever it looks like.

Plotly reads tags and entities in every text of a figure. So whatever a drawing puts into one
is escaped when the figure is done; what a drawing itself means as markup is written with the
signs of this module, which no text of a person holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["LINE", "UNNAMED", "bold", "in_template", "italic", "plain_figure", "side"]

LINE = "\ufdd0"
"""A new line inside a text of a figure."""
_BOLD, _UNBOLD, _ITALIC, _UPRIGHT, _SIDE, _UNSIDE = "\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6"
UNNAMED = _SIDE + _UNSIDE
"""At the end of a hover template: no box with the trace's name beside it."""
_TAGS = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        LINE: "<br>",
        _BOLD: "<b>",
        _UNBOLD: "</b>",
        _ITALIC: "<i>",
        _UPRIGHT: "</i>",
        _SIDE: "<extra>",
        _UNSIDE: "</extra>",
    }
)
_TEMPLATES = ("template", "format")


def bold(text: str) -> str:
    """Bold text for a figure."""
    return f"{_BOLD}{text}{_UNBOLD}"


def italic(text: str) -> str:
    """Slanted text for a figure."""
    return f"{_ITALIC}{text}{_UPRIGHT}"


def side(text: str) -> str:
    """What stands in the box beside a hover text, at the end of its template."""
    return f"{_SIDE}{in_template(text)}{_UNSIDE}"


def in_template(text: str) -> str:
    """Text for a hover template, in which nothing is filled in: ``%{`` loses its meaning."""
    return text.replace("%{", "%\u2060{")


def plain_figure(figure: Figure) -> Figure:
    """The figure with every text escaped, in place; markup that the drawing meant stays."""
    for part in (*figure.data, figure.layout):
        said = part.to_plotly_json()
        shown = {key: _shown(value, key) for key, value in said.items()}
        changed = {key: value for key, value in shown.items() if value is not said[key]}
        if changed:
            part.update(changed, overwrite=True)
    return figure


def _shown(value: object, key: str) -> object:
    """A part of a figure with its texts escaped; the same object where nothing changes."""
    if isinstance(value, str):
        escaped = value.translate(_TAGS)
        if not key.endswith(_TEMPLATES):
            escaped = escaped.replace("$", "&#36;")  # no formula is set where MathJax is loaded
        return value if escaped == value else escaped
    if isinstance(value, dict):
        members = {name: _shown(part, name) for name, part in value.items()}
        return members if any(members[name] is not value[name] for name in value) else value
    if isinstance(value, (list, tuple)):
        parts = [_shown(part, key) for part in value]
        changed = any(a is not b for a, b in zip(parts, value, strict=True))
        return type(value)(parts) if changed else value
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
        cells = value.tolist()
        texts = [_shown(cell, key) for cell in cells]
        return texts if any(a != b for a, b in zip(texts, cells, strict=True)) else value
    return value
