"""Interventions, from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.causal.formats.json_document import from_document
from causalrec.core.errors import CausalRecError, StorageError
from causalrec.core.words.lists import as_sentence
from causalrec.data.dataset.dataset import Dataset
from causalrec.tasks.whatif.compare import comparison_of
from causalrec.ui.interventions.answers import answers
from causalrec.ui.interventions.asking import ask, ask_line, differences
from causalrec.ui.interventions.builder import build_lists, build_treatment
from causalrec.ui.interventions.cache import policy_of, reach_of
from causalrec.ui.interventions.draft import Draft, current, saved_scenarios
from causalrec.ui.interventions.example import example
from causalrec.ui.interventions.shares import changes_itself, shares
from causalrec.ui.interventions.whom import whom
from causalrec.ui.kit import address, widgets
from causalrec.ui.kit.answer_card import answer_card
from causalrec.ui.kit.comparing import compare, latest_run
from causalrec.ui.kit.current import current_dataset
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.open_models import dataset_of, models_of
from causalrec.ui.kit.outdated import answered, outdated
from causalrec.ui.kit.session import language, launcher, plain, say, t, workspace
from causalrec.whatif.changes.comparison import Comparison
from causalrec.whatif.forecasts.answers import answer
from causalrec.whatif.forecasts.forecast import ForecastSet
from causalrec.whatif.forecasts.scenario import Scenario, default_scenarios, sentence_of
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT
from causalrec.workspace import Thing, Workspace

__all__ = ["show"]


def show() -> None:
    """Draw Interventions: scenarios, the one being built, its lists and its forecasts."""
    place = workspace()
    thing = _dataset(place)
    if thing is None:
        widgets.empty_state("page_interventions.no_dataset", "data")
        return
    data = dataset_of(thing)
    ground = _Ground(thing, data, models_of(place, thing.name), place.things("graph"))
    if not ground.lists and not ground.graphs:
        missing = ("no_model", "train") if data.has("user") else ("no_users", "graph")
        widgets.empty_state(f"page_interventions.{missing[0]}", missing[1])
        return
    launcher().warm()
    draft, fresh = current(place, thing.name)
    _open(place, draft, ground, fresh=fresh)
    note, on_top = st.container(), answered("scenario")
    ready = _build(place, draft, ground)
    if ready:
        ask_line(place, draft)
    name = draft.name.strip()
    draft.shown = name if name and place.find("scenario", name) else None
    address.show("scenario", draft.shown)
    _answers(place, draft, ground, (note, on_top))
    widgets.next_step("compare", ready=bool(place.things("scenario")), scenario=draft.shown)


def _dataset(place: Workspace) -> Thing | None:
    """The data of the scenario in the address, else those that all pages are about."""
    scenarios = {thing.name: thing for thing in place.things("scenario")}
    name = address.asked_for("scenario", scenarios)
    theirs = "" if name is None else str(scenarios[name].document().get("dataset") or "")
    return (place.find("dataset", theirs) if theirs else None) or current_dataset(place)


@dataclass(frozen=True)
class _Ground:
    """What scenarios start from: a saved log and its rows, models of it, and graphs."""

    thing: Thing
    data: Dataset
    models: list[Thing]
    graphs: list[Thing]

    @property
    def lists(self) -> bool:
        """Whether there is something whose choices can be changed: a model, or the log's own."""
        return bool(self.models) or changes_itself(self.data)


def _starts(ground: _Ground) -> list[Scenario]:
    cause = None
    if ground.graphs:
        graph = from_document(ground.graphs[0].document())
        ends = [next(iter(graph.marked(role)), None) for role in ("treatment", "outcome")]
        if ends[0] is not None and ends[1] is not None:
            cause = (ground.graphs[0].name, ends[0], ends[1])
    model = ground.models[0].name if ground.models else None
    return default_scenarios(ground.data, model, cause, language())


def _open(place: Workspace, draft: Draft, ground: _Ground, *, fresh: bool) -> None:
    """Saved scenarios, the ones to start from, and a new one; what the address names is opened."""
    saved = {one.name: one for one in saved_scenarios(place, ground.data.name)}
    starts = _starts(ground)
    _first(draft, saved, starts, fresh=fresh)
    if draft.kind == LIST and not ground.lists:
        draft.kind = TREATMENT
    with st.container(horizontal=True, vertical_alignment="center"):
        if saved:
            with st.popover(t("page_interventions.saved"), icon=":material/folder_open:"):
                for one in saved.values():
                    _button(draft, f"open-{one.name}", one.document() | {"name": one.name}, "")
        for at, start in enumerate(starts):
            kept = saved.get(start.name)
            document = start.model_dump(mode="json") if kept is None else kept.document()
            _button(draft, f"start-{at}", document, ":material/bolt:")
        st.button(
            t("page_interventions.new_scenario"),
            key="scenario-new",
            icon=":material/add:",
            type="tertiary",
            on_click=draft.clear,
        )


def _first(draft: Draft, saved: dict[str, Thing], starts: list[Scenario], *, fresh: bool) -> None:
    """Load the scenario of the address; a new draft also takes the one shown last, or a start."""
    name = address.linked("scenario", saved)
    if fresh and name is None:
        name = address.asked_for("scenario", saved) or next(iter(saved), None)
    if name is not None and name != draft.shown:
        _load(draft, saved[name].document() | {"name": name})
    elif fresh and starts:
        draft.load(starts[0])


