"""Charts of a comparison: before against after, the forecasts side by side, and by segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from causalrec.core.results.result import drawing
from causalrec.core.untrusted.markup import LINE, UNNAMED, bold, in_template, italic
from causalrec.core.words import Text
from causalrec.plots.theme import Palette, band, new_figure, palette
from causalrec.reports.comparison_rows import Row, axis_title, forest_rows, main_rows, segment_rows
from causalrec.whatif.changes.comparison import Comparison

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["comparison_chart"]

_ROW, _FRAME, _LEAST = 66, 76, 170
"""Pixels: of a row with its words above the bar, so that a narrow page keeps its width for the
bars; of what stands around the rows; and the least height."""
_ROOM = 0.04
"""Share of the span that is left free on either side."""


@drawing.register(Comparison)
def comparison_chart(
    comparison: Comparison,
    lang: str = "en",
    *,
    dark: bool = False,
    kind: str = "dumbbell",
    metric: str | None = None,
    truth: Mapping[str, float] | None = None,
) -> Figure:
    """A comparison as a chart.

    Args:
        comparison: the comparison.
        lang: language of the labels.
        dark: for a dark page.
        kind: "dumbbell", "forest" or "segments".
        metric: of the last two; the goal where none is named.
        truth: the true change where it is known, by metric.
    """
    metric, truth = metric or comparison.goal, truth or {}
    if kind == "dumbbell":
        rows = main_rows(comparison, lang)
        truths = [_true_share(comparison, one.metric, truth) for one in comparison.main]
        return _draw(rows, truths, lang, dark=dark, title=None)
    rows = (forest_rows if kind == "forest" else segment_rows)(comparison, metric, lang)
    scale = comparison.of(metric)[0].axis()[0] if comparison.of(metric) else 1.0
    true = scale * truth[metric] if metric in truth else None
    truths = [true if kind == "forest" or at == 0 else None for at in range(len(rows))]
    return _draw(rows, truths, lang, dark=dark, title=axis_title(comparison, metric, lang))


def _true_share(comparison: Comparison, metric: str, truth: Mapping[str, float]) -> float | None:
    before = next(one.before.value for one in comparison.main if one.metric == metric)
    return truth[metric] / abs(before) if metric in truth and before else None


def _draw(
    rows: list[Row], truths: list[float | None], lang: str, *, dark: bool, title: str | None
) -> Figure:
    """Rows from top to bottom; without a title the axis is the share of before.

    A row without an answer is drawn only where no row has one: what a log cannot tell is said
    once beside the chart.
    """
    answering = [
        (row, true) for row, true in zip(rows, truths, strict=True) if row.value is not None
    ]
    if answering:
        rows, truths = [row for row, _ in answering], [true for _, true in answering]
    shares = title is None
    colours = palette(dark)
    figure = new_figure(dark, lang, height=max(_LEAST, _FRAME + _ROW * len(rows)))
    for at, row in enumerate(rows):
        place = len(rows) - 1 - at
        if row.value is None:
            _refusal(figure, row, place, colours, lang=lang)
        else:
            _interval(figure, row, place, colours)
            _points(figure, row, place, colours, shares=shares)
    _truth(figure, truths, colours, lang)
    _axes(figure, rows, colours, lang=lang, title=title)
    return figure


def _colour(row: Row, colours: Palette) -> str:
    return colours.after if row.trend in {"better", "worse"} else colours.unsure


def _judged(row: Row, colours: Palette) -> str:
    return {"better": colours.good, "worse": colours.bad}.get(row.trend, colours.unsure)


def _interval(figure: Figure, row: Row, place: int, colours: Palette) -> None:
    """A band in the hue of the after, then the line from before to after."""
    colour = _colour(row, colours)
    if row.low is not None and row.high is not None:
        figure.add_scatter(
            x=[row.low, row.high],
            y=[place, place],
            mode="lines",
            line={"color": band(colour), "width": 18},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.add_scatter(
        x=[0, row.value],
        y=[place, place],
        mode="lines",
        line={"color": colours.before, "width": 2, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )


def _points(figure: Figure, row: Row, place: int, colours: Palette, *, shares: bool) -> None:
    lines = (
        bold(in_template(row.label)),
        f"{row.before} → {row.after}",
        f"{row.change} ({row.interval})",
        f"{in_template(row.note)} · n = {row.n:,}{UNNAMED}",
    )
    hover = LINE.join(lines)
    if shares:
        figure.add_scatter(
            x=[0],
            y=[place],
            mode="markers",
            marker={
                "color": colours.background,
                "size": 12,
                "line": {"color": colours.before, "width": 2},
            },
            hovertemplate=hover,
            showlegend=False,
        )
    figure.add_scatter(
        x=[row.value],
        y=[place],
        mode="markers",
        marker={"color": _colour(row, colours), "size": 13, "symbol": "circle"},
        hovertemplate=hover,
        showlegend=False,
    )
    said = bold(f"{row.arrow} {row.change}") + f"  {row.before} → {row.after}"
    _words(figure, row, place, said, colour=_judged(row, colours))


def _words(figure: Figure, row: Row, place: int, said: str, *, colour: str) -> None:
    """The row's name and what is said of it, above its bar."""
    for text, shift, look in ((row.label, 27, {"size": 13}), (said, 11, {"size": 12})):
        figure.add_annotation(
            x=0,
            xref="paper",
            y=place,
            xanchor="left",
            yanchor="bottom",
            yshift=shift,
            showarrow=False,
            align="left",
            text=text,
            font=look if text == row.label else {**look, "color": colour},
        )


def _refusal(figure: Figure, row: Row, place: int, colours: Palette, *, lang: str) -> None:
    said = italic(Text("compare.cannot_tell").to(lang))
    _words(figure, row, place, said, colour=colours.muted)


def _truth(figure: Figure, truths: list[float | None], colours: Palette, lang: str) -> None:
    marks = [(v, len(truths) - 1 - at) for at, v in enumerate(truths) if v is not None]
    if marks:
        figure.add_scatter(
            x=[v for v, _ in marks],
            y=[place for _, place in marks],
            mode="markers",
            name=Text("compare.truth").to(lang),
            marker={
                "color": colours.series[1],
                "symbol": "line-ns-open",
                "size": 24,
                "line": {"width": 3, "color": colours.series[1]},
            },
            hovertemplate="%{x:.4g}" + UNNAMED,
            showlegend=True,
        )


def _axes(
    figure: Figure, rows: list[Row], colours: Palette, *, lang: str, title: str | None
) -> None:
    places = list(range(len(rows) - 1, -1, -1))
    figure.add_vline(x=0, line={"color": colours.before, "width": 1, "dash": "dot"}, layer="below")
    figure.update_yaxes(
        tickvals=places,
        ticktext=[row.label for row in rows],
        showticklabels=False,
        range=[-0.4, len(rows) - 0.15],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_xaxes(
        title={"text": title or Text("compare.axis_share").to(lang)},
        tickformat=".0%" if title is None else "~g",
        zeroline=False,
        nticks=5,
        fixedrange=True,
    )
    if all(row.value is None for row in rows):
        figure.update_xaxes(range=[-1, 1], showticklabels=False)
    else:
        ends = [float(end) for trace in figure.data for end in trace.x]
        room = _ROOM * (max(ends) - min(ends) or 1.0)
        figure.update_xaxes(range=[min(ends) - room, max(ends) + room])
    figure.update_layout(margin={"r": 24, "t": 12})
