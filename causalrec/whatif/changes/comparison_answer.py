"""A comparison as an answer: what to do about its scenario, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from causalrec.causal.effects.alarms import DOUBTS
from causalrec.core.results.answer import Answer, MethodAnswer
from causalrec.core.results.answering import Findings, Question, answered
from causalrec.core.words import Text, table
from causalrec.core.words.lists import listed
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_change import MetricChange, lead_of, same_metric
from causalrec.whatif.changes.sources import EFFECT, LOG, SIMULATOR, SPLIT, kind_of, source_word
from causalrec.whatif.changes.verdict import GuardrailCheck

__all__ = ["comparison_answer"]

_NARROW = DOUBTS | {"whatif.flag_clusters"}
"""Flags that say of an interval itself that it may be too narrow or miss the truth."""
_LEAVES = {EFFECT: "effect", LOG: "off_policy", SIMULATOR: "simulator"}
"""What a source's interval leaves out, by its kind."""
_MODELLED = (SIMULATOR, SPLIT)
"""Sources that say what people would do from what they did under other lists, by assumption."""


def comparison_answer(comparison: Comparison) -> Answer:
    """The answer to a comparison's goal, by its leading source; others are heard beside it."""
    rows = comparison.of(comparison.goal)
    lead = lead_of(rows)
    measure = lead.measure(comparison.currency)
    question = Question(
        kind="scenario",
        name=comparison.name,
        what=comparison.what or _plain(comparison.name),
        whom=comparison.whom or Text(f"answer.whom_ate_{_unit(lead)}"),
        against=lead.before_name,
        measure=measure,
        since=None if comparison.since is None else _plain(comparison.since[:10]),
        exact=_exact(comparison),
        asked=comparison.asked,
        chosen=comparison.goal_why,
    )
    rails = comparison.guardrails
    mute = lead.refused or lead.bracket
    findings = Findings(
        methods=_methods(rows, lead, comparison.currency),
        before=lead.before,
        after=lead.after,
        broken=tuple(rail.short for rail in rails if rail.state == "broken"),
        at_risk=tuple(_risk(rail) for rail in rails if rail.state not in {"holds", "broken"}),
        doubts=_doubts(lead),
        unknown=() if mute else (*_unknown(rows, lead), *_unguarded(comparison)),
        assumptions=lead.assumptions,
        reason=_reason(lead),
        alone=_alone(comparison, lead),
    )
    return answered(question, findings)


def _plain(value: object) -> Text:
    return Text("answer.as_is", value=value)


def _exact(comparison: Comparison) -> Text | None:
    """The steps that were asked with their parameters as they are kept."""
    asked = None if comparison.asked is None else comparison.asked.plain.get("interventions")
    steps = [step for step in asked if isinstance(step, dict)] if isinstance(asked, list) else []
    if not steps:
        return None
    return listed([Text("answer.exact_step", **_step(step)) for step in steps])


def _step(step: Mapping[str, JsonValue]) -> dict[str, str]:
    params = step.get("params")
    pairs = params.items() if isinstance(params, dict) else ()
    shown = ", ".join(f"{name} = {value}" for name, value in pairs if value is not None)
    return {"name": str(step.get("name")), "params": shown}


def _unit(row: MetricChange) -> str:
    return row.unit if row.unit != "list" else "user"


def _reason(lead: MetricChange) -> Text | None:
    """Why nobody answers: what trusts a model alone is no answer."""
    if lead.bracket and not lead.refused:
        return Text("whatif.flag_model", estimator=lead.source_name)
    return lead.change.reason


def _risk(rail: GuardrailCheck) -> Text:
    if rail.state != "unknown":
        return rail.short
    return Text("answer.rail_unknown", metric=rail.name, reason=rail.reason or "")


def _methods(
    rows: Sequence[MetricChange], lead: MetricChange, currency: str
) -> tuple[MethodAnswer, ...]:
    """Every source's answer; of a kind of source that answers several times one is heard."""
    heard: dict[str, MetricChange] = {kind_of(lead.source): lead}
    for row in rows:
        if not row.refused and not row.bracket:
            heard.setdefault(kind_of(row.source), row)
    first = sorted(rows, key=lambda row: row is not lead)
    judging = [] if lead.bracket else list(heard.values())
    return tuple(
        _method(row, currency, leads=row is lead, judges=any(row is one for one in judging))
        for row in first
    )


def _method(row: MetricChange, currency: str, *, leads: bool, judges: bool) -> MethodAnswer:
    refused = row.refused or (leads and row.bracket)
    facts = row.change.model_dump(include={"value", "low", "high", "level", "n"})
    if row.refused:
        facts |= {"value": None, "low": None, "high": None}
    shown = None if row.refused else _plain(row.shown("change", currency=currency))
    return MethodAnswer(
        **facts,
        flags=row.change.flags,
        refused=refused,
        reason=row.change.reason,
        method=row.source,
        name=source_word(row.source, "named"),
        change=shown,
        leads=leads,
        judges=judges,
    )


def _alone(comparison: Comparison, lead: MetricChange) -> Text:
    """Who alone could answer, and in a few words why others could not."""
    kind = kind_of(lead.source)
    alone = Text(f"answer.alone_{_word(kind)}")
    silent: dict[str, Text] = {}
    for row in comparison.rows:
        if row.refused and kind_of(row.source) != kind and same_metric(row.metric, lead.metric):
            silent.setdefault(kind_of(row.source), _silent(row))
    others = list(dict.fromkeys(silent.values()))
    return Text("answer.alone_others", alone=alone, others=listed(others)) if others else alone


def _silent(row: MetricChange) -> Text:
    """Why a source does not answer, in a few words."""
    reason = row.change.reason
    name = reason.key.partition(".")[2] if isinstance(reason, Text) else ""
    short = f"answer.silent_{name}"
    return Text(short if short in table("en") else f"answer.silent_{_word(kind_of(row.source))}")


def _word(kind: str) -> str:
    return kind.replace("-", "_")


def _doubts(lead: MetricChange) -> tuple[Text, ...]:
    """What says that the leading interval is too narrow."""
    few = tuple(flag for flag in lead.change.flags if flag.key in _NARROW)
    kind = kind_of(lead.source)
    if kind in _MODELLED and not lead.refused:
        return (Text(f"answer.doubt_{kind}"), *few)
    return few


def _unguarded(comparison: Comparison) -> tuple[Text, ...]:
    return () if comparison.guardrails else (Text("answer.no_guardrail"),)


def _unknown(rows: Sequence[MetricChange], lead: MetricChange) -> tuple[Text, ...]:
    """Who refuses and why, once a kind; what to know of the leading figure; what it leaves out."""
    answering = {kind_of(row.source) for row in rows if not row.refused}
    refusals: dict[str, Text] = {}
    for row in rows:
        kind = kind_of(row.source)
        if row.refused and kind not in answering:
            name = source_word(row.source, "named")
            facts = {"name": name, "reason": row.change.reason or Text("compare.not_measured")}
            refusals.setdefault(kind, Text("answer.not_answered", **facts))
    flags = [flag for flag in lead.change.flags if flag.key not in _NARROW]
    leaves = [f"answer.leaves_{_LEAVES[kind]}" for kind in _LEAVES if kind in answering]
    return (*flags, *refusals.values(), *map(Text, leaves))
