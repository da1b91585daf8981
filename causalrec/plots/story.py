"""Charts of a story, one a step, large enough to be read from the back of a room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from causalrec.core.results.decision import Decision
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, drawing
from causalrec.core.untrusted.markup import UNNAMED
from causalrec.core.words import Text, render
from causalrec.core.words.numbers import written
from causalrec.plots.theme import Look, Palette, band, new_figure, palette
from causalrec.reports.story_answer import Adjusted, Groups
from causalrec.reports.story_question import Question, Trap
from causalrec.reports.story_whatif import Ahead

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["adjusted", "ahead", "groups", "question", "trap"]

_SIZE = 15
"""Points of the charts' letters."""
_ROW, _FOOT = 84, 96
"""Pixels of a row of intervals, and of the axis below."""
BROKEN = "\u26a0 "
"""Before a change that gains and still breaks a guardrail."""


@drawing.register(Question)
def question(result: Question, lang: str = "en", *, dark: bool = False) -> Figure:
    """Who bought day by day, the day of the treatment as a line."""
    colours, figure = palette(dark), _large(dark, lang, 340)
    daily = result.daily
    shares = 100 * daily["share"]
    figure.add_scatter(
        x=daily["day"],
        y=shares,
        mode="lines",
        line={"color": colours.after, "width": 3, "shape": "spline", "smoothing": 0.6},
        fill="tozeroy",
        fillcolor=band(colours.after, 0.12),
        hovertemplate=f"%{{y:.2f}}{UNNAMED}",
        showlegend=False,
    )
    line = {"color": colours.series[1], "width": 2, "dash": "dash"}
    figure.add_vline(x=result.date, line=line)
    figure.add_annotation(
        x=result.date,
        y=1.0,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=Text("story.axis_given").to(lang),
        font={"color": colours.series[1], "size": _SIZE},
    )
    figure.update_xaxes(type="date", showgrid=False)
    return figure.update_yaxes(title_text=Text("story.axis_daily").to(lang), rangemode="tozero")


@drawing.register(Trap)
def trap(result: Trap, lang: str = "en", *, dark: bool = False) -> Figure:
    """Both groups before and since the treatment, the gap between them in words."""
    colours, figure = palette(dark), _large(dark, lang, 380)
    rows, measure = result.to_frame(), result.measure
    periods = [Text(f"story.period_{name}").to(lang) for name in rows["period"]]
    looks = (("treated", colours.series[1]), ("control", colours.before))
    for group, colour in looks:
        shares = measure.scale * rows[group]
        figure.add_bar(
            x=periods,
            y=shares,
            name=Text(f"story.group_{group}").to(lang),
            marker={"color": colour},
            text=[written(f"{share:.0f}%") for share in shares],
            textposition="outside",
            textfont={"size": _SIZE + 3},
            hovertemplate=f"%{{y:.1f}}%{UNNAMED}",
            cliponaxis=False,
        )
    for at, gap in zip(periods, (result.before, result.after), strict=True):
        shown = _change(measure, gap, lang)
        top = measure.scale * max(gap.treated, gap.control)
        figure.add_annotation(
            x=at, y=top, yshift=44, showarrow=False, text=shown,
            font={"size": _SIZE + 3, "color": colours.text, "weight": 600}, bgcolor=colours.panel,
            bordercolor=colours.border, borderpad=5,
        )  # fmt: skip
    highest = measure.scale * float(rows[["treated", "control"]].to_numpy().max())
    figure.update_yaxes(visible=False, range=[0, 1.35 * highest])
    figure.update_layout(barmode="group", bargap=0.45, bargroupgap=0.08)
    return figure.update_xaxes(tickfont={"size": _SIZE + 1}, showgrid=False)


