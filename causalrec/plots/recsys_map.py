"""Models as points: how well they rank against how far they reach, coloured by popularity bias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.plots.recsys_rows import axis_of, short
from causalrec.plots.theme import new_figure, palette
from causalrec.recsys.leaderboard import Leaderboard

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["trade_off"]


def trade_off(
    result: Leaderboard, k: int, look: tuple[str, bool], options: dict[str, Any]
) -> Figure:
    """A point a model. Options: ``metric`` (across), ``against`` (up), ``colour``, ``height``.

    ``against`` may also be a number a model, ``{name: value}``, with its ``title``; these stand
    on a logarithmic axis (seconds, memory).
    """
    lang, dark = look
    metric, colour = str(options.get("metric", "ndcg")), str(options.get("colour", "novelty"))
    against = options.get("against", "coverage")
    points = result.at(metric, k).set_index("name")
    costs = isinstance(against, dict)
    up = pd.Series(against, dtype=float) if costs else result.at(against, k).set_index("name")
    points["up"] = up if costs else up["value"]
    points["shade"] = result.at(colour, k).set_index("name")["value"]
    points = points.dropna(subset=["value", "up"]).sort_values("value")
    figure = new_figure(dark, lang, height=options.get("height", 380))
    _points(figure, points, (axis_of(colour, k, lang), dark))
    figure.update_layout(showlegend=False, margin={"t": 24, "r": 24})
    figure.update_xaxes(title_text=axis_of(metric, k, lang), **_wide(points["value"]))
    title = str(options.get("title")) if costs else axis_of(str(against), k, lang)
    return figure.update_yaxes(title_text=title, **({"type": "log"} if costs else {}))


def _points(figure: Figure, points: pd.DataFrame, look: tuple[str, bool]) -> None:
    title, dark = look
    colours = palette(dark)
    told = points[["value", "low", "high", "up", "shade"]].to_numpy(dtype=float)
    figure.add_scatter(
        x=points["value"],
        y=points["up"],
        mode="markers+text",
        text=[short(str(name)) for name in points.index],
        textposition=_places(points),
        textfont={"size": 12},
        error_x={
            "type": "data",
            "array": points["high"] - points["value"],
            "arrayminus": points["value"] - points["low"],
            "color": colours.border,
            "thickness": 2,
            "width": 0,
        },
        marker={
            "size": 15,
            "color": points["shade"],
            "colorscale": [[0.0, colours.series[1]], [1.0, colours.series[0]]],
            "line": {"color": colours.text, "width": 1},
            "showscale": bool(points["shade"].notna().any()),
            "colorbar": {
                "title": {"text": title, "side": "right", "font": {"size": 12}},
                "thickness": 10,
                "outlinewidth": 0,
                "len": 0.9,
            },
        },
        customdata=told,
        hovertemplate="%{text}<br>%{x:.4f} (%{customdata[1]:.4f} – %{customdata[2]:.4f})"
        "<br>%{y:.4g}<br>" + title + " %{customdata[4]:.3g}<extra></extra>",
        cliponaxis=False,
    )


def _places(points: pd.DataFrame) -> list[str]:
    """Where each label stands: above and below by turns along the height, inwards at the sides."""
    span = float(np.ptp(points["value"])) or 1.0
    across = (points["value"] - points["value"].min()) / span
    turns = points["up"].rank(method="first").astype(int) % 2
    side = np.select([across < 0.15, across > 0.85], ["right", "left"], "center")
    return [
        f"{'top' if turn else 'bottom'} {where}" for turn, where in zip(turns, side, strict=True)
    ]


def _wide(values: pd.Series) -> dict[str, Any]:
    """Room for labels on both sides."""
    if values.empty:
        return {}
    room = 0.12 * (float(np.ptp(values)) or 0.1)
    return {"range": [float(values.min()) - room, float(values.max()) + room]}