def _button(draft: Draft, key: str, document: dict[str, Any], icon: str) -> None:
    """Opens a scenario; a saved one as it was saved, though a start has the same name."""
    st.button(
        plain(str(document["name"])),
        key=key,
        icon=icon or None,
        type="secondary" if icon else "tertiary",
        on_click=_load,
        args=(draft, document),
    )


def _load(draft: Draft, document: dict[str, object]) -> None:
    with caught():
        draft.load(Scenario.make(document))


def _build(place: Workspace, draft: Draft, ground: _Ground) -> bool:
    """The builder beside what it does; whether the scenario can be forecast."""
    data, models = ground.data, ground.models
    left, right = st.columns([4, 8], gap="large")
    with left:
        draft.kind = str(
            st.segmented_control(
                t("page_interventions.kind"),
                (LIST, TREATMENT),
                default=draft.kind,
                required=True,
                format_func=lambda kind: t(f"page_interventions.kind_{kind}"),
                key=draft.key("on"),
                label_visibility="collapsed",
            )
        )
        if draft.kind == LIST and not ground.lists:
            widgets.empty_state("page_interventions.no_model", "train")
            return False
        if draft.kind == LIST:
            build_lists(draft, data, models)
            ready = True
        else:
            ready = build_treatment(draft, data, ground.graphs, ground.thing)
    with right:
        if draft.kind == TREATMENT:
            if ready:
                _treatment_words(draft, data)
            return ready
        with caught():
            if draft.model is None:
                shares(draft.scenario(), ground.thing, data)
            else:
                model = next(one for one in models if one.name == draft.model)
                _lists(place, draft, ground, model)
    return ready


def _treatment_words(draft: Draft, data: Dataset) -> None:
    """What the treatment does, and whom it concerns."""
    st.subheader(t("page_interventions.what_it_does"), anchor=False)
    with caught():
        scenario = draft.scenario()
        st.markdown(f":material/tune: {plain(as_sentence(say(sentence_of(scenario)), language()))}")
        if data.n_users:
            whom(scenario, data)
    st.caption(t("page_interventions.treatment_note"))


def _lists(place: Workspace, draft: Draft, ground: _Ground, model: Thing) -> None:
    scenario = draft.scenario()
    with st.spinner(t("page_interventions.preparing")):
        base = policy_of(place, scenario, ground.thing, model)
        before, after = scenario.policies(base, ground.data)
        far = reach_of(scenario, (before, after), ground.thing, model)
    example(before, after, ground.data, far)
    key = "temperature_auto" if scenario.temperature is None else "temperature_own"
    number = t("page_interventions.temperature", temperature=base.temperature)
    st.caption(f":material/thermostat: {t(f'page_interventions.{key}')}", help=plain(number))


def _answers(
    place: Workspace, draft: Draft, ground: _Ground, places: tuple[DeltaGenerator, DeltaGenerator]
) -> None:
    """The forecasts kept under the name, their sentence on top; the run while it lives or failed.

    Args:
        place: the workspace.
        draft: the scenario on screen.
        ground: its dataset, saved and read.
        places: above the builder: for what is out of date, and for the answer.
    """
    name = draft.name.strip()
    run = latest_run(place, name)
    if run is not None and run.status != "done":
        widgets.run_status(run.id)
    kept = place.find("forecast", name) if name else None
    if kept is None:
        return
    try:
        forecasts = ForecastSet.revived(kept.document())
        scenario = _asked(place, kept, forecasts.since)
    except (CausalRecError, ValueError):
        st.info(t("page_interventions.unreadable"), icon=":material/update:")
        return
    with places[0], caught():
        lines = differences(place, draft, scenario, ground.data)
        if not outdated(lines, key="scenario", ask=ask, args=(place, draft)):
            widgets.stale_note(kept, redo=lambda: compare(place, name))
    with places[1]:
        answer_card(answer(_guarded(place, kept) or forecasts))
    with answered("scenario-forecasts"):
        answers(forecasts, scenario, ground.thing, ground.data)


def _guarded(place: Workspace, forecast: Thing) -> Comparison | None:
    """The comparison made from these forecasts, which knows the guardrails; None without one."""
    thing = place.find("comparison", forecast.name)
    if thing is None or forecast.ref not in thing.made_from:
        return None
    try:
        return comparison_of(thing)
    except StorageError:
        return None  # of an older form: the forecasts themselves answer


def _asked(place: Workspace, kept: Thing, since: str | None) -> Scenario:
    """The scenario that kept forecasts are of, as it was when they were made.

    Args:
        place: the workspace.
        kept: the forecasts.
        since: the date that was taken, where the scenario left it open.
    """
    ref = next((ref for ref in kept.made_from if ref.kind == "scenario"), None)
    version = None if ref is None else ref.version
    thing = place.thing("scenario", kept.name, version)
    scenario = Scenario.make({**thing.document(), "name": kept.name})
    return scenario.model_copy(update={"date": scenario.date or (since or "")[:10] or None})
