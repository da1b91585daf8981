"""The story as one page to send around: six steps, their charts, the truth, and how it is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import singledispatch
from html import escape

from causalrec.core.results.decision import Trend
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.reports.comparison_rows import ARROWS, Row
from causalrec.reports.html_document import Say, document
from causalrec.reports.report_svg import chart
from causalrec.reports.story import Story
from causalrec.reports.story_answer import Adjusted, Groups
from causalrec.reports.story_question import Chapter, Trap
from causalrec.reports.story_whatif import Ahead, WhatIfs

__all__ = ["story_html"]


def story_html(story: Story, lang: str = "en", *, when: datetime | None = None) -> str:
    """The page.

    Args:
        story: what there is to tell; steps that are not there yet are left out.
        lang: "en" or "zh".
        when: the time that stands at its foot (UTC); None: now.
    """
    say, when = Say(lang), when or datetime.now(UTC)
    title = say("story.report_title")
    steps = [
        _step(say(f"story.step_{name}"), one, say)
        for name, one in story.chapters.items()
        if one is not None
    ]
    foot = say("story.report_foot", when=f"{when:%Y-%m-%d %H:%M} UTC")
    return document(title, [f"<h1>{title}</h1>", *steps, f"<footer>{foot}</footer>"], lang)


def _step(title: str, one: Chapter, say: Say) -> str:
    truth = one.truth_sentence
    marked = "" if truth is None else f'<p class="better">{escape(say.text(truth))}</p>'
    return (
        f'<h2>{title}</h2><div class="verdict"><b>{escape(say.text(one.sentence))}</b>'
        f"{escape(say.text(one.detail))}</div>{_picture(one, say)}{marked}"
        f'<ul class="muted">{_items(one.methods, say)}</ul>'
    )


def _items(texts: Iterable[Text], say: Say) -> str:
    return "".join(f"<li>{escape(say.text(text))}</li>" for text in texts)


@singledispatch
def _picture(one: Chapter, say: Say) -> str:
    """The chart of a step; "" where its sentence says it all."""
    return ""


@_picture.register
def _(one: Trap, say: Say) -> str:
    gaps = (("before", one.before), ("after", one.after))
    rows = [_row(one.measure, gap, say(f"story.period_{at}"), say) for at, gap in gaps]
    return _card(rows, one.measure, say)


@_picture.register
def _(one: Adjusted, say: Say) -> str:
    measure, ways = one.effect.measure, (("seen", one.seen), ("adjusted", one.effect))
    rows = [_row(measure, way, say(f"story.way_{name}"), say) for name, way in ways]
    return _card(rows, measure, say)


@_picture.register
def _(one: Groups, say: Say) -> str:
    rows = [_row(one.measure, group, say.text(group.name), say) for group in one.each]
    return _card(rows, one.measure, say)


@_picture.register
def _(one: WhatIfs, say: Say) -> str:
    """Each change with what is true of it."""
    lines = []
    for change in one.three:
        truth = "" if change.truth_sentence is None else say.text(change.truth_sentence)
        told = say.text(change.answer.headline)
        lines.append(
            f"<li><b>{escape(say.text(change.answer.decision_word))}</b>: {escape(told)}"
            f'<br><span class="better">{escape(truth)}</span></li>'
        )
    return f"<ul>{''.join(lines)}</ul>"


@_picture.register
def _(one: Ahead, say: Say) -> str:
    rows = []
    for idea in one.ordered:
        value, low, high = (idea.share(end) for end in ("value", "low", "high"))
        change = say.text(idea.answer.change or Text("compare.cannot_tell"))
        trend: Trend = {"better": "better", "worse": "worse"}.get(idea.kind or "", "unclear")  # type: ignore[assignment]
        texts = (
            say.text(idea.name),
            say.text(idea.answer.decision_word),
            "",
            "",
            change,
            "",
            idea.answer.n,
        )
        rows.append(Row(*texts, value, low, high, trend, ARROWS[trend]))
    drawn = chart(rows, say.text(Text("story.axis_share")), shares=True, refused=_untold(say))
    return f'<div class="card">{drawn}</div>'


def _row(measure: Measure, one: Estimate, label: str, say: Say) -> Row:
    decimals = measure.decimals(one)
    ends = [measure.amount(end, signed=True, decimals=decimals) for end in (one.low, one.high)]
    interval = Text("compare.interval", low=ends[0], high=ends[1])
    change = say.text(measure.amount(one.value, signed=True, decimals=decimals))
    value, low, high = (
        None if end is None else measure.scale * end for end in (one.value, one.low, one.high)
    )
    trend: Trend = (
        "better" if (one.low or 0.0) > 0 else "worse" if (one.high or 0.0) < 0 else "unclear"
    )
    about = (label, say.text(interval), "", "", change, "", one.n)
    return Row(*about, value, low, high, trend, ARROWS[trend])


def _card(rows: list[Row], measure: Measure, say: Say) -> str:
    facts = {"metric": measure.said, "unit": measure.unit_word}
    title = say.text(Text("compare.axis_change_unit", **facts))
    return f'<div class="card">{chart(rows, title, shares=False, refused=_untold(say))}</div>'


def _untold(say: Say) -> str:
    return say.text(Text("compare.cannot_tell"))
