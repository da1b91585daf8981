"""What charts and tables of a comparison show, a row a figure, in words of a language."""

from __future__ import annotations

from dataclasses import dataclass

from causalrec.core.results.decision import Trend
from causalrec.core.words import Text, render
from causalrec.core.words.conditions import value_of
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_change import MetricChange, lead_of

__all__ = ["Row", "axis_title", "forest_rows", "main_rows", "segment_rows"]

ARROWS = {"better": "▲", "worse": "▼", "unclear": "◆", "same": "＝", "refused": "–"}
"""A sign beside each judgement: colour is never the only difference."""


@dataclass(frozen=True)
class Row:
    """One figure as a chart shows it.

    Attributes:
        label: what it is.
        note: where it comes from.
        before, after, change, interval, n: as people read them; empty where refused.
        value, low, high: where it lies on the chart's axis: share of before (`main_rows`) or the
            change in the unit of `axis_title`; None where refused.
        trend: the judgement; ``arrow`` its sign (up or down as the figure moved).
        reason: why it is refused.
    """

    label: str
    note: str
    before: str
    after: str
    change: str
    interval: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    trend: Trend
    arrow: str
    reason: str = ""


def axis_title(comparison: Comparison, metric: str, lang: str) -> str:
    """The title of a forest's axis: the metric and the unit of its changes."""
    rows = comparison.of(metric)
    unit = rows[0].axis(lang, comparison.currency)[1] if rows else ""
    name = rows[0].said if rows else metric
    key = "compare.axis_change_unit" if unit else "compare.axis_change_of"
    return Text(key, metric=name, unit=unit).to(lang)


def main_rows(comparison: Comparison, lang: str) -> list[Row]:
    """One row a metric: its leading figure, as a share of its before."""
    return [
        _row(row, str(render(row.name, lang)), comparison.currency, lang, shares=True)
        for row in comparison.main
    ]


def forest_rows(comparison: Comparison, metric: str, lang: str) -> list[Row]:
    """Every source's forecast of a metric, side by side."""
    return [
        _row(row, row.source_name.to(lang), comparison.currency, lang)
        for row in comparison.of(metric)
    ]


def segment_rows(comparison: Comparison, metric: str, lang: str) -> list[Row]:
    """A metric's change in each segment, everybody first, from the source that leads there."""
    mine = [row for row in comparison.segments if row.metric == metric]
    rows = comparison.of(metric)
    if not mine or not rows:
        return []
    everybody = lead_of(rows)
    source = everybody.source if any(r.source == everybody.source for r in mine) else mine[0].source
    chosen = [row for row in mine if row.source == source]
    shown = [_row(everybody, Text("compare.everybody").to(lang), comparison.currency, lang)]
    column = comparison.split_by or ""
    labels = [_capital(value_of(column, row.segment).to(lang)) for row in chosen]
    drawn = zip(chosen, labels, strict=True)
    return shown + [_row(row, label, comparison.currency, lang) for row, label in drawn]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(one: MetricChange, label: str, currency: str, lang: str, *, shares: bool = False) -> Row:
    def said(part: str) -> str:
        return str(render(one.shown(part, currency=currency), lang))

    note = one.source_name.to(lang)
    if one.refused:
        reason = str(render(one.change.reason or Text("compare.not_measured"), lang))
        sign = ARROWS["refused"]
        nothing = (None, None, None)
        return Row(label, note, "", "", "", "", 0, *nothing, "refused", sign, reason)
    scale = one.axis()[0]
    if shares:
        scale = 1.0 / abs(one.before.value) if one.before.value else 0.0
    ends = [None if v is None else scale * v for v in (one.change.low, one.change.high)]
    trend = one.trend
    arrow = ARROWS[trend]
    if trend in {"better", "worse"}:
        arrow = "▲" if (one.change.value or 0) > 0 else "▼"
    interval = Text("compare.interval", low=said("low"), high=said("high")).to(lang)
    value = scale * (one.change.value or 0.0)
    return Row(
        label,
        note,
        said("before"),
        said("after"),
        said("change"),
        interval,
        one.change.n,
        value,
        ends[0],
        ends[1],
        trend,
        arrow,
    )
