"""From a question and what methods found to an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from causalrec.core.results.agreement import agreement, opposed, unlike
from causalrec.core.results.answer import Answer, MethodAnswer
from causalrec.core.results.asked import Asked
from causalrec.core.results.decision import NEGLIGIBLE, Evidence, Step, Trend, certainty_of, decide
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.core.words.lists import listed

__all__ = ["Findings", "Question", "answered", "trend_of"]


_NOTHING = Estimate()


@dataclass(frozen=True)
class Question:
    """What was asked of which thing.

    Attributes:
        kind, name: of the saved thing.
        what, whom, since, against: see `Answer`.
        measure: of the quantity.
        exact: see `Answer`.
        asked: the parameters.
        chosen: why it is answered by this measure, where there was a choice.
    """

    kind: Literal["effect", "scenario"]
    name: str
    what: Text
    whom: Text
    against: Text
    measure: Measure
    since: Text | None = None
    exact: Text | None = None
    asked: Asked | None = None
    chosen: Text | None = None


@dataclass(frozen=True)
class Findings:
    """What methods found.

    Attributes:
        methods: every method's answer, one of them leading; those that judge share no
            evidence that another of them has already.
        before, after: what is and what would be.
        causal: whether it is an effect, and not a difference as seen.
        broken, at_risk: guardrails.
        doubts: what says that the interval is too narrow.
        unknown: what else is not known.
        assumptions: what must hold.
        reason: why nobody answers.
        ways: whether the methods are ways of calculating from the same evidence.
        alone: what is said where one method answers alone; None: that it does.
    """

    methods: tuple[MethodAnswer, ...]
    before: Estimate = _NOTHING
    after: Estimate = _NOTHING
    causal: bool = True
    broken: tuple[Text, ...] = ()
    at_risk: tuple[Text, ...] = ()
    doubts: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()
    assumptions: tuple[Text, ...] = ()
    reason: Text | None = None
    ways: bool = False
    alone: Text | None = None

    @property
    def lead(self) -> MethodAnswer:
        """The leading method's answer."""
        return next(one for one in self.methods if one.leads)

    @property
    def others(self) -> list[MethodAnswer]:
        """What else is heard."""
        return [one for one in self.methods if _heard(one) and not one.leads]


def _heard(one: MethodAnswer) -> bool:
    return one.judges and not one.refused and one.value is not None


def trend_of(change: Estimate, good: int) -> Trend:
    """A change judged: clear where its interval excludes 0, the same where it is 0 alone."""
    if change.refused or change.value is None:
        return "refused"
    if (change.value, change.low, change.high) == (0, 0, 0):
        return "same"
    if not change.excludes_zero:
        return "unclear"
    return "better" if change.value * good > 0 else "worse"


def answered(question: Question, findings: Findings) -> Answer:
    """The answer, decided by the rule of `causalrec.core.results.decision`."""
    lead, measure = findings.lead, question.measure
    evidence = _evidence(findings, measure.good)
    step = decide(evidence)
    facts: dict[str, Any] = {name: getattr(lead, name) for name in Estimate.model_fields}
    return Answer(
        **facts | _said(lead, findings, measure),
        kind=question.kind,
        name=question.name,
        asked=question.asked,
        what=question.what,
        whom=question.whom,
        since=question.since,
        against=question.against,
        exact=question.exact,
        chosen=question.chosen,
        quantity=measure.name,
        said=measure.said,
        unit=Text("answer.as_is", value=measure.unit_word),
        scale=measure.scale,
        per=measure.per,
        good=1 if measure.good > 0 else -1,
        certainty=certainty_of(evidence),
        agreement=agreement([one for one in findings.methods if _heard(one)]),
        agreed=_agreed(findings),
        methods=findings.methods,
        broken=findings.broken,
        at_risk=findings.at_risk,
        unknown=(*findings.doubts, *findings.unknown),
        assumptions=findings.assumptions,
        decision=step.decision,
        step=step.name,
        because=_because(step, findings, measure),
    )


def _evidence(findings: Findings, good: int) -> Evidence:
    lead, others = findings.lead, findings.others
    heard = [one for one in (lead, *others) if _heard(one)]
    trend = trend_of(lead, good)
    return Evidence(
        trend=trend,
        causal=findings.causal,
        opposed=any(opposed(a, b) for a, b in combinations(heard, 2)),
        against=any(trend_of(one, good) == "worse" for one in others),
        unlike=trend == "better" and any(unlike(lead, one) for one in others),
        broken=bool(findings.broken),
        risky=bool(findings.at_risk),
        doubts=bool(findings.doubts),
        negligible=_negligible(lead, findings.before.value),
    )


def _negligible(change: Estimate, before: float | None) -> bool:
    if not before or change.low is None or change.high is None:
        return False
    return max(abs(change.low), abs(change.high)) <= NEGLIGIBLE * abs(before)


def _said(lead: MethodAnswer, findings: Findings, measure: Measure) -> dict[str, Text | None]:
    """The numbers as people read them."""
    shown: dict[str, Text | None] = {"change": lead.change}
    for part in ("before", "after"):
        value = getattr(findings, part).value
        shown[part] = None if value is None else _text(measure.amount(value))
    if lead.low is not None and lead.high is not None and not lead.refused:
        shown["size"] = measure.size(lead.low, lead.high)
        shown["about"] = measure.size_of(lead.value or 0.0, lead.low, lead.high)
    return shown


def _text(shown: Text | str) -> Text:
    return shown if isinstance(shown, Text) else Text("answer.as_is", value=shown)


def _agreed(findings: Findings) -> Text:
    heard = [one for one in findings.methods if _heard(one)]
    stand = agreement(heard).replace(" ", "_")
    if stand == "one" and findings.alone is not None:
        return findings.alone
    form = "ways" if findings.ways else "methods"
    return Text(f"answer.{form}_{stand}", n=len(heard))


def _because(step: Step, findings: Findings, measure: Measure) -> Text:
    """Why the step of the rule fired, with its numbers."""
    lead = findings.lead
    facts: dict[str, Any] = {"level": lead.level}
    if step.name == "refused":
        facts["reason"] = findings.reason or lead.reason or Text("compare.not_measured")
    elif step.name in ("opposed", "against", "unlike"):
        facts |= _other(step, findings, measure)
    elif step.name == "rails":
        facts["rails"] = listed(findings.at_risk)
    elif step.name == "doubts":
        facts["doubt"] = findings.doubts[0]
    elif step.name == "negligible":
        facts["least"] = NEGLIGIBLE
    return Text(f"answer.because_{step.name}", **facts)


def _other(step: Step, findings: Findings, measure: Measure) -> dict[str, Any]:
    """The method that speaks against the leading one, with its change and interval."""
    lead, good = findings.lead, measure.good
    tests: dict[str, Callable[[MethodAnswer], bool]] = {
        "opposed": lambda one: opposed(lead, one) or (one.excludes_zero and not lead.excludes_zero),
        "against": lambda one: trend_of(one, good) == "worse",
        "unlike": lambda one: unlike(lead, one),
    }
    other = next(one for one in findings.others if tests[step.name](one))
    decimals = measure.decimals(other)
    low, high = (
        measure.amount(end, signed=True, bare=True, decimals=decimals)
        for end in (other.low, other.high)
    )
    return {"other": other.name, "change": other.change, "low": low, "high": high}
