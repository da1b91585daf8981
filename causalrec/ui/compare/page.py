"""Compare, from top to bottom."""

from __future__ import annotations

from functools import partial

import streamlit as st

from causalrec.core.errors import CausalRecError, StorageError
from causalrec.core.words import Text
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.tasks.whatif.compare import Compare, CompareParams, comparison_of
from causalrec.ui.compare.figures import figures
from causalrec.ui.compare.verdict import verdict
from causalrec.ui.interventions.cache import truth_of
from causalrec.ui.kit import press
from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.open_models import dataset_of
from causalrec.ui.kit.session import launcher, plain, say, t, workspace
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_kinds import is_outcome, list_metrics, metric_name
from causalrec.whatif.changes.sources import EFFECT, SIMULATOR
from causalrec.whatif.forecasts.scenario import Scenario
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["show"]

_CHOSEN = "compare-scenario"


def show() -> None:
    """Draw Compare: choose a scenario, then its verdict and everything under it."""
    place = workspace()
    scenarios = place.things("scenario")
    if not scenarios:
        parts.empty_state("page_compare.no_scenario", "interventions")
        return
    launcher().warm()
    chosen = _choose(place, scenarios)
    run = _latest(place, chosen.name)
    if run is not None and run.status != "done":
        parts.run_status(run.id)
    _compared(place, chosen, run)
    parts.next_step("runs", ready=bool(place.register.runs(limit=1)))


def _compared(place: Workspace, chosen: Thing, run: Run | None) -> None:
    """The kept comparison of a scenario, or that there is none yet."""
    thing = place.find("comparison", chosen.name)
    if thing is None:
        if run is None or run.status == "done":
            st.info(t("page_compare.not_yet", name=plain(chosen.name)), icon=":material/balance:")
        return
    comparison = _read(thing)
    if comparison is None:
        return
    parts.stale_note(thing, redo=lambda: _start(place, chosen.name))
    verdict(comparison)
    ask = None
    if _unasked(comparison) and not (run is not None and run.active):
        asked = {**(thing.meta.get("asked") or {}), "simulate": True}
        ask = partial(_start, place, chosen.name, asked)
    figures(comparison, _truth(place, thing, chosen, comparison), ask)


def _unasked(comparison: Comparison) -> bool:
    """Whether the simulator could have been asked (lists change) and was not."""
    sources = {one.source for one in comparison.rows}
    return not {SIMULATOR, EFFECT} & sources


def _choose(place: Workspace, scenarios: list[Thing]) -> Thing:
    """The scenario, the settings of its comparison, and the button that makes it."""
    names = [thing.name for thing in scenarios]
    compared = [thing.name for thing in place.things("comparison") if thing.name in names]
    first = names.index(compared[0]) if compared else 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            t("page_compare.scenario"),
            names,
            first,
            key=_CHOSEN,
            width=360,
            persist_state="session",
        )
        name = name if name in names else names[first]
        with st.popover(t("page_compare.settings"), icon=":material/tune:"):
            kept = place.find("comparison", name)
            asked = _asked(kept)
            values = params_form(
                CompareParams, key=f"compare-{name}", values=asked, skip=("scenario", "goal")
            )
            values["goal"] = _goal(place, name, str(asked.get("goal", "auto")))
        press.button(
            t("page_compare.again" if kept is not None else "page_compare.compare"),
            key="compare-start",
            type="secondary" if kept is not None else "primary",
            icon=":material/compare_arrows:",
            act=_start,
            args=(place, name, values),
        )
    return next(thing for thing in scenarios if thing.name == name)


def _asked(kept: Thing | None) -> dict[str, object]:
    """How a kept comparison was asked for, as far as that can still be asked."""
    asked = dict(kept.meta.get("asked") or {}) if kept is not None else {}
    return {name: value for name, value in asked.items() if name in CompareParams.model_fields}


def _goal(place: Workspace, scenario: str, now: str) -> str:
    """What the verdict is about: an outcome of the scenario's log, or a figure of lists."""
    metrics = _names(place, scenario)
    options = ["auto", *metrics]
    return str(
        st.selectbox(
            t("compare.param_goal_label"),
            options,
            options.index(now) if now in options else 0,
            format_func=lambda name: t("ui.auto") if name == "auto" else say(metrics[name]),
            help=t("compare.param_goal"),
            key=f"compare-{scenario}-goal",
        )
    )


def _names(place: Workspace, scenario: str) -> dict[str, Text]:
    """The metrics that a comparison of the scenario has, with their words."""
    document = place.thing("scenario", scenario).json()
    thing = place.find("dataset", str(document.get("dataset", "")))
    outcomes = {} if thing is None else outcomes_of(dataset_of(thing))
    names = {name: metric_name(name, about=one) for name, one in outcomes.items()}
    return names | {name: metric_name(name) for name in list_metrics()}


def _start(place: Workspace, name: str, values: dict[str, object] | None = None) -> None:
    if values is None:
        values = _asked(place.find("comparison", name))
    asked = CompareParams.make({**values, "scenario": name})
    launcher().start(place, Compare.name, asked.model_dump(mode="json"))


def _latest(place: Workspace, name: str) -> Run | None:
    runs = place.register.runs(Compare.name, limit=50)
    return next((run for run in runs if run.params.get("scenario") == name), None)


def _read(thing: Thing) -> Comparison | None:
    try:
        return comparison_of(thing)
    except StorageError:
        st.info(t("page_compare.unreadable"), icon=":material/update:")
        return None


def _truth(
    place: Workspace, thing: Thing, scenario: Thing, comparison: Comparison
) -> dict[str, float]:
    """The true change of each metric, where the log is a sample shop's and somebody asks."""
    dataset = place.find("dataset", str(thing.meta.get("dataset", "")))
    if dataset is None or "shop" not in dataset.meta:
        return {}
    if not st.toggle(t("page_compare.show_truth"), key="compare-truth", persist_state="session"):
        return {}
    outcomes = tuple(metric for metric in comparison.metrics if is_outcome(metric))
    try:
        asked = Scenario.make({**scenario.json(), "name": scenario.name})
        with st.spinner(t("page_compare.asking_truth")):
            true = truth_of(place, asked, dataset, outcomes) or {}
    except CausalRecError as error:
        st.caption(plain(str(error.text)))
        return {}
    if not true:
        st.caption(t("page_compare.no_truth"))
    return true
