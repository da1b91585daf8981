"""An answer's chart: its interval beside zero, and nothing else to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.results.answer import Answer
from causalrec.core.results.answering import trend_of
from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text
from causalrec.plots.theme import band, new_figure, palette

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["answer"]

_HEIGHT = 130
_TRUTH_TOP = 0.35
"""Where the line of the truth ends: below the number."""
_ROOM = 0.12
"""Share of the span that is left free on either side."""


@drawing.register(Answer)
def answer(
    result: Answer, lang: str = "en", *, dark: bool = False, truth: float | None = None
) -> Figure:
    """The interval of an answer with its best guess and the zero line; empty where it refuses.

    Args:
        result: the answer.
        lang: language of the words.
        dark: whether it is drawn on a dark ground.
        truth: the true change where it is known, before `Answer.scale`.
    """
    colours = palette(dark)
    figure = new_figure(dark, lang, height=_HEIGHT)
    key = "compare.axis_change_unit" if result.unit else "compare.axis_change_of"
    title = Text(key, metric=result.said, unit=result.unit).to(lang)
    figure.update_xaxes(title_text=title, zeroline=False)
    figure.update_yaxes(visible=False, range=[-1, 1])
    figure.update_layout(showlegend=False, margin={"t": 8})
    figure.add_vline(x=0, line={"color": colours.muted, "width": 2})
    if result.refused or result.value is None or result.low is None or result.high is None:
        figure.add_annotation(
            text=Text("compare.cannot_tell").to(lang), x=0, y=0.4, showarrow=False, xshift=60
        )
        return figure.update_xaxes(showticklabels=False, range=[-1, 1])
    value, low, high = (result.scale * end for end in (result.value, result.low, result.high))
    kinds = {"better": colours.good, "worse": colours.bad}
    shade = kinds.get(trend_of(result, result.good), colours.unsure)
    hover = "" if result.change is None else result.change.to(lang)
    figure.add_scatter(
        x=[low, high], y=[0, 0], mode="lines", line={"color": band(shade, 0.45), "width": 12},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[value],
        y=[0],
        mode="markers+text",
        text=[hover],
        textposition="top center",
        cliponaxis=False,
        marker={"color": shade, "size": 13},
        hovertemplate=f"%{{text}}{UNNAMED}",
    )
    ends = [0.0, value, low, high]
    if truth is not None:
        ends.append(result.scale * truth)
        line = {"color": colours.series[2], "width": 2, "dash": "dash"}
        figure.add_shape(x0=ends[-1], x1=ends[-1], y0=-1, y1=_TRUTH_TOP, line=line)
    span = (max(ends) - min(ends)) or 1.0
    return figure.update_xaxes(range=[min(ends) - _ROOM * span, max(ends) + _ROOM * span])
