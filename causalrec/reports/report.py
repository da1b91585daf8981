"""One page to send around: the sentence, the charts, the figures and what must hold for them.

A single HTML file without scripts, fonts or pictures from elsewhere; it follows the reader's
light or dark setting and prints well. Everything that people named is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from causalrec.core.results.answer import Answer
from causalrec.core.words import Text, render
from causalrec.reports.comparison_rows import Row, axis_title, forest_rows, main_rows, segment_rows
from causalrec.reports.report_svg import chart
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.comparison_answer import comparison_answer

__all__ = ["to_html"]

_CSS = """
:root{--bg:#fff;--panel:#f6f7fb;--text:#1c2024;--muted:#60646c;--border:#dfe2ea;--after:#3451b2;
--before:#7b7f8a;--good:#0f8a74;--bad:#c2410c;--unsure:#7b7f8a}
@media (prefers-color-scheme:dark){:root{--bg:#111418;--panel:#191d24;--text:#edeef0;
--muted:#a9afb8;--border:#2e343d;--after:#8da4ef;--before:#a0a6b1;--good:#3dd6b5;--bad:#ff9f4a;
--unsure:#a0a6b1}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 -apple-system,
BlinkMacSystemFont,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:960px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:1.6rem;line-height:1.25;margin:.2em 0 .1em}h2{font-size:1.1rem;margin:2.2em 0 .6em}
.kicker,.muted{color:var(--muted)}.kicker{font-size:.85rem;letter-spacing:.02em}
.verdict{border-left:5px solid var(--unsure);background:var(--panel);border-radius:0 10px 10px 0;
padding:16px 20px;margin:20px 0;font-size:1.08rem}
.verdict b{display:block;font-size:1.3rem;margin-bottom:.2em}.verdict p{margin:.5em 0 0}
.verdict.good{border-color:var(--good)}.verdict.good b{color:var(--good)}
.verdict.bad{border-color:var(--bad)}.verdict.bad b{color:var(--bad)}
.card{border:1px solid var(--border);border-radius:12px;padding:12px 16px;overflow-x:auto}
svg{width:100%;min-width:640px;height:auto;display:block}
svg text{font-size:13px;fill:var(--text)}svg .small{font-size:11.5px}svg .strong{font-weight:600}
svg text.muted{fill:var(--muted)}svg .italic{font-style:italic}svg .middle{text-anchor:middle}
svg text.better{fill:var(--good)}svg text.worse{fill:var(--bad)}svg text.unsure{fill:var(--unsure)}
svg .grid{stroke:var(--border)}svg .zero,svg .before{stroke:var(--before);stroke-dasharray:3 3}
svg .before{stroke-width:2}svg circle.after,svg rect.after{fill:var(--after)}
svg circle.unsure,svg rect.unsure{fill:var(--unsure)}svg .band{opacity:.22}
svg .start{fill:var(--bg);stroke:var(--before);stroke-width:2}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:7px 10px;border-bottom:1px solid var(--border);vertical-align:top}
th{color:var(--muted);font-weight:500}td.num{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}.better{color:var(--good)}.worse{color:var(--bad)}
.unclear,.same,.refused{color:var(--unsure)}li{margin:.3em 0}
footer{margin-top:3em;color:var(--muted);font-size:.85rem}
@media print{main{padding:0}.card{break-inside:avoid}}
"""


def to_html(comparison: Comparison, lang: str = "en", *, when: datetime | None = None) -> str:
    """The page.

    Args:
        comparison: the comparison.
        lang: "en" or "zh".
        when: the time that stands at its foot (UTC); None: now.
    """
    say, answer = _Say(lang), comparison_answer(comparison)
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
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{_CSS}</style></head><body><main>{''.join(parts)}"
        "</main></body></html>"
    )


class _Say:
    """Escaped words of a language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, /, **values: object) -> str:
        return escape(Text(key, **values).to(self.lang))

    def text(self, text: object) -> str:
        """Unescaped words."""
        return str(render(text, self.lang))


def _subtitle(comparison: Comparison, say: _Say) -> str:
    what = say.text(comparison.what) if comparison.what is not None else comparison.name
    return (
        f'<p class="muted">{say("compare.against", what=what, before=comparison.before_name)}</p>'
    )


def _verdict(answer: Answer, say: _Say) -> str:
    """What to do, what changes and how big, then the interval, and how sure and why."""
    kind = {"do it": "good", "don't": "bad"}.get(answer.decision, "unsure")
    headline, *rest = map(escape, answer.sentences(say.lang))
    told = "".join(f"<p>{part}</p>" for part in rest)
    decided = escape(say.text(answer.decided))
    return f'<div class="verdict {kind}"><b>{decided}</b><strong>{headline}</strong>{told}</div>'


def _rule(answer: Answer, say: _Say) -> str:
    """The written rule, the step that decided in bold."""
    steps = [escape(say.text(step.words)) for step in answer.rule]
    steps[answer.fired - 1] = f"<b>{steps[answer.fired - 1]}</b>"
    return f"<ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol>"


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>{body}" if body else ""


def _card(rows: Sequence[Row], say: _Say, axis: str | None = None) -> str:
    """A chart in a card; without a title the axis is the share of before."""
    refused, shares = say.text(Text("compare.cannot_tell")), axis is None
    title = axis or say.text(Text("compare.axis_share"))
    drawn = chart(rows, title, shares=shares, refused=refused)
    why = sorted({f"{row.label}: {row.reason}" for row in rows if row.reason})
    notes = "".join(f'<p class="muted">{escape(text)}</p>' for text in why)
    legend = f'<p class="muted">{say("compare.legend")}</p>' if shares else ""
    return f'<div class="card">{drawn}</div>{legend}{notes}'


def _goal(comparison: Comparison, say: _Say) -> list[str]:
    rows = forest_rows(comparison, comparison.goal, say.lang)
    metric = say.text(comparison.of(comparison.goal)[0].name)
    return [
        _section(
            say("compare.report_forecasts", metric=metric),
            _card(rows, say, axis_title(comparison, comparison.goal, say.lang)),
        )
    ]


def _segments(comparison: Comparison, say: _Say) -> list[str]:
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


def _figures(comparison: Comparison, say: _Say) -> str:
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
