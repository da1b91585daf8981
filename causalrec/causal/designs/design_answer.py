"""A design's effect as an answer: what to do about what began, and why."""

from __future__ import annotations

from typing import Any

from causalrec.causal.designs import DESIGNS
from causalrec.causal.designs.design_effect import DesignEffect, placebo_name
from causalrec.core.results.answer import Answer, MethodAnswer
from causalrec.core.results.answering import Findings, Question, answered
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text

__all__ = ["DOUBTS", "design_answer"]

DOUBTS = frozenset(
    f"causal.design_flag_{name}"
    for name in (
        *("pre_trends", "no_before", "pre_fit", "few_times", "long_after"),
        *("short", "far", "persistent", "sorted", "jumps"),
    )
)
"""Flags that say of the answer itself that it may be wrong or less sure than it looks."""


def design_answer(effect: DesignEffect) -> Answer:
    """The answer that a design's effect gives: before is what would have been without it."""
    question = Question(
        kind="effect",
        name=effect.name or effect.outcome,
        what=Text("causal.design_what", when=effect.when),
        whom=Text("causal.design_whom" if effect.n_treated else "causal.design_whom_all"),
        against=Text("causal.design_against"),
        measure=effect.measure,
    )
    broken = tuple(
        Text("causal.design_doubt", placebo=placebo_name(name, "")) for name in effect.failed
    )
    doubts = tuple(flag for flag in effect.flags if flag.key in DOUBTS)
    findings = Findings(
        methods=(_method(effect),),
        before=Estimate(value=effect.baseline),
        doubts=(*doubts, *broken),
        unknown=tuple(flag for flag in effect.flags if flag.key not in DOUBTS),
        assumptions=effect.assumptions,
        reason=effect.reason,
        ways=True,
    )
    return answered(question, findings)


def _method(effect: DesignEffect) -> MethodAnswer:
    """The design's own answer, which leads; one without an interval decides nothing."""
    names: dict[str, Any] = {
        "method": effect.design,
        "name": Text("answer.as_is", value=DESIGNS[effect.design].word()),
        "leads": True,
    }
    facts: dict[str, Any] = {
        name: getattr(effect, name) for name in Estimate.model_fields if name != "flags"
    }
    if effect.low is None and not effect.refused:
        reason = Text("causal.design_no_interval", p=1.0 if effect.p is None else effect.p)
        facts |= {"value": None, "refused": True, "reason": reason}
    if facts["refused"]:
        return MethodAnswer(**facts, **names)
    shown = effect.measure.amount(
        effect.value, signed=True, decimals=effect.measure.fitting(effect)
    )
    return MethodAnswer(**facts, **names, change=Text("answer.as_is", value=shown))
