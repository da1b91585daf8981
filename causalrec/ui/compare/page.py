"""Compare, from top to bottom."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from causalrec.core.errors import CausalRecError, StorageError
from causalrec.core.results.asked import Asked
from causalrec.core.words import Text
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.reports.export_files import to_csv
from causalrec.reports.report import to_html
from causalrec.tasks.whatif.compare import CompareParams, comparison_of
from causalrec.tasks.whatif.report import file_name
from causalrec.ui.compare.board import board
from causalrec.ui.compare.figures import figures
from causalrec.ui.compare.verdict import verdict
from causalrec.ui.interventions.cache import truth_of
from causalrec.ui.kit import address, press, widgets
from causalrec.ui.kit.comparing import compare, last_asked, latest_run
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.open_models import dataset_of
from causalrec.ui.kit.outdated import answered, outdated
from causalrec.ui.kit.session import language, launcher, plain, say, t, workspace
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.changes.metric_kinds import is_outcome, list_metrics, measure
from causalrec.whatif.changes.sources import EFFECT, SIMULATOR
from causalrec.whatif.forecasts.scenario import Scenario
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["show"]

_CHOSEN = "compare-scenario"


def show() -> None:
    """Draw Compare: choose a scenario, then its verdict and everything under it."""
    place = workspace()
    scenarios = {thing.name: thing for thing in place.things("scenario")}
    if not scenarios:
        widgets.empty_state("page_compare.no_scenario", "interventions")
        return
    launcher().warm()
    name = _choose(place, list(scenarios))
    kept = place.find("comparison", name)
    values = _settings(place, name, kept)
    run = latest_run(place, name)
    if run is not None and run.status != "done":
        widgets.run_status(run.id)
    if kept is not None:
        _compared(place, (scenarios[name], kept), values, run)
    elif run is None or run.status == "done":
        st.info(t("page_compare.not_yet", name=plain(name)), icon=":material/balance:")
    _onward(name, kept)


def _compared(
    place: Workspace, things: tuple[Thing, Thing], values: dict[str, Any], run: Run | None
) -> None:
    """The kept comparison of a scenario, greyed where it is asked otherwise now."""
    scenario, kept = things
    comparison = _read(kept)
    if comparison is None:
        return
    was = CompareParams.make({**last_asked(place, kept.name), "scenario": kept.name})
    lines = Asked.of(was).differences(Asked.of(CompareParams.make(values)))
    if not outdated(lines, key="compare", ask=compare, args=(place, kept.name, values)):
        widgets.stale_note(kept, redo=lambda: compare(place, kept.name))
    with answered("comparison"):
        verdict(comparison)
        ask = None
        if _unasked(comparison) and not (run is not None and run.active):
            ask = partial(compare, place, kept.name, {"simulate": True})
        figures(comparison, _truth(place, kept, scenario, comparison), ask)
    board(place, kept)


def _unasked(comparison: Comparison) -> bool:
    """Whether the simulator could have been asked (lists change) and was not."""
    sources = {one.source for one in comparison.rows}
    return not {SIMULATOR, EFFECT} & sources


def _choose(place: Workspace, names: list[str]) -> str:
    """The scenario: the one of the address, the one asked or shown last, or the newest compared."""
    compared = [thing.name for thing in place.things("comparison") if thing.name in names]
    name = address.asked_for("scenario", names) or (compared or names)[0]
    st.session_state[_CHOSEN] = name
    address.show("scenario", name)
    return name


def _settings(place: Workspace, name: str, kept: Thing | None) -> dict[str, Any]:
    """The scenario's box, how it is compared, and the button; the settings as they stand."""
    names = [thing.name for thing in place.things("scenario")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("page_compare.scenario"), names, key=_CHOSEN, width=360, on_change=_pick)
        with st.popover(t("page_compare.settings"), icon=":material/tune:"):
            asked = {
                **CompareParams.make({"scenario": name}).model_dump(),
                **last_asked(place, name),
            }
            values = params_form(
                CompareParams, key=f"compare-{name}", values=asked, skip=("scenario", "goal")
            )
            values |= {"scenario": name, "goal": _goal(place, name, str(asked["goal"]))}
        press.button(
            t("page_compare.again" if kept is not None else "page_compare.compare"),
            key="compare-start",
            type="secondary" if kept is not None else "primary",
            icon=":material/compare_arrows:",
            act=compare,
            args=(place, name, values),
        )
    return values


def _pick() -> None:
    address.show("scenario", st.session_state[_CHOSEN])


def _onward(name: str, kept: Thing | None) -> None:
    """Where a verdict leads: to whoever decides, as a report, and to the next what-if."""
    comparison = None if kept is None else _read(kept)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if comparison is not None:
            st.download_button(
                t("page_compare.report"),
                lambda: to_html(comparison, language()),
                file_name=file_name(name, "html"),
                mime="text/html",
                type="primary",
                icon=":material/ios_share:",
                key="next-report",
                on_click="ignore",
            )
            st.download_button(
                t("page_compare.table"),
                lambda: to_csv(comparison),
                file_name=file_name(name, "csv"),
                mime="text/csv",
                icon=":material/download:",
                key="next-table",
                on_click="ignore",
            )
        widgets.next_step("interventions", label=t("page_compare.next_what_if"), scenario=name)


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
    document = place.thing("scenario", scenario).document()
    thing = place.find("dataset", str(document.get("dataset", "")))
    outcomes = {} if thing is None else outcomes_of(dataset_of(thing))
    names = {name: measure(name, about=one).name for name, one in outcomes.items()}
    lists = list_metrics() if thing is None or dataset_of(thing).has("user") else ()
    return names | {name: measure(name).name for name in lists}


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
        asked = Scenario.make({**scenario.document(), "name": scenario.name})
        with st.spinner(t("page_compare.asking_truth")):
            true = truth_of(place, asked, dataset, outcomes) or {}
    except CausalRecError as error:
        st.caption(plain(str(error.text)))
        return {}
    if not true:
        st.caption(t("page_compare.no_truth"))
    return true
