"""One page to send around: the sentence, the charts, the figures and what must hold for them.

A single HTML file without scripts, fonts or pictures from elsewhere; it follows the reader's
light or dark setting and prints well. Everything that people named is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from causalrec.core.results.answer import Answer
from causalrec.core.words import Text
from causalrec.reports.comparison_rows import Row, axis_title, forest_rows, main_rows, segment_rows
from causalrec.reports.html_document import Say, document
from causalrec.reports.report_svg import chart
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.comparison_answer import comparison_answer

__all__ = ["to_html"]


def to_html(comparison: Comparison, lang: str = "en", *, when: datetime | None = None) -> str:
    """The page.

    Args:
        comparison: the comparison.
        lang: "en" or "zh".
        when: the time that stands at its foot (UTC); None: now.
    """
    say, answer = Say(lang), comparison_answer(comparison)
    when = when or datetime.now(UTC)
    title = say("compare.report_title", name=comparison.name)
    parts = [
        f'<p class="kicker">{say("compare.report_kicker")}</p><h1>{escape(comparison.name)}</h1>',
        _subtitle(comparison, say),
        _verdict(answer, say),
        _section(say("compare.report_main"), _card(main_rows(comparison, lang), say)),
        *_goal(comparison, say),
        *_segments(comparison, say),
        _section(
            say("compare.report_guardrails"), _list(g.summary(lang) for g in comparison.guardrails)
        ),
        _section(say("compare.report_figures"), _figures(comparison, say)),
        _section(
            say("compare.report_assumptions"), _list(say.text(a) for a in comparison.assumptions)
        ),
        _section(say("answer.title_unknown"), _list(say.text(u) for u in answer.unknown)),
        _section(say("compare.report_notes"), _list(say.text(n) for n in comparison.notes)),
        _section(say("answer.title_rule"), _rule(answer, say)),
        f"<footer>{say('compare.report_foot', when=f'{when:%Y-%m-%d %H:%M} UTC')}</footer>",
    ]
    return document(title, parts, lang)


def _subtitle(comparison: Comparison, say: Say) -> str:
    what = say.text(comparison.what) if comparison.what is not None else comparison.name
    return (
        f'<p class="muted">{say("compare.against", what=what, before=comparison.before_name)}</p>'
    )


def _verdict(answer: Answer, say: Say) -> str:
    """What to do, what changes and how big, then the interval, and how sure and why."""
    kind = {"do it": "good", "don't": "bad"}.get(answer.decision, "unsure")
    headline, *rest = map(escape, answer.sentences(say.lang))
    told = "".join(f"<p>{part}</p>" for part in rest)
    decided = escape(say.text(answer.decided))
    return f'<div class="verdict {kind}"><b>{decided}</b><strong>{headline}</strong>{told}</div>'


def _rule(answer: Answer, say: Say) -> str:
    """The written rule, the step that decided in bold."""
    steps = [escape(say.text(step.words)) for step in answer.rule]
    steps[answer.fired - 1] = f"<b>{steps[answer.fired - 1]}</b>"
    return f"<ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol>"


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>{body}" if body else ""


def _card(rows: Sequence[Row], say: Say, axis: str | None = None) -> str:
    """A chart in a card; without a title the axis is the share of before."""
    refused, shares = say.text(Text("compare.cannot_tell")), axis is None
    title = axis or say.text(Text("compare.axis_share"))
    drawn = chart(rows, title, shares=shares, refused=refused)
    why = sorted({f"{row.label}: {row.reason}" for row in rows if row.reason})
    notes = "".join(f'<p class="muted">{escape(text)}</p>' for text in why)
    legend = f'<p class="muted">{say("compare.legend")}</p>' if shares else ""
    return f'<div class="card">{drawn}</div>{legend}{notes}'


def _goal(comparison: Comparison, say: Say) -> list[str]:
    rows = forest_rows(comparison, comparison.goal, say.lang)
    metric = say.text(comparison.of(comparison.goal)[0].name)
    return [
        _section(
            say("compare.report_forecasts", metric=metric),
            _card(rows, say, axis_title(comparison, comparison.goal, say.lang)),
        )
    ]


def _segments(comparison: Comparison, say: Say) -> list[str]:
    rows = segment_rows(comparison, comparison.goal, say.lang)
    if not rows:
        return []
    title = say(
        "compare.report_segments",
        metric=say.text(comparison.of(comparison.goal)[0].name),
        column=comparison.split_by or "",
    )
    return [_section(title, _card(rows, say, axis_title(comparison, comparison.goal, say.lang)))]


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _figures(comparison: Comparison, say: Say) -> str:
    heads = ("metric", "source", "before", "after", "change", "interval", "n")
    head = "".join(f"<th>{say(f'compare.column_{name}')}</th>" for name in heads)
    body = []
    for metric in comparison.metrics:
        rows = zip(comparison.of(metric), forest_rows(comparison, metric, say.lang), strict=True)
        for figure, row in rows:
            name = escape(say.text(figure.name))
            if figure.refused:
                why = f'<td colspan="5" class="refused">{escape(row.reason)}</td>'
                body.append(f"<tr><td>{name}</td><td>{escape(row.note)}</td>{why}</tr>")
                continue
            numbers = (row.before, row.after, f"{row.arrow} {row.change}", row.interval)
            kinds = ("num", "num", f"num {row.trend}", "num")
            cells = "".join(
                f'<td class="{kind}">{escape(text)}</td>'
                for kind, text in zip(kinds, numbers, strict=True)
            )
            count = f'<td class="num">{row.n:,}</td>'
            body.append(f"<tr><td>{name}</td><td>{escape(row.note)}</td>{cells}{count}</tr>")
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    return f'<div class="card">{table}</div>'
