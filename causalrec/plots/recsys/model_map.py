"""Models as points: how well they rank against how far they reach, coloured by popularity bias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.core.untrusted.markup import LINE, UNNAMED, in_template
from causalrec.plots.recsys.board_options import BoardOptions
from causalrec.plots.recsys.rows import axis_of, short
from causalrec.plots.theme import Look, new_figure, palette
from causalrec.recsys.evaluation.leaderboard import Leaderboard

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["trade_off"]

_PLACES = tuple(
    f"{upright} {side}"
    for upright, side in (
        ("top", "center"),
        ("bottom", "center"),
        ("middle", "left"),
        ("middle", "right"),
        ("top", "left"),
        ("bottom", "right"),
    )
)


def trade_off(result: Leaderboard, look: Look, options: BoardOptions) -> Figure:
    """A point a model. Options: ``metric`` (across), ``against`` (up), ``colour``, ``height``.

    ``against`` may also be a number a model, ``{name: value}``, with its ``title``; these stand
    on a logarithmic axis (seconds, memory).
    """
    lang, dark = look
    metric, k, against = options["metric"], options["k"], options["against"]
    colour = options.get("colour", result.shade)
    points = result.at(metric, k).set_index("name")
    costs = not isinstance(against, str)
    if isinstance(against, str):
        points["up"] = result.at(against, k).set_index("name")["value"]
    else:
        points["up"] = pd.Series(dict(against), dtype=float)
    points["shade"] = result.at(colour, k).set_index("name")["value"]
    points = points.dropna(subset=["value", "up"]).sort_values("value")
    figure = new_figure(dark, lang, height=options.get("height", 380))
    _points(figure, points, axis_of(colour, k, lang), dark=dark)
    figure.update_layout(showlegend=False, margin={"t": 24, "r": 24})
    figure.update_xaxes(title_text=axis_of(metric, k, lang), **_wide(points["value"]))
    title = str(options.get("title")) if costs else axis_of(str(against), k, lang)
    return figure.update_yaxes(title_text=title, **({"type": "log"} if costs else {}))


def _points(figure: Figure, points: pd.DataFrame, title: str, *, dark: bool) -> None:
    colours = palette(dark)
    figures = points[["value", "low", "high", "up", "shade"]].to_numpy(dtype=float)
    texts, places = _labelled(points)
    figure.add_scatter(
        x=points["value"],
        y=points["up"],
        mode="markers+text",
        text=texts,
        hovertext=[short(str(name)) for name in points.index],
        textposition=places,
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
        customdata=figures,
        hovertemplate=LINE.join(
            (
                "%{hovertext}",
                "%{x:.4f} (%{customdata[1]:.4f} – %{customdata[2]:.4f})",
                "%{y:.4g}",
                in_template(title) + " %{customdata[4]:.3g}" + UNNAMED,
            )
        ),
        cliponaxis=False,
    )


def _labelled(points: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Labels and where each stands; one without room is left to the pointer, the best come first.

    Widths are taken for a chart of about 480 by 330 pixels.
    """
    across, up = (_spread(points[name]) for name in ("value", "up"))
    taken = [(x - 9, y - 9, x + 9, y + 9) for x, y in zip(across * 400, up * 300, strict=True)]
    texts, places = [""] * len(points), ["top center"] * len(points)
    for at in reversed(range(len(points))):
        text = short(str(points.index[at]))
        for place in _PLACES:
            box = _box(across[at] * 400, up[at] * 300, 6.5 * len(text), place)
            others = taken[:at] + taken[at + 1 :]
            if all(_apart(box, other) for other in others):
                texts[at], places[at] = text, place
                taken.append(box)
                break
    return texts, places


def _spread(values: pd.Series) -> np.ndarray:
    numbers = values.to_numpy(dtype=float)
    return np.asarray((numbers - numbers.min()) / (float(np.ptp(numbers)) or 1.0))


def _box(x: float, y: float, wide: float, place: str) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a label beside a point."""
    upright, _, side = place.partition(" ")
    left = {"left": x - 10 - wide, "center": x - wide / 2, "right": x + 10}[side]
    bottom = {"top": y + 9, "middle": y - 8, "bottom": y - 25}[upright]
    return left, bottom, left + wide, bottom + 16


def _apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    beside = one[2] < other[0] or other[2] < one[0]
    return beside or one[3] < other[1] or other[3] < one[1]


def _wide(values: pd.Series) -> dict[str, Any]:
    """Room for labels on both sides."""
    if values.empty:
        return {}
    room = 0.16 * (float(np.ptp(values)) or 0.1)
    return {"range": [float(values.min()) - room, float(values.max()) + room]}
