"""The verdict of a comparison, by a written rule.

1. The leading forecast's interval excludes 0 on the bad side, and no other forecast is as clear on
   the good side: "likely worse".
2. Every forecast of the goal refuses, or two disagree in sign, each with an interval that
   excludes 0: "cannot tell".
3. A guardrail is broken: "breaks a guardrail", whatever the goal gains.
4. The leading forecast's interval excludes 0 on the good side: "likely better"; guardrails that
   are at risk, or of which nobody can tell, are named.
5. Otherwise: "no clear difference"; another forecast that is clear is named with its numbers.

The leading forecast is the chosen one, else the first that answers in the order of
`sources.place_of`; forecasts that trust a model of the outcome are shown and never judge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from causalrec.core.params import Params, param
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.core.words.lists import listed
from causalrec.data.dataset.outcomes import Outcome
from causalrec.whatif.changes.metric_change import MetricChange, lead_of, same_metric
from causalrec.whatif.changes.metric_kinds import measure
from causalrec.whatif.changes.sources import place_of, source_word

__all__ = ["Guardrail", "GuardrailCheck", "Verdict", "check", "judge"]

Code = Literal[
    "likely better", "likely worse", "breaks a guardrail", "cannot tell", "no clear difference"
]
State = Literal["holds", "broken", "at risk", "unclear", "unknown"]
Why = Literal["clear", "unclear", "same", "guardrail", "refused", "disagree"]


_ROUNDING = 1e-9
"""A loss of exactly what is allowed is allowed, whatever its last digits."""


class Guardrail(Params):
    """A metric that must not get worse while another gets better."""

    metric: str = param(help="compare.guardrail_metric")
    allowed: float = param(0.05, ge=0, le=1, help="compare.guardrail_allowed")


class GuardrailCheck(Result):
    """How a guardrail held.

    Attributes:
        metric, k, about: what it is about.
        allowed: share of "before" that it may lose.
        loss: share that it lost (negative: gained); None where nobody can tell.
        low, high: interval of the loss.
        state: "holds" where the interval leaves out a loss larger than allowed; "broken" where
            the loss is larger than allowed and its interval excludes 0; "at risk" where it is
            larger but not clear; "unclear" where it is not larger, but the interval is too wide
            to say so; "unknown" where no source answers. It is also "at risk" where another
            source than the leading one says "broken", whose figures are then shown. Only
            "broken" stops a verdict of "likely better"; the others are named.
        reason: why it is unknown.
    """

    metric: str
    k: int | None = None
    about: Outcome | None = None
    allowed: float
    loss: float | None = None
    low: float | None = None
    high: float | None = None
    state: State
    reason: Text | None = None

    @property
    def name(self) -> Text:
        """The metric in words."""
        return measure(self.metric, self.k, about=self.about).name

    @property
    def short(self) -> Text:
        """What it lost of what was allowed, as a part of a sentence: a gain only if it is one."""
        loss = self.loss or 0.0
        key = "compare.rail_loses" if loss > 0 else "compare.rail_gains"
        if self.state in {"unclear", "holds"} and not self._clear:
            key = "compare.rail_changes"
        return Text(key, metric=self.name, allowed=self.allowed, **self._numbers)

    @property
    def _clear(self) -> bool:
        """Whether the interval of the loss excludes 0."""
        return self.low is not None and self.high is not None and self.low * self.high > 0

    @property
    def _numbers(self) -> dict[str, float]:
        loss, low, high = self.loss or 0.0, self.low or 0.0, self.high or 0.0
        return {"loss": loss, "gain": -loss, "low": -high, "high": -low}

    def summary(self, lang: str = "en") -> str:
        """One sentence: that it gains or loses is said only where its interval excludes 0."""
        key = f"compare.guardrail_{self.state.replace(' ', '_')}"
        if self.state == "holds":
            gained = "compare.guardrail_gained" if (self.loss or 0.0) < 0 else key
            key = gained if self._clear else "compare.guardrail_not_shown"
        facts = {"metric": self.name, "allowed": self.allowed, "reason": self.reason or ""}
        return Text(key, **facts, **self._numbers).to(lang)


class Verdict(Result):
    """A verdict and why.

    Attributes:
        code: one of the five of the rule.
        why: "clear", "unclear", "same", "guardrail", "refused" or "disagree".
        sentence: the verdict with its numbers, broken guardrails first.
        source: the leading forecast; None where none answers.
    """

    code: Code
    why: Why
    sentence: Text
    source: str | None = None

    def summary(self, lang: str = "en") -> str:
        """The verdict as one sentence."""
        return self.sentence.to(lang)


def check(rail: Guardrail, rows: Sequence[MetricChange]) -> GuardrailCheck:
    """Hold a guardrail against the figures of everybody."""
    mine = sorted(
        (row for row in rows if same_metric(row.metric, rail.metric)),
        key=lambda row: place_of(row.source),
    )
    measured = [row for row in mine if not row.refused and math.isfinite(row.before.value or 0.0)]
    answered = [row for row in measured if row.before.value and not row.bracket]
    first = mine[0] if mine else None
    about: dict[str, Any] = {
        "metric": rail.metric,
        "k": first.k if first else None,
        "about": first.about if first else None,
        "allowed": rail.allowed,
    }
    if not answered:
        reason = first.change.reason if first else None
        reason = Text("compare.nothing_to_lose") if measured else reason
        return GuardrailCheck(
            **about, state="unknown", reason=reason or Text("compare.not_measured")
        )
    row = lead_of(answered)
    lead = _held(row, rail.allowed)
    for other in answered:
        figures = _held(other, rail.allowed)
        if lead["state"] in {"holds", "unclear"} and figures["state"] == "broken":
            return GuardrailCheck(**about, **{**figures, "state": "at risk"})
    return GuardrailCheck(**about, **lead)


def _held(row: MetricChange, allowed: float) -> dict[str, Any]:
    """What one source says of a guardrail: loss, low, high and state."""
    scale = -row.good / abs(row.before.value or 1.0)
    given = (row.change.low, row.change.high)
    ends = [scale * end for end in given if end is not None and not math.isnan(end)]
    loss = scale * (row.change.value or 0.0)
    low, high = (min(ends), max(ends)) if ends else (None, None)
    lost, most = loss - _ROUNDING > allowed, high is not None and high - _ROUNDING > allowed
    state: State = "unclear" if most or not ends else "holds"
    if lost:
        state = "broken" if row.change.excludes_zero else "at risk"
    return {"loss": loss, "low": low, "high": high, "state": state}


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
        currency: of money.
    """
    rows = sorted(rows, key=lambda row: place_of(row.source))
    lead = lead_of(rows)
    words: dict[str, object] = {"name": name, "metric": lead.said, "before": lead.before_name}
    if lead.refused or lead.bracket:
        alone = Text("whatif.flag_model", estimator=lead.source_name)
        reason = alone if lead.bracket else lead.change.reason or Text("compare.not_measured")
        sentence = Text("compare.verdict_refused", **words, reason=reason)
        return _guarded(Verdict(code="cannot tell", why="refused", sentence=sentence), guardrails)
    judging = [row for row in reversed(rows) if not row.bracket]
    clear = {row.trend: row for row in judging if row.trend in {"better", "worse"}}
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
        verdict = Verdict(code="cannot tell", why="disagree", sentence=sentence, source=lead.source)
        return _guarded(verdict, guardrails)
    words |= {
        "source": lead.source_name,
        "level": lead.change.level,
        "n": lead.change.n,
        **{part: lead.shown(part, currency=currency) for part in ("change", "low", "high")},
    }
    verdicts: dict[str, tuple[Code, Why]] = {
        "better": ("likely better", "clear"),
        "worse": ("likely worse", "clear"),
        "same": ("no clear difference", "same"),
    }
    code, why = verdicts.get(lead.trend, ("no clear difference", "unclear"))
    key = lead.trend if lead.trend in verdicts else "unclear"
    sentence = Text(f"compare.verdict_{key}", **words)
    if lead.trend not in {"better", "worse"}:
        sentence = _but(sentence, clear.values(), currency)
    verdict = Verdict(code=code, why=why, sentence=sentence, source=lead.source)
    return _guarded(verdict, guardrails)


