"""An effect as an answer: what to do about its treatment, and why."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from causalrec.causal.effects.alarms import DOUBTS
from causalrec.causal.effects.effect import Effect, step_word
from causalrec.causal.estimators import ESTIMATORS, adjusts, label_of
from causalrec.causal.refuters import REFUTERS
from causalrec.core.results.answer import Answer, MethodAnswer
from causalrec.core.results.answering import Findings, Question, answered
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text, word_of
from causalrec.core.words.conditions import exactly

__all__ = ["effect_answer"]


def effect_answer(effect: Effect) -> Answer:
    """The answer that an effect gives, of a slope for `Effect.step` more of the treatment."""
    causal = effect.causal
    question = Question(
        kind="effect",
        name=effect.name or f"{effect.treatment} - {effect.outcome}",
        what=_what(effect),
        whom=word_of("answer.whom_", f"{effect.target}_{effect.unit}"),
        against=_against(effect),
        measure=effect.measure,
        exact=_exact(effect),
        since=None if effect.date is None else Text("answer.as_is", value=effect.date[:10]),
        asked=effect.asked,
    )
    doubts = (*(flag for flag in effect.flags if flag.key in DOUBTS), *_broken(effect))
    others = tuple(flag for flag in effect.flags if flag.key not in DOUBTS)
    leaves = [Text("answer.leaves_effect")] if causal and not effect.refused else []
    if effect.hidden is not None and effect.hidden.robustness_low > 0:
        leaves.append(effect.hidden.sentence)
    refused = [
        Text("answer.not_answered", name=label_of(name), reason=reason)
        for name, reason in effect.refusals.items()
        if name != effect.estimator
    ]
    findings = Findings(
        methods=_methods(effect),
        before=Estimate(value=effect.baseline),
        causal=causal,
        doubts=doubts,
        unknown=(*others, *refused, *leaves),
        assumptions=effect.assumptions,
        reason=effect.reason,
        ways=True,
    )
    return answered(question, findings).model_copy(update={"light": effect.light})


def _broken(effect: Effect) -> tuple[Text, ...]:
    """Attempts that the answer did not stand; how it stands a hidden cause is told by its size."""
    if effect.refutations is None:
        return ()
    names = [name for name in effect.refutations.failed if REFUTERS[name].expects != "sign"]
    return tuple(Text("causal.doubt_attempt", name=REFUTERS[name].word()) for name in names)


def _what(effect: Effect) -> Text:
    if effect.arms:
        return effect.arm_word(treated=True)
    if effect.step is None:
        return Text("answer.what_treatment", treatment=effect.treatment)
    return Text("answer.what_step", treatment=effect.treatment, step=step_word(effect.step))


def _against(effect: Effect) -> Text:
    if effect.arms:
        return Text("answer.against_arm", arm=effect.arm_word(treated=False))
    return Text("answer.against_now", treatment=effect.treatment)


def _exact(effect: Effect) -> Text | None:
    if not effect.arms:
        return None
    control, treated = (exactly(effect.treatment, arm) for arm in effect.arms)
    return Text("answer.exact_arms", treated=treated, control=control)


def _methods(effect: Effect) -> tuple[MethodAnswer, ...]:
    """Every estimator's answer, the headline's first; a check of another is not heard again."""
    rows = effect.to_frame().to_dict("records")
    first = sorted(rows, key=lambda row: row["estimator"] != effect.estimator)
    return tuple(_method(effect, row) for row in first)


def _method(effect: Effect, row: dict[Hashable, Any]) -> MethodAnswer:
    name = str(row["estimator"])
    leads = name == effect.estimator
    about: dict[str, Any] = {
        "method": name,
        "name": Text("answer.as_is", value=label_of(name)),
        "leads": leads,
        "judges": leads or (adjusts(name) and ESTIMATORS[name].checks is None),
        "level": effect.level,
        "n": effect.n,
    }
    if row["refused"] or (leads and effect.refused):
        reason = effect.reason if leads else effect.refusals.get(name)
        return MethodAnswer(**about, refused=True, reason=reason)
    value, low, high = ((effect.step or 1.0) * float(row[end]) for end in ("value", "low", "high"))
    decimals = effect.measure.decimals(Estimate(low=low, high=high))
    change = effect.measure.amount(value, signed=True, decimals=decimals)
    shown = Text("answer.as_is", value=change)
    return MethodAnswer(**about, value=value, low=low, high=high, change=shown)
