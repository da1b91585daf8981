"""Charts of what moved a metric: the parts of a change, and those of an unusual row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.causal.attribution.anomaly import AnomalyTrace
from causalrec.causal.attribution.change import ChangeAttribution, said_of
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.core.words.numbers import written
from causalrec.plots.theme import Look, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Row = dict[Any, Any]
"""Of a table."""

__all__ = ["anomaly", "change"]


@drawing.register(ChangeAttribution)
def change(result: ChangeAttribution, lang: str = "en", *, dark: bool = False) -> Figure:
    """A bar with its interval for each mechanism, the largest part on top; the whole change below.

    Args:
        result: the change and its parts.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    rows: list[Row] = [{**row, "clear": _clear(row)} for row in result.rows.to_dict("records")]
    if result.value is not None:
        total = {"value": result.value, "low": result.low, "high": result.high, "total": True}
        rows.append(total)
    scale, unit = result.measure.axis(lang)
    title = Text("causal.axis_change").to(lang)
    figure = _bars(rows, scale, Look(lang, dark))
    return figure.update_xaxes(title_text=title + (f" ({unit})" if unit else ""))


@drawing.register(AnomalyTrace)
def anomaly(result: AnomalyTrace, lang: str = "en", *, dark: bool = False) -> Figure:
    """A bar for what each mechanism adds to how far a row is off, unusual ones in colour.

    Args:
        result: the row's parts.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    rows = [{**row, "clear": row["unusual"]} for row in result.rows.to_dict("records")]
    figure = _bars(rows, 1.0, Look(lang, dark))
    title = Text("causal.axis_anomaly", metric=result.metric).to(lang)
    return figure.update_xaxes(title_text=title)


def _clear(row: Row) -> bool:
    """Whether a part's interval lies on one side of 0."""
    return bool(not pd.isna(row.get("low")) and (row["low"] > 0 or row["high"] < 0))


def _bars(rows: list[Row], scale: float, look: Look) -> Figure:
    """Bars from 0, the first row on top."""
    colours = palette(look.dark)
    figure = new_figure(look.dark, look.lang, height=120 + 38 * len(rows))
    names = [_name(row, look.lang) for row in rows]
    for name, row in zip(names, rows, strict=True):
        value = scale * float(row["value"])
        said = written(f"{value:+,.4g}")
        error = {}
        if not pd.isna(row.get("low")):
            low, high = scale * float(row["low"]), scale * float(row["high"])
            error = {"array": [high - value], "arrayminus": [value - low], "thickness": 2}
            said += written(f" ({low:+,.4g} – {high:+,.4g})")
        colour = colours.after if row.get("clear") else colours.unsure
        figure.add_bar(
            x=[value], y=[name], orientation="h", showlegend=False, width=0.55,
            marker={"color": colours.text if row.get("total") else colour},
            error_x={**error, "color": colours.muted}, hovertemplate=said + UNNAMED,
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    return figure.update_yaxes(categoryorder="array", categoryarray=names[::-1])


def _name(row: Row, lang: str) -> str:
    """A mechanism in words, or the whole."""
    if row.get("total"):
        return Text("causal.change_total").to(lang)
    return said_of(str(row["mechanism"]), str(row["given"])).to(lang)
