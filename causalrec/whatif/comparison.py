"""Before against after: each figure with its change, interval, n, source and direction of good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import pandas as pd

from causalrec.core.result import Estimate, Result
from causalrec.core.words import Text
from causalrec.whatif.figures import FIGURES, amount, figure, metric_name, metric_said
from causalrec.whatif.verdict import Guardrail, GuardrailCheck, Verdict, check, judge

__all__ = ["SOURCES", "Comparison", "MetricChange", "compare", "lead_of"]

SOURCES = ("effect", "off-policy-snips", "simulator", "off-policy-ips", "split", "lists")
"""Where a figure can come from; of those that answer, the first leads."""

Trend = Literal["better", "worse", "unclear", "same", "refused"]


class MetricChange(Result):
    """One figure before and after, from one source.

    Attributes:
        metric: "ctr", "conversion", "revenue", "ndcg", "coverage", "gini", "novelty", or the
            log's own outcome.
        source: one of `SOURCES`.
        k: length of the lists, where it is a figure of lists.
        unit: what the figure is a mean of: "impression", "user" or "list".
        segment: whom it is about; None: everybody.
        before_name: what "before" is.
        before, after, change: estimates; the change has an interval of its own (paired).
        assumptions: what must hold for it to be right.
        effective_n: what the sample is worth to an off-policy forecast.
    """

    metric: str
    source: str
    k: int | None = None
    unit: Literal["impression", "user", "list"] = "impression"
    segment: str | None = None
    before_name: Text
    before: Estimate
    after: Estimate
    change: Estimate
    assumptions: tuple[Text, ...] = ()
    effective_n: float | None = None

    @property
    def refused(self) -> bool:
        """Whether the source gives no answer; `change.reason` says why."""
        return self.change.refused or self.change.value is None

    @property
    def good(self) -> int:
        """1 where more is better, -1 where less is."""
        return figure(self.metric).good

    @property
    def trend(self) -> Trend:
        """The change judged: clear only where its interval excludes 0."""
        if self.refused:
            return "refused"
        if self.change.value == 0 and not self.change.excludes_zero:
            return "same"
        if not self.change.excludes_zero:
            return "unclear"
        return "better" if (self.change.value or 0.0) * self.good > 0 else "worse"

    @property
    def relative(self) -> float | None:
        """Change as a share of before; None where there is none."""
        if self.change.value is None or not self.before.value:
            return None
        return self.change.value / abs(self.before.value)

    @property
    def name(self) -> Text | str:
        """The metric in words."""
        return metric_name(self.metric, self.k, self.unit)

    @property
    def said(self) -> Text | str:
        """The metric within a sentence."""
        return metric_said(self.metric, self.k, self.unit)

    @property
    def source_name(self) -> Text:
        """The source in words."""
        return Text(f"compare.source_{self.source.replace('-', '_')}")

    def shown(self, part: str, *, currency: str = "") -> Text | str:
        """The part "before", "after", "change", "low" or "high" (of the change) for people."""
        signed = part in {"change", "low", "high"}
        if part in {"low", "high"}:
            value = self.change.low if part == "low" else self.change.high
        else:
            value = getattr(self, part).value
        unit = "user" if self.unit == "user" else "impression"
        return amount(self.metric, value, signed=signed, unit=unit, currency=currency)

    def row(self) -> dict[str, object]:
        """One row of `Comparison.to_frame`."""
        return {
            "metric": self.metric,
            "k": self.k,
            "segment": self.segment,
            "source": self.source,
            "unit": self.unit,
            "before_is": str(self.before_name),
            "before": self.before.value,
            "before_low": self.before.low,
            "before_high": self.before.high,
            "after": self.after.value,
            "after_low": self.after.low,
            "after_high": self.after.high,
            "change": self.change.value,
            "low": self.change.low,
            "high": self.change.high,
            "level": self.change.level,
            "n": self.change.n,
            "effective_n": self.effective_n,
            "good": "up" if self.good > 0 else "down",
            "trend": self.trend,
            "reason": None if self.change.reason is None else str(self.change.reason),
        }


class Comparison(Result):
    """Before against after, with a verdict by a written rule.

    Attributes:
        name: what is compared (the scenario's name).
        what: what is changed, in words.
        before_name, after_name: what "before" and "after" are.
        rows: every figure of everybody; several sources of one metric stand side by side and
            are never merged into one number.
        segments: figures by segment; split_by: the column of the user table that makes them.
        goal: the metric that the verdict is about.
        guardrails: how each guardrail held.
        verdict: the verdict.
        currency: of revenue.
        notes: what else to know.
    """

    name: str
    what: Text | None = None
    before_name: Text
    after_name: Text
    rows: tuple[MetricChange, ...]
    segments: tuple[MetricChange, ...] = ()
    split_by: str | None = None
    goal: str
    guardrails: tuple[GuardrailCheck, ...] = ()
    verdict: Verdict
    currency: str = ""
    notes: tuple[Text, ...] = ()

    def of(self, metric: str) -> tuple[MetricChange, ...]:
        """Every source's figure of a metric, in the order of `SOURCES`."""
        mine = [row for row in self.rows if row.metric == metric]
        return tuple(sorted(mine, key=lambda row: SOURCES.index(row.source)))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics compared, in the order of their table."""
        known = list(dict.fromkeys(row.metric for row in self.rows))
        order = list(FIGURES)
        return tuple(sorted(known, key=lambda m: order.index(m) if m in order else -1))

    @property
    def main(self) -> tuple[MetricChange, ...]:
        """One figure a metric: the first source that answers, else the first refusal."""
        return tuple(lead_of(self.of(metric)) for metric in self.metrics)

    @property
    def assumptions(self) -> tuple[Text, ...]:
        """What must hold for the figures to be right, each once."""
        held = [a for row in self.rows if not row.refused for a in row.assumptions]
        return tuple(dict.fromkeys(held))

    def to_frame(self) -> pd.DataFrame:
        """One row a figure, with source, before, after, change, interval, level and n."""
        return pd.DataFrame([row.row() for row in (*self.rows, *self.segments)])

    def summary(self, lang: str = "en") -> str:
        """The verdict as one sentence."""
        return self.verdict.sentence.to(lang)


def lead_of(rows: Sequence[MetricChange]) -> MetricChange:
    """Of several sources of one metric the first that answers, else the first refusal."""
    answered = [row for row in rows if not row.refused]
    return (answered or list(rows))[0]


def compare(
    name: str,
    rows: Iterable[MetricChange],
    *,
    before_name: Text,
    after_name: Text,
    goal: str | None = None,
    guardrails: Sequence[Guardrail] = (),
    segments: Iterable[MetricChange] = (),
    what: Text | None = None,
    currency: str = "",
    notes: Sequence[Text] = (),
) -> Comparison:
    """Put figures together and judge them by the written rule (`causalrec.whatif.verdict`).

    Args:
        name: of the scenario.
        rows: every figure of everybody, from every source.
        before_name: what "before" is.
        after_name: what "after" is.
        goal: metric of the verdict; None: the first outcome that a source answers.
        guardrails: what must not fall by how much.
        segments: figures by segment.
        what: the change in words.
        currency: of revenue.
        notes: what else to know.
    """
    rows = tuple(rows)
    goal = goal or _goal(rows)
    checks = tuple(check(rail, rows) for rail in guardrails if rail.metric != goal)
    verdict = judge(name, [row for row in rows if row.metric == goal], checks, currency=currency)
    return Comparison(
        name=name,
        what=what,
        before_name=before_name,
        after_name=after_name,
        rows=rows,
        segments=tuple(segments),
        goal=goal,
        guardrails=checks,
        verdict=verdict,
        currency=currency,
        notes=tuple(notes),
    )


def _goal(rows: Sequence[MetricChange]) -> str:
    """The first outcome that a source answers, else the first outcome, else the first figure."""
    outcomes = [row for row in rows if figure(row.metric).outcome]
    order = list(FIGURES)
    outcomes.sort(key=lambda row: order.index(row.metric) if row.metric in order else -1)
    answered = [row for row in outcomes if not row.refused]
    return (answered or outcomes or list(rows))[0].metric
