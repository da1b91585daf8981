"""Charts of a search: how the best came about, which parameter matters, all trials side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import LINE, UNNAMED
from causalrec.core.words import Text
from causalrec.plots.theme import MARKERS, Look, new_figure, palette
from causalrec.recsys.tuning.search_result import SearchResult
from causalrec.recsys.tuning.search_space import Dimension

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["search"]

_STATES = ("complete", "pruned", "failed", "stopped")
_TICKS = 4


@drawing.register(SearchResult)
def search(
    result: SearchResult,
    lang: str = "en",
    *,
    dark: bool = False,
    kind: str = "history",
    height: int | None = None,
) -> Figure:
    """A search; ``kind``: "history" (by trial), "importance", or "parallel" coordinates."""
    drawn = {"history": _history, "importance": _importance, "parallel": _parallel}
    return drawn[kind](result, Look(lang, dark), height)


def _history(result: SearchResult, look: Look, height: int | None) -> Figure:
    """Each trial's value by state, and the best so far as steps."""
    lang, dark = look
    figure, colours = new_figure(dark, lang, height=height or 340), palette(dark)
    trials = result.trials
    for state, symbol in zip(_STATES, MARKERS, strict=True):
        rows = trials[(trials["state"] == state) & trials["value"].notna()]
        if len(rows):
            figure.add_scatter(
                x=rows["number"],
                y=rows["value"],
                mode="markers",
                name=Text(f"search.state_{state}").to(lang),
                marker={
                    "symbol": symbol,
                    "size": 9,
                    "color": colours.after if state == "complete" else colours.unsure,
                },
                customdata=[_values(row, result.space) for row in rows.to_dict("records")],
                hovertemplate="%{y:.4f}" + LINE + "%{customdata}" + UNNAMED,
            )
    top = trials["value"].where(trials["state"] == "complete").cummax().ffill()
    figure.add_scatter(
        x=trials["number"],
        y=top,
        mode="lines",
        line={"shape": "hv", "color": colours.good, "width": 2},
        name=Text("search.best_so_far").to(lang),
        hoverinfo="skip",
    )
    figure.update_xaxes(title_text=Text("search.axis_trial").to(lang))
    return figure.update_yaxes(title_text=Text("search.axis_ndcg").to(lang))


def _importance(result: SearchResult, look: Look, height: int | None) -> Figure:
    lang, dark = look
    rows = result.importance.iloc[::-1]
    figure = new_figure(dark, lang, height=height or 90 + 40 * len(rows))
    figure.add_bar(
        x=rows["importance"],
        y=rows["param"],
        orientation="h",
        marker={"color": palette(dark).after},
        text=[f"{share:.0%}" for share in rows["importance"]],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_yaxes(showgrid=False)
    return figure.update_xaxes(
        title_text=Text("search.axis_importance").to(lang), range=[0, 1.12], tickformat=".0%"
    )


def _parallel(result: SearchResult, look: Look, height: int | None) -> Figure:
    """A line a complete trial through its values to its NDCG; lines can be filtered by dragging."""
    lang, dark = look
    figure, colours = new_figure(dark, lang, height=height or 380), palette(dark)
    rows = result.trials[result.trials["state"] == "complete"]
    axes = [_axis(dimension, rows[f"param_{dimension.name}"]) for dimension in result.space]
    axes.append({"label": Text("search.axis_ndcg").to(lang), "values": rows["value"]})
    figure.add_parcoords(
        dimensions=axes,
        line={
            "color": rows["value"],
            "colorscale": [[0.0, colours.border], [1.0, colours.after]],
            "showscale": False,
        },
        labelfont={"color": colours.text, "size": 13},
        tickfont={"color": colours.muted},
        rangefont={"color": colours.muted},
    )
    return figure.update_layout(margin={"l": 60, "r": 90, "t": 60, "b": 20})


def _axis(dimension: Dimension, values: pd.Series) -> dict[str, Any]:
    """One axis: choices by their place, wide ranges by their logarithm."""
    if dimension.kind == "choice":
        places = list(range(len(dimension.choices)))
        at = [dimension.choices.index(value) for value in values]
        words = [str(choice) for choice in dimension.choices]
        return {"label": dimension.name, "values": at, "tickvals": places, "ticktext": words}
    if not dimension.log:
        return {"label": dimension.name, "values": values}
    assert dimension.low is not None
    assert dimension.high is not None
    ends = (math.log10(dimension.low), math.log10(dimension.high))
    ticks = np.linspace(*ends, _TICKS)
    return {
        "label": dimension.name,
        "values": np.log10(values.astype(float)),
        "range": list(ends),
        "tickvals": list(ticks),
        "ticktext": [f"{10**tick:.3g}" for tick in ticks],
    }


def _values(row: dict[Any, Any], space: tuple[Dimension, ...]) -> str:
    shown = []
    for dimension in space:
        value = row[f"param_{dimension.name}"]
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        shown.append(f"{dimension.name} = {text}")
    return LINE.join(shown)
