"""Charts of a ranking by effect: gains with their band, and effects by rank."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import LINE, UNNAMED
from causalrec.core.words import Text
from causalrec.core.words.conditions import people
from causalrec.core.words.numbers import written
from causalrec.plots.theme import Look, band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["uplift"]

MOST_COLUMNS = 4
"""Whose segments are drawn."""
WRAP, WRAP_ZH = 60, 32
"""Letters of a line of the sentence that stands in place of a chart."""


@drawing.register(Uplift)
def uplift(result: Uplift, lang: str = "en", *, dark: bool = False, show: str = "gains") -> Figure:
    """What treating users in the order of the ranking gains.

    Without evidence that the effect differs there is no chart: the sentence stands in its place.

    Args:
        result: the verdict.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        show: "gains" (the Qini curve), "effects" (among those treated: the uplift curve),
            "groups" (by fifth of the users) or "segments" (of the columns that it goes with).
    """
    look = Look(lang, dark)
    if not result.differs:
        return said(result.summary(lang), look)
    kinds = {"gains": _gains, "effects": _effects, "groups": _groups, "segments": _segments}
    return kinds[show](result, look)


def said(sentence: str, look: Look) -> Figure:
    """A sentence in place of a chart."""
    figure = new_figure(look.dark, look.lang, height=140)
    figure.add_annotation(
        text=LINE.join(textwrap.wrap(sentence, WRAP_ZH if look.lang == "zh" else WRAP)),
        x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False,
        font={"size": 14, "color": palette(look.dark).muted},
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    return figure.update_yaxes(visible=False)


def _scale(result: Uplift, look: Look, key: str) -> tuple[float, str]:
    """What amounts are multiplied by, and the title of their axis."""
    scale, unit = result.measure.axis(look.lang)
    title = Text(key).to(look.lang)
    return scale, f"{title} ({unit})" if unit else title


def _gains(result: Uplift, look: Look) -> Figure:
    scale, title = _scale(result, look, "causal.uplift_axis_gain")
    rows = result.curve
    figure = _curve(result, rows, ("low", "gain", "high"), look=look, scale=scale)
    colours = palette(look.dark)
    figure.add_scatter(
        x=rows["share"], y=scale * rows["random"], mode="lines",
        name=Text("causal.uplift_by_chance").to(look.lang),
        line={"color": colours.before, "width": 2, "dash": "dash"}, hoverinfo="skip",
    )  # fmt: skip
    return figure.update_yaxes(title_text=title)


def _effects(result: Uplift, look: Look) -> Figure:
    scale, title = _scale(result, look, "causal.uplift_axis_effect")
    rows = result.curve.dropna()
    ends = ("effect_low", "effect", "effect_high")
    figure = _curve(result, rows, ends, look=look, scale=scale)
    figure.add_hline(
        y=scale * float(rows["effect"].iloc[-1]),
        line={"color": palette(look.dark).before, "width": 2, "dash": "dash"},
    )
    return figure.update_yaxes(title_text=title)


def _curve(
    result: Uplift, rows: pd.DataFrame, ends: tuple[str, str, str], *, look: Look, scale: float
) -> Figure:
    """A line with its band over the share that is treated."""
    colours = palette(look.dark)
    figure = new_figure(look.dark, look.lang)
    low, value, high = (scale * rows[end].to_numpy(dtype=float) for end in ends)
    share = rows["share"].to_numpy(dtype=float)
    hidden = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=share, y=low, showlegend=False, **hidden)
    figure.add_scatter(
        x=share, y=high, fill="tonexty", fillcolor=band(colours.after),
        name=Text("causal.uplift_band", level=result.level).to(look.lang), **hidden,
    )  # fmt: skip
    figure.add_scatter(
        x=share, y=value, mode="lines", line={"color": colours.after, "width": 3},
        name=Text("causal.uplift_by_rank").to(look.lang),
        hovertemplate="%{x:.0%}: %{y:+.3g}" + UNNAMED,
    )  # fmt: skip
    return figure.update_xaxes(
        title_text=Text("causal.uplift_axis_share").to(look.lang), tickformat=".0%", range=[0, 1]
    )


def _groups(result: Uplift, look: Look) -> Figure:
    scale, title = _scale(result, look, "causal.uplift_axis_effect")
    colours = palette(look.dark)
    figure = new_figure(look.dark, look.lang, height=300)
    rows = result.groups
    low, value, high = (scale * rows[end].to_numpy(dtype=float) for end in ("low", "value", "high"))
    figure.add_scatter(
        x=[str(place) for place in rows["group"]], y=value, mode="markers+text",
        text=[written(f"{one:+.3g}") for one in value], textposition="middle right",
        cliponaxis=False,
        error_y={"array": high - value, "arrayminus": value - low, "thickness": 2},
        marker={"size": 11, "color": colours.after}, showlegend=False,
        hovertemplate="%{y:+.3g}" + UNNAMED,
    )  # fmt: skip
    average = result.effect.value
    if average is not None:
        figure.add_hline(y=scale * average, line={"color": colours.before, "dash": "dash"})
    figure.add_hline(y=0, line={"color": colours.muted, "width": 1})
    figure.update_xaxes(
        title_text=Text("causal.uplift_axis_group").to(look.lang), range=[-0.4, len(rows) - 0.2]
    )
    return figure.update_yaxes(title_text=title)


def _segments(result: Uplift, look: Look) -> Figure:
    """One dot with its interval a segment, columns in the order of the drivers."""
    scale, title = _scale(result, look, "causal.uplift_axis_effect")
    colours = palette(look.dark)
    first = list(result.drivers["column"])[:MOST_COLUMNS] if len(result.drivers) else []
    rows = [
        row
        for name in first
        for row in result.segments[result.segments["column"] == name].to_dict("records")
    ]
    names = [str(people(str(row["segment"])).to(look.lang)) for row in rows]
    figure = new_figure(look.dark, look.lang, height=110 + 34 * len(rows))
    for name, row in zip(names, rows, strict=True):
        value, low, high = (scale * float(row[end]) for end in ("value", "low", "high"))
        sure = float(row["p"]) < 1 - result.level
        figure.add_scatter(
            x=[value], y=[name], mode="markers", showlegend=False,
            error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2},
            marker={"size": 11, "color": colours.after if sure else colours.before,
                    "symbol": "circle" if sure else "circle-open"},
            hovertemplate=written(f"{value:+.4g} ({low:+.4g} – {high:+.4g})") + UNNAMED,
        )  # fmt: skip
    if result.effect.value is not None:
        line = {"color": colours.before, "dash": "dash"}
        figure.add_vline(x=scale * result.effect.value, line=line)
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.6, len(names) - 0.4]
    )
    return figure.update_xaxes(title_text=title)
