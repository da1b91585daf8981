"""The verdict of a comparison, by a written rule.

1. Every forecast of the goal refuses: "cannot tell".
2. Two forecasts disagree in sign, each with an interval that excludes 0: "cannot tell".
3. The leading forecast's interval excludes 0 on the bad side: "likely worse".
4. It excludes 0 on the good side and every guardrail holds: "likely better".
5. Otherwise: "no clear difference" (also where the goal gains and a guardrail breaks).

The leading forecast is the first that answers, in the order of `comparison.SOURCES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from causalrec.core.params import Params, param
from causalrec.core.result import Result
from causalrec.core.words import Text
from causalrec.whatif.figures import metric_name, metric_said

if TYPE_CHECKING:
    from causalrec.whatif.comparison import MetricChange

__all__ = ["GUARDRAILS", "Guardrail", "GuardrailCheck", "Verdict", "check", "judge"]

Code = Literal["likely better", "likely worse", "cannot tell", "no clear difference"]


class Guardrail(Params):
    """A metric that must not get worse while another gets better."""

    metric: str = param(help="compare.guardrail_metric")
    allowed: float = param(0.05, ge=0, le=1, help="compare.guardrail_allowed")


GUARDRAILS = (
    Guardrail(metric="ndcg", allowed=0.05),
    Guardrail(metric="coverage", allowed=0.2),
    Guardrail(metric="revenue", allowed=0.02),
)
"""What holds where nobody chose: how much of its "before" each may lose."""


class GuardrailCheck(Result):
    """How a guardrail held.

    Attributes:
        metric, k: what it is about.
        allowed: share of "before" that it may lose.
        loss: share that it lost (negative: gained); None where nobody can tell.
        low, high: interval of the loss.
        state: "holds"; "broken" where the loss is more than allowed and its interval excludes 0;
            "at risk" where it is more than allowed but not clear; "unknown" where no source
            answers. Only "broken" stops a verdict of "likely better".
        reason: why it is unknown.
    """

    metric: str
    k: int | None = None
    allowed: float
    loss: float | None = None
    low: float | None = None
    high: float | None = None
    state: Literal["holds", "broken", "at risk", "unknown"]
    reason: Text | None = None

    def summary(self, lang: str = "en") -> str:
        """One sentence."""
        key = f"compare.guardrail_{self.state.replace(' ', '_')}"
        if self.state == "holds" and (self.loss or 0.0) < 0:
            key = "compare.guardrail_gained"
        return Text(
            key,
            metric=metric_name(self.metric, self.k),
            allowed=self.allowed,
            loss=self.loss or 0.0,
            gain=-(self.loss or 0.0),
            reason=self.reason or "",
        ).to(lang)


class Verdict(Result):
    """A verdict and why.

    Attributes:
        code: one of the four of the rule.
        why: "clear", "unclear", "same", "guardrail", "refused", "disagree" or "none".
        sentence: the verdict as one sentence with its numbers.
        source: the leading forecast; None where none answers.
    """

    code: Code
    why: Literal["clear", "unclear", "same", "guardrail", "refused", "disagree"]
    sentence: Text
    source: str | None = None

    def summary(self, lang: str = "en") -> str:
        """The verdict as one sentence."""
        return self.sentence.to(lang)


def check(rail: Guardrail, rows: Sequence[MetricChange]) -> GuardrailCheck:
    """Hold a guardrail against the figures of everybody."""
    from causalrec.whatif.comparison import SOURCES

    mine = sorted(
        (row for row in rows if row.metric == rail.metric), key=lambda r: SOURCES.index(r.source)
    )
    answered = [row for row in mine if not row.refused and row.before.value]
    known: dict[str, Any] = {"metric": rail.metric, "allowed": rail.allowed}
    if not answered:
        reason = mine[0].change.reason if mine else None
        k = mine[0].k if mine else None
        return GuardrailCheck(
            **known, k=k, state="unknown", reason=reason or Text("compare.not_measured")
        )
    row = answered[0]
    scale = -row.good / abs(row.before.value or 1.0)
    ends = [scale * end for end in (row.change.low, row.change.high) if end is not None]
    loss = scale * (row.change.value or 0.0)
    state: Literal["holds", "broken", "at risk"] = "holds"
    if loss > rail.allowed:
        state = "broken" if row.change.excludes_zero else "at risk"
    low, high = (min(ends), max(ends)) if ends else (None, None)
    return GuardrailCheck(**known, k=row.k, loss=loss, low=low, high=high, state=state)


def judge(
    name: str,
    rows: Sequence[MetricChange],
    guardrails: Sequence[GuardrailCheck] = (),
    *,
    currency: str = "",
) -> Verdict:
    """Judge the goal by the rule of this module.

    Args:
        name: what is compared.
        rows: every source's figure of the goal.
        guardrails: how each guardrail held.
        currency: of revenue.
    """
    from causalrec.whatif.comparison import SOURCES, lead_of

    rows = sorted(rows, key=lambda row: SOURCES.index(row.source))
    lead = lead_of(rows)
    words: dict[str, object] = {"name": name, "metric": lead.said, "before": lead.before_name}
    if lead.refused:
        reason = lead.change.reason or Text("compare.not_measured")
        sentence = Text("compare.verdict_refused", **words, reason=reason)
        return Verdict(code="cannot tell", why="refused", sentence=sentence)
    clear = {row.trend: row for row in reversed(rows) if row.trend in {"better", "worse"}}
    if len(clear) == 2:
        up, down = clear["better"], clear["worse"]
        sentence = Text(
            "compare.verdict_disagree",
            **words,
            first=up.source_name,
            up=up.shown("change", currency=currency),
            second=down.source_name,
            down=down.shown("change", currency=currency),
        )
        return Verdict(code="cannot tell", why="disagree", sentence=sentence, source=lead.source)
    return _by_lead(lead, words, guardrails, currency)


def _by_lead(
    lead: MetricChange,
    words: dict[str, object],
    guardrails: Sequence[GuardrailCheck],
    currency: str,
) -> Verdict:
    words = {
        **words,
        "source": lead.source_name,
        "level": lead.change.level,
        "n": lead.change.n,
        **{part: lead.shown(part, currency=currency) for part in ("change", "low", "high")},
    }
    broken = [rail for rail in guardrails if rail.state == "broken"]
    if lead.trend == "worse":
        sentence = Text("compare.verdict_worse", **words)
        return Verdict(code="likely worse", why="clear", sentence=sentence, source=lead.source)
    if lead.trend == "better" and not broken:
        unknown = any(rail.state == "unknown" for rail in guardrails)
        key = "compare.verdict_better_unguarded" if unknown else "compare.verdict_better"
        key = key if guardrails else "compare.verdict_better_free"
        sentence = Text(key, **words)
        return Verdict(code="likely better", why="clear", sentence=sentence, source=lead.source)
    why: Literal["guardrail", "same", "unclear"] = "same" if lead.trend == "same" else "unclear"
    if lead.trend == "better":
        why, rail = "guardrail", broken[0]
        words["rail"] = metric_said(rail.metric, rail.k)
        words |= {"loss": rail.loss or 0.0, "allowed": rail.allowed}
    return Verdict(
        code="no clear difference",
        why=why,
        sentence=Text(f"compare.verdict_{why}", **words),
        source=lead.source,
    )
