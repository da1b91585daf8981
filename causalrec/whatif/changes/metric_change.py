"""One figure before and after, from one source, and which of several sources leads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from causalrec.core.results.answering import trend_of
from causalrec.core.results.decision import Trend
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, Result
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import Outcome, same_outcome
from causalrec.whatif.changes.metric_kinds import is_outcome, measure
from causalrec.whatif.changes.sources import Source, brackets, source_word

__all__ = ["MetricChange", "lead_of", "same_metric"]


class MetricChange(Result):
    """One figure before and after, from one source.

    Attributes:
        metric: an outcome of the log, or a metric of lists.
        about: what the log says of the outcome; None: what its name tells.
        source: where it comes from (`causalrec.whatif.changes.sources`).
        k: length of the lists, where it is a figure of lists.
        unit: what the figure is a mean of: "impression", "user" or "list".
        segment: whom it is about; None: everybody.
        before_name: what "before" is.
        before, after, change: estimates; the change has an interval of its own (paired).
        assumptions: what must hold for it to be right.
        effective_n: what the sample is worth to an off-policy forecast.
        chosen: whether a person chose its source to lead.
        applies: False where the source is not meant for this change or this log at all.
    """

    metric: str
    about: Outcome | None = None
    source: Source
    k: int | None = None
    unit: Literal["impression", "user", "list"] = "impression"
    segment: str | None = None
    before_name: Text
    before: Estimate
    after: Estimate
    change: Estimate
    assumptions: tuple[Text, ...] = ()
    effective_n: float | None = None
    chosen: bool = False
    applies: bool = True

    @property
    def refused(self) -> bool:
        """Whether the source gives no answer, or no number; `change.reason` says why."""
        value = self.change.value
        return self.change.refused or value is None or not math.isfinite(value)

    @property
    def good(self) -> int:
        """1 where more is better, -1 where less is."""
        return self.measure().good

    @property
    def trend(self) -> Trend:
        """The change judged: clear where its interval excludes 0, the same where it is 0 alone."""
        return "refused" if self.refused else trend_of(self.change, self.good)

    @property
    def relative(self) -> float | None:
        """Change as a share of before; None where there is none."""
        if self.change.value is None or not self.before.value:
            return None
        return self.change.value / abs(self.before.value)

    @property
    def bracket(self) -> bool:
        """Whether its interval leaves a model's error out: shown beside others, never alone."""
        return brackets(self.source)

    def measure(self, currency: str = "") -> Measure:
        """What it measures: its name, its unit, how its amounts are written."""
        return measure(self.metric, self.k, per=self.unit, about=self.about, currency=currency)

    @property
    def name(self) -> Text:
        """The metric in words."""
        return self.measure().name

    @property
    def said(self) -> Text:
        """The metric within a sentence."""
        return self.measure().said

    @property
    def source_name(self) -> Text:
        """The source in words."""
        return source_word(self.source, "source")

    def shown(self, part: str, *, currency: str = "") -> Text | str:
        """The part "before", "after", "change", "low" or "high" (of the change) for people."""
        signed = part in {"change", "low", "high"}
        if part in {"low", "high"}:
            value = self.change.low if part == "low" else self.change.high
        else:
            value = getattr(self, part).value
        measure = self.measure(currency)
        decimals = measure.fitting(self.change) if signed else None
        return measure.amount(value, signed=signed, decimals=decimals)

    def axis(self, lang: str = "en", currency: str = "") -> tuple[float, str]:
        """What its changes are multiplied by on an axis, and the axis's unit in words."""
        return self.measure(currency).axis(lang)

    def to_frame(self) -> pd.DataFrame:
        """One row, as in `Comparison.to_frame`."""
        return pd.DataFrame([self.row()])

    def summary(self, lang: str = "en") -> str:
        """The change with its interval, from what to what, and by which source."""
        names = {"metric": self.name, "source": self.source_name}
        if self.refused:
            why = self.change.reason or Text("core.no_number")
            return Text("compare.change_refused", **names, reason=why).to(lang)
        parts = ("before", "after", "change", "low", "high")
        return Text("compare.change_said", **names, **{p: self.shown(p) for p in parts}).to(lang)

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


def same_metric(one: str, other: str) -> bool:
    """Whether two names are of one metric: outcomes also by what their names mean."""
    return one == other or (is_outcome(one) and is_outcome(other) and same_outcome(one, other))


def lead_of(rows: Sequence[MetricChange]) -> MetricChange:
    """Of several sources of one metric the chosen or first that answers, else the first refusal.

    A source whose interval leaves a model's error out never leads.
    """
    answered = [row for row in rows if not row.refused and not row.bracket]
    chosen = [row for row in answered if row.chosen]
    refused = [row for row in rows if row.refused]
    return (chosen or answered or refused or list(rows))[0]