def _but(sentence: Text, clear: Iterable[MetricChange], currency: str) -> Text:
    """The sentence of an unclear lead, and each source that is clear where it is not."""
    for row in clear:
        shown = {part: row.shown(part, currency=currency) for part in ("change", "low", "high")}
        more = Text("compare.verdict_but", source=source_word(row.source, "named"), **shown)
        sentence = Text("compare.verdict_and", first=sentence, second=more)
    return sentence


def _guarded(verdict: Verdict, rails: Sequence[GuardrailCheck]) -> Verdict:
    """The verdict with its guardrails: broken ones lead, those that are not sure follow."""
    code, why, sentence = verdict.code, verdict.why, verdict.sentence
    of = {state: [rail for rail in rails if rail.state == state] for state in _STATES}
    if code == "likely better":
        sentence = _followed(sentence, of, bool(rails))
    if of["broken"]:
        broken = listed([rail.short for rail in of["broken"]])
        sentence = Text("compare.verdict_broken", rails=broken, sentence=sentence)
        if code not in {"likely worse", "cannot tell"}:
            code, why = "breaks a guardrail", "guardrail"
    return Verdict(code=code, why=why, sentence=sentence, source=verdict.source)


_STATES: tuple[State, ...] = ("holds", "broken", "at risk", "unclear", "unknown")


def _followed(sentence: Text, of: dict[State, list[GuardrailCheck]], guarded: bool) -> Text:
    """What the guardrails say of a change for the better."""
    if not guarded:
        return Text("compare.verdict_and", first=sentence, second=Text("compare.rails_none"))
    if not any(of[state] for state in _STATES[1:]):
        return Text("compare.verdict_and", first=sentence, second=Text("compare.rails_hold"))
    for state in ("at risk", "unclear"):
        if of[state]:
            shorts = listed([rail.short for rail in of[state]])
            more = Text(f"compare.rails_{state.replace(' ', '_')}", rails=shorts)
            sentence = Text("compare.verdict_and", first=sentence, second=more)
    if of["unknown"]:
        more = Text("compare.rails_unknown", rails=listed([rail.name for rail in of["unknown"]]))
        sentence = Text("compare.verdict_and", first=sentence, second=more)
    return sentence
