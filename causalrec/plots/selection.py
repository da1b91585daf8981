"""The chart of a selection: what the log shows, and what each method says of all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from causalrec.causal.selection.selection_bias import SelectionBias
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text, worded
from causalrec.core.words.numbers import written
from causalrec.plots.theme import new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["selection"]


@drawing.register(SelectionBias)
def selection(result: SelectionBias, lang: str = "en", *, dark: bool = False) -> Figure:
    """A dot with its interval for each method, a line for a range; the log's mean is a line down.

    Args:
        result: the bias.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
    """
    colours = palette(dark)
    rows = result.rows.to_dict("records")
    scale, unit = result.measure.axis(lang)
    figure = new_figure(dark, lang, height=130 + 38 * len(rows))
    names = [_name(str(row["method"]), lang) for row in rows]
    for name, row in zip(names, rows, strict=True):
        low, high = scale * float(row["low"]), scale * float(row["high"])
        range_ = pd.isna(row["population"])
        value = (low + high) / 2 if range_ else scale * float(row["population"])
        said = "" if range_ else written(f"{value:,.4g} ")
        colour = colours.after if row["method"] == result.method else colours.unsure
        figure.add_scatter(
            x=[value],
            y=[name],
            mode="markers",
            error_x={
                "array": [high - value], "arrayminus": [value - low],
                "thickness": 6 if range_ else 2, "width": 0 if range_ else 4, "color": colour,
            },
            marker={"size": 0.1 if range_ else 10, "color": colour},
            hovertemplate=said + written(f"({low:,.4g} – {high:,.4g})") + UNNAMED,
            showlegend=False,
        )  # fmt: skip
    if result.observed is not None:
        at = scale * result.observed
        figure.add_vline(x=at, line={"color": colours.bad, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=at, y=1.0, yref="paper", yanchor="bottom", showarrow=False,
            text=Text("causal.axis_selection_observed").to(lang),
            font={"size": 11, "color": colours.bad},
        )  # fmt: skip
    unit = "%" if result.outcome_kind == "share" else unit
    title = Text("causal.axis_selection").to(lang)
    figure.update_xaxes(title_text=title + (f" ({unit})" if unit else ""))
    return figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.6, len(rows) - 0.4]
    )


def _name(method: str, lang: str) -> str:
    """A method as people call it."""
    word = worded("causal.selection_", method)
    return word.to(lang) if isinstance(word, Text) else word
