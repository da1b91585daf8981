"""Rows of figures: a point, its interval and its value, one row a model or metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from causalrec.core.untrusted.markup import UNNAMED
from causalrec.plots.theme import Look, new_figure, palette
from causalrec.recsys.metrics import METRICS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["axis_of", "changes", "dots", "figures", "height_of", "short"]

_MANY = 8
"""From so many rows on they are drawn closer, with the value beside the point."""


def figures(
    rows: pd.DataFrame, base: str, metric: str, look: Look, *, title: str, height: int | None = None
) -> Figure:
    """One metric of several models with intervals; the base in grey."""
    lang, dark = look
    colours = palette(dark)
    shades = [colours.before if name == base else colours.after for name in rows["name"]]
    figure = new_figure(dark, lang, height=height or height_of(len(rows)))
    form = "{:.2f}" if METRICS[metric].kind == "bits" else "{:.4f}"
    written = [form.format(value) for value in rows["value"]]
    dots(figure, rows, list(rows["name"]), shades=shades, written=written)
    return figure.update_xaxes(title_text=title)


def changes(
    rows: pd.DataFrame, metric: str, look: Look, *, title: str, height: int | None = None
) -> Figure:
    """Differences with intervals: judged by their verdict where that is plain, else neutral.

    ``metric``: of all rows; "" where each row names its own.
    """
    lang, dark = look
    figure = new_figure(dark, lang, height=height or height_of(len(rows)))
    colours = palette(dark)
    shades, labels = [], []
    for row in rows.to_dict("records"):
        verdict, about, shade = row["verdict"], METRICS[metric or row["metric"]], colours.after
        if verdict == "unclear":
            shade = colours.unsure
        elif about.plain:
            shade = colours.good if (verdict == "higher") == (about.good > 0) else colours.bad
        arrow = {"higher": "▲ ", "lower": "▼ "}.get(verdict, "")
        shades.append(shade)
        labels.append(f"{arrow}{row['value']:+.4f}")
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1, "dash": "dot"})
    dots(figure, rows, list(rows["name"]), shades=shades, written=labels)
    return figure.update_xaxes(title_text=title)


def dots(
    figure: Figure,
    rows: pd.DataFrame,
    names: Sequence[str],
    *,
    shades: Sequence[str],
    written: Sequence[str],
) -> None:
    """One point a row with its interval, in its colour, and its written value."""
    close = len(rows) >= _MANY
    for place, row in enumerate(rows.to_dict("records")):
        value, low, high = (row[name] for name in ("value", "low", "high"))
        figure.add_scatter(
            x=[value],
            y=[short(names[place])],
            mode="markers+text",
            text=[written[place]],
            textposition="top center",
            textfont={"size": 11 if close else 13},
            marker={"color": shades[place], "size": 9 if close else 11},
            error_x={
                "type": "data",
                "array": [high - value],
                "arrayminus": [value - low],
                "color": shades[place],
                "thickness": 2,
                "width": 4 if close else 6,
            },
            hovertemplate=f"{written[place]} ({low:.4f} – {high:.4f}), n = {int(row['n']):,}"
            + UNNAMED,
        )
    figure.update_layout(showlegend=False, margin={"t": 4})
    figure.update_yaxes(range=[-0.6, len(rows) - 0.4], showgrid=False)


def height_of(rows: int) -> int:
    """Pixels of a chart with so many rows."""
    return 70 + (34 if rows >= _MANY else 48) * rows


def axis_of(metric: str, k: int, lang: str) -> str:
    """A metric's name with its list length."""
    name = METRICS[metric].word().to(lang)
    return name if METRICS[metric].whole else f"{name} @{k}"


def short(name: str) -> str:
    """A name as plain text for an axis (plotly reads a few HTML tags)."""
    plain = name.replace("<", "‹").replace(">", "›")
    return plain if len(plain) <= 34 else f"{plain[:33]}…"
