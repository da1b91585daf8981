"""Metrics of a run as they come: small lines side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from causalrec.core.results.result import drawing
from causalrec.core.words import Text, table
from causalrec.plots.theme import DASHES, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["lines"]


@drawing.register(pd.DataFrame)
def lines(
    frame: pd.DataFrame, lang: str = "en", *, dark: bool = False, height: int = 220
) -> Figure:
    """Each column of a table of metrics as a line over its steps, one small panel a metric.

    Args:
        frame: shape (steps, metrics), the index is the step.
        lang: language of the labels.
        dark: for a dark page.
        height: pixels.
    """
    figure = new_figure(dark, lang, height=height)
    colours = palette(dark).series
    names = list(frame.columns)[: len(colours)]
    width = 1.0 / max(len(names), 1)
    for at, name in enumerate(names):
        axis = "" if at == 0 else str(at + 1)
        values = frame[name].dropna()
        figure.add_scatter(
            x=values.index,
            y=values,
            mode="lines+markers" if len(values) < 30 else "lines",
            name=_label(name, lang),
            line={"color": colours[at], "dash": DASHES[at], "width": 2},
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
        )
        _panel(figure, at, axis, (at * width, (at + 1) * width - 0.06 * (at < len(names) - 1)))
        figure.layout[f"yaxis{axis}"].title.text = _label(name, lang)
        figure.layout[f"xaxis{axis}"].title.text = Text("ui.chart_step").to(lang)
    return figure.update_layout(showlegend=False, margin={"t": 12})


def _panel(figure: Figure, at: int, axis: str, domain: tuple[float, float]) -> None:
    if at:
        figure.layout[f"xaxis{axis}"] = figure.layout.xaxis
        figure.layout[f"yaxis{axis}"] = figure.layout.yaxis
        figure.layout[f"yaxis{axis}"].anchor = f"x{axis}"
    figure.layout[f"xaxis{axis}"].domain = domain


def _label(name: object, lang: str) -> str:
    return table(lang).get(f"ui.metric_{name}", str(name).replace("_", " "))
