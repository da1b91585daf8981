"""What the page computes once: policies, how far a change goes, and the shop's truth."""

from __future__ import annotations

import streamlit as st

from causalrec.recsys.policies.policy import Policy, RecommenderPolicy
from causalrec.tasks.data.shop import shop_of
from causalrec.tasks.recsys.model_splits import learnt_from
from causalrec.tasks.whatif.scenario_setting import base_policy, setting_of, unseen_rows
from causalrec.ui.kit.open_models import dataset_of
from causalrec.whatif.forecasts.scenario import Scenario
from causalrec.whatif.interventions.intervention_kinds import TREATMENT
from causalrec.whatif.interventions.reach import Reach, reach
from causalrec.workspace import Thing, Workspace

__all__ = ["policy_of", "reach_of", "truth_of"]


def policy_of(
    place: Workspace, scenario: Scenario, dataset: Thing, model: Thing
) -> RecommenderPolicy:
    """The unmodified model as a policy at the scenario's temperature."""
    how = (scenario.temperature, scenario.epsilon)
    return _policy(place, scenario, dataset, model, (str(dataset.folder), str(model.folder), *how))


@st.cache_resource(show_spinner=False, max_entries=8)
def _policy(
    _place: Workspace,
    _scenario: Scenario,
    _dataset: Thing,
    _model: Thing,
    key: tuple[str | float | None, ...],
) -> RecommenderPolicy:
    ref = learnt_from(_place, _model)
    theirs = None if ref is None else _place.find(ref.kind, ref.name, ref.version)
    data = dataset_of(theirs or _dataset)
    unseen, _ = unseen_rows(_place, _model, data)
    return base_policy(_place, _scenario, data if unseen is None else unseen)


def reach_of(
    scenario: Scenario, policies: tuple[Policy, Policy], dataset: Thing, model: Thing
) -> Reach:
    """How far a scenario's change of lists goes.

    Args:
        scenario: says which change it is.
        policies: before and after.
        dataset: the log.
        model: what the policies rest on.
    """
    asked = scenario.model_dump_json(exclude={"name", "before"})
    return _reach(policies, (asked, str(dataset.folder), str(model.folder)))


@st.cache_resource(show_spinner=False, max_entries=32)
def _reach(_policies: tuple[Policy, Policy], key: tuple[str, str, str]) -> Reach:
    return reach(*_policies)


def truth_of(
    place: Workspace, scenario: Scenario, dataset: Thing, outcomes: tuple[str, ...]
) -> dict[str, float] | None:
    """The true change of each outcome, where the log is a sample shop's; else None."""
    if "shop" not in dataset.meta:
        return None
    model = place.find("model", scenario.model) if scenario.model else None
    key = (place.id, str(dataset.folder), "" if model is None else str(model.folder))
    return _truth(place, dataset, scenario.model_dump_json(), outcomes, key)


@st.cache_resource(show_spinner=False, max_entries=32)
def _truth(
    _place: Workspace, _dataset: Thing, document: str, outcomes: tuple[str, ...], key: object
) -> dict[str, float]:
    scenario = Scenario.model_validate_json(document)
    shop = shop_of(_dataset)
    assert shop is not None
    if scenario.on == TREATMENT:
        asked = scenario.changes[0].params
        return {
            o: shop.true_change(asked.node, asked.value, o, asked.segment)
            for o in outcomes
            if asked.node == "promotion"
        }
    setting = setting_of(_place, scenario)
    before = shop.logging_policy() if scenario.before == "log" else setting.base
    return {o: shop.true_value(setting.after, o) - shop.true_value(before, o) for o in outcomes}
