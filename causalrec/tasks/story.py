"""What a journey tells: the chapters of its story from the log, the effect and the comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.estimate import estimate
from causalrec.causal.estimators import unadjusted
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.reports.story_answer import Adjusted, Group, Groups
from causalrec.reports.story_question import Gap, Question, Trap
from causalrec.reports.story_whatif import WhatIf
from causalrec.shop.effect_question import EffectQuestion
from causalrec.whatif.changes.comparison_answer import comparison_answer
from causalrec.whatif.changes.metric_change import lead_of
from causalrec.whatif.interventions.intervention_kinds import TREATMENT

if TYPE_CHECKING:
    from causalrec.causal.effects.effect import Effect
    from causalrec.causal.tables.templates import BoundGraph
    from causalrec.data.dataset.dataset import Dataset
    from causalrec.shop.sample import SampleShop
    from causalrec.whatif.changes.comparison import Comparison
    from causalrec.whatif.forecasts.scenario import Scenario
    from causalrec.workspace import Workspace

__all__ = ["answer_of", "groups_of", "question_of", "trap_of", "whatif_of"]


def question_of(data: Dataset, people: pd.DataFrame, start: BoundGraph) -> Question:
    """What is asked: how large the log is, who was treated and when, who bought day by day.

    Args:
        data: the log.
        people: its causal table, one row a user before and after the date.
        start: the graph with its treatment and outcome.
    """
    frame = data.frame
    day = frame["time"].dt.floor("D")
    bought = frame.loc[frame[start.outcome] > 0, ["user"]].assign(day=day)
    users = bought.drop_duplicates().groupby("day").size()
    days = pd.date_range(day.min(), day.max())
    users = users.reindex(days, fill_value=0)
    shares = users.to_numpy() / len(people)
    return Question(
        users=len(people),
        rows=len(frame),
        days=len(days),
        treated=int(people[start.treatment].sum()),
        date=str(people.attrs["causalrec"]["date"])[:10],
        daily=pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "share": shares}),
    )


def trap_of(people: pd.DataFrame, start: BoundGraph) -> Trap:
    """The treated and the others as they are, since the treatment and before it."""
    outcome, past = start.outcome, f"past_{start.outcome}"
    before = people.assign(**{past: (people[past] > 0).astype(float)})
    return Trap(
        about=outcome_named(outcome),
        after=_gap(people, start.treatment, outcome),
        before=_gap(before, start.treatment, past),
    )


def _gap(people: pd.DataFrame, treatment: str, outcome: str) -> Gap:
    effect = estimate(people, [], treatment=treatment, outcome=outcome, estimator=unadjusted())
    shares = people.groupby(treatment)[outcome].mean()
    return Gap(**_plain(effect), treated=float(shares.loc[1]), control=float(shares.loc[0]))


def answer_of(effect: Effect, trap: Trap, shop: SampleShop) -> Adjusted:
    """The adjusted effect beside what one sees, and what is true."""
    asked = EffectQuestion(effect.treatment, effect.outcome, by_user=True, arms=effect.arms)
    return Adjusted(effect=effect, seen=trap.after, truth=asked.answer(shop))


def groups_of(
    people: pd.DataFrame, start: BoundGraph, effect: Effect, *, column: str, shop: SampleShop
) -> Groups:
    """The adjusted effect in each group of a column, beside the true one."""
    levels = people[column].astype(str)
    each = []
    for group in sorted(levels.unique()):
        mine = people[levels == group].reset_index(drop=True)
        mine.attrs = people.attrs
        one = estimate(
            mine,
            start.graph,
            treatment=effect.treatment,
            outcome=effect.outcome,
            estimator=effect.estimator,
        )
        if not one.refused:
            truth = shop.true_effect(effect.treatment, effect.outcome, {column: group})
            each.append(Group(**_plain(one), group=group, truth=truth))
    each.sort(key=lambda one: -(one.value or 0.0))
    about = outcome_named(effect.outcome)
    return Groups(about=about, column=column, everybody=effect.of_step, each=tuple(each))


def _plain(one: Estimate) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Estimate.model_fields}


def whatif_of(
    workspace: Workspace, scenario: Scenario, comparison: Comparison, shop: SampleShop
) -> WhatIf:
    """A change that was tried, beside what it would truly do."""
    lead = lead_of(comparison.of(comparison.goal))
    truth = _true_change(workspace, scenario, comparison.goal, shop)
    measure = lead.measure(comparison.currency)
    known = (
        None
        if truth is None
        else measure.amount(truth, signed=True, decimals=measure.decimals(lead.change))
    )
    return WhatIf(
        answer=comparison_answer(comparison),
        before=lead.before.value,
        truth=truth,
        true=None if known is None else Text("answer.as_is", value=known),
    )


def _true_change(
    workspace: Workspace, scenario: Scenario, outcome: str, shop: SampleShop
) -> float | None:
    """What the shop knows of a change: of a list per impression, of a treatment per user."""
    from causalrec.shop.truth import OUTCOMES
    from causalrec.tasks.whatif.scenario_setting import setting_of

    if outcome not in OUTCOMES:
        return None
    if scenario.on == TREATMENT:
        asked = scenario.changes[0].params.model_dump()
        return shop.true_change(asked["node"], asked["value"], outcome, asked["segment"])
    setting = setting_of(workspace, scenario)
    after, before = (shop.true_value(one, outcome) for one in (setting.after, setting.base))
    return float(np.subtract(after, before))