class _Row(NamedTuple):
    """An interval of a chart: its label, its ends on the axis, what is written at it."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    colour: str
    truth: float | None = None


@drawing.register(Adjusted)
def adjusted(
    result: Adjusted, lang: str = "en", *, dark: bool = False, truth: bool = False
) -> Figure:
    """What one sees above what it is; the truth as a line through both.

    Args:
        result: the chapter.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        truth: whether the truth is shown.
    """
    colours, measure = palette(dark), result.effect.measure
    ways = ((result.seen, "seen", colours.series[1]), (result.effect, "adjusted", colours.after))
    rows = [
        _row(measure, one, Text(f"story.way_{way}").to(lang), colour=colour, lang=lang)
        for one, way, colour in ways
    ]
    figure = _intervals(rows, Look(lang, dark), _axis(measure, lang))
    if truth and result.truth is not None:
        at = measure.scale * result.truth
        line = {"color": colours.series[2], "width": 4, "dash": "dash"}
        figure.add_vline(x=at, line=line, layer="below")
        decimals = measure.decimals(result.effect)
        amount = measure.amount(result.truth, signed=True, decimals=decimals)
        figure.add_annotation(
            x=at, y=1.0, yref="paper", yanchor="bottom", showarrow=False,
            text=Text("story.truth_is", truth=amount).to(lang),
            font={"color": colours.series[2], "size": _SIZE + 2},
        )  # fmt: skip
    return figure


@drawing.register(Groups)
def groups(result: Groups, lang: str = "en", *, dark: bool = False, truth: bool = False) -> Figure:
    """Each group's interval, the largest effect on top; the true effects as diamonds.

    Args:
        result: the chapter.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        truth: whether the truth is shown.
    """
    colours, measure = palette(dark), result.measure
    everybody = Text("story.everybody").to(lang)
    rows = [_row(measure, result.everybody, everybody, colour=colours.before, lang=lang)]
    for one in result.each:
        name = str(render(one.name, lang))
        row = _row(measure, one, name, colour=colours.after, lang=lang)
        known = one.truth if truth else None
        rows.append(row._replace(truth=None if known is None else measure.scale * known))
    return _intervals(rows, Look(lang, dark), _axis(measure, lang))


@drawing.register(Ahead)
def ahead(result: Ahead, lang: str = "en", *, dark: bool = False, truth: bool = False) -> Figure:
    """Every idea's change as a share of what there is now, in the colour of its decision.

    Args:
        result: the chapter.
        lang: language of its words.
        dark: whether it is drawn on a dark ground.
        truth: whether the truth is shown.
    """
    colours = palette(dark)
    shades = _shades(colours)
    rows = []
    for one in result.ordered:
        ends = {end: one.share(end) for end in ("value", "low", "high", "truth")}
        ends = {end: None if value is None else 100 * value for end, value in ends.items()}
        text = Text("compare.cannot_tell").to(lang)
        if one.answer.change is not None:
            mark = BROKEN if one.answer.broken else ""
            text = f"{one.answer.decision_word.to(lang)} · {mark}{one.answer.change.to(lang)}"
        shown = ends.pop("truth") if truth else None
        rows.append(
            _Row(one.name.to(lang), ends["value"], ends["low"], ends["high"], text,
                 shades[one.answer.decision], shown)
        )  # fmt: skip
    title = Text("story.axis_share")
    if any(one.answer.broken for one in result.ordered):
        title = Text("story.axis_broken", title=title, mark=BROKEN.strip())
    return _intervals(rows, Look(lang, dark), title.to(lang))


def _shades(colours: Palette) -> dict[Decision, str]:
    return {
        "do it": colours.good,
        "test it first": colours.after,
        "don't": colours.bad,
        "cannot tell": colours.unsure,
    }


def _large(dark: bool, lang: str, height: int) -> Figure:
    figure = new_figure(dark, lang, height=height)
    figure.update_layout(font={"size": _SIZE}, margin={"t": 44, "r": 24})
    return figure


def _axis(measure: Measure, lang: str) -> str:
    key = "compare.axis_change_unit" if measure.unit_word else "compare.axis_change_of"
    return Text(key, metric=measure.said, unit=measure.unit_word).to(lang)


def _change(measure: Measure, one: Estimate, lang: str) -> str:
    decimals = measure.decimals(one)
    return str(render(measure.amount(one.value, signed=True, decimals=decimals), lang))


def _row(measure: Measure, one: Estimate, label: str, *, colour: str, lang: str) -> _Row:
    value, low, high = (
        None if end is None else measure.scale * end for end in (one.value, one.low, one.high)
    )
    return _Row(label, value, low, high, _change(measure, one, lang), colour)


def _intervals(rows: Sequence[_Row], look: Look, title: str) -> Figure:
    """A thick interval with its best guess a row, the first on top, its words above it."""
    lang, dark = look
    colours = palette(dark)
    figure = _large(dark, lang, _FOOT + _ROW * len(rows))
    figure.add_vline(x=0, line={"color": colours.muted, "width": 2}, layer="below")
    for at, row in enumerate(rows):
        _words(figure, at, row, colours)
        if row.value is None or row.low is None or row.high is None:
            continue
        figure.add_scatter(
            x=[row.low, row.high], y=[at, at], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": band(row.colour, 0.4), "width": 18},
        )  # fmt: skip
        figure.add_scatter(
            x=[row.value], y=[at], mode="markers", text=[row.text], showlegend=False,
            marker={"size": 17, "color": row.colour}, hovertemplate=f"%{{text}}{UNNAMED}",
        )  # fmt: skip
    known = [(at, row.truth) for at, row in enumerate(rows) if row.truth is not None]
    if known:
        figure.add_scatter(
            x=[truth for _, truth in known], y=[at for at, _ in known], mode="markers",
            marker={"symbol": "diamond", "size": 15, "color": colours.series[2],
                    "line": {"width": 2, "color": colours.background}},
            name=Text("causal.truth_label").to(lang), showlegend=True,
            hovertemplate=f"%{{x:.1f}}{UNNAMED}",
        )  # fmt: skip
    figure.update_yaxes(visible=False, range=[len(rows) - 0.6, -0.8])
    return figure.update_xaxes(title_text=title, zeroline=False, range=_range(rows))


def _words(figure: Figure, at: int, row: _Row, colours: Palette) -> None:
    """A row's label on the left and what it says on the right, above its interval."""
    label = f"{row.label[:1].upper()}{row.label[1:]}"
    sides = (("left", 0, label, colours.text), ("right", 1, row.text, row.colour))
    for anchor, x, words, colour in sides:
        figure.add_annotation(
            x=x, xref="paper", xanchor=anchor, y=at, yshift=26, text=words, showarrow=False,
            font={"size": _SIZE + 1, "color": colour, "weight": 600}, bgcolor=colours.background,
        )  # fmt: skip


def _range(rows: Sequence[_Row]) -> list[float]:
    """The axis from the lowest to the highest end, zero in it, with some room."""
    ends = [0.0]
    for row in rows:
        ends += [end for end in (row.value, row.low, row.high, row.truth) if end is not None]
    room = 0.05 * ((max(ends) - min(ends)) or 1.0)
    return [min(ends) - room, max(ends) + room]
