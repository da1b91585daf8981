"""Interventions, from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.causal.formats.json_document import from_document
from causalrec.core.errors import CausalRecError
from causalrec.data.dataset.dataset import Dataset
from causalrec.tasks.whatif.forecast import ForecastScenario
from causalrec.ui.interventions.answers import answers, headline
from causalrec.ui.interventions.builder import build_lists, build_treatment
from causalrec.ui.interventions.cache import policy_of
from causalrec.ui.interventions.draft import Draft, current, saved_scenarios
from causalrec.ui.interventions.example import example
from causalrec.ui.kit import press
from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.current import current_dataset
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.open_models import dataset_of, models_of
from causalrec.ui.kit.session import language, launcher, plain, say, t, workspace
from causalrec.whatif.forecasts.forecast import ForecastSet
from causalrec.whatif.forecasts.scenario import Scenario, default_scenarios, sentence_of
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["show"]


def show() -> None:
    """Draw Interventions: scenarios, the one being built, its lists and its forecasts."""
    place = workspace()
    thing = current_dataset(place)
    if thing is None:
        parts.empty_state("page_interventions.no_dataset", "data")
        return
    data = dataset_of(thing)
    ground = _Ground(thing, data, models_of(place, thing.name), place.things("graph"))
    if not ground.models and not ground.graphs:
        parts.empty_state("page_interventions.no_model", "train")
        return
    launcher().warm()
    draft, fresh = current(place, thing.name)
    _open(place, draft, ground, fresh=fresh)
    on_top = st.container(key="interventions-answer")
    ready = _build(place, draft, ground)
    if ready:
        _ask(place, draft)
    _answers(place, draft, ground, on_top)
    parts.next_step("compare", ready=bool(place.things("forecast")))


@dataclass(frozen=True)
class _Ground:
    """What scenarios start from: a saved log and its rows, models of it, and graphs."""

    thing: Thing
    data: Dataset
    models: list[Thing]
    graphs: list[Thing]


def _starts(ground: _Ground) -> list[Scenario]:
    cause = None
    if ground.graphs:
        graph = from_document(ground.graphs[0].json())
        ends = [next(iter(graph.marked(role)), None) for role in ("treatment", "outcome")]
        if ends[0] is not None and ends[1] is not None:
            cause = (ground.graphs[0].name, ends[0], ends[1])
    model = ground.models[0].name if ground.models else None
    return default_scenarios(ground.data, model, cause, language())


def _open(place: Workspace, draft: Draft, ground: _Ground, *, fresh: bool) -> None:
    """Saved scenarios, the ones to start from, and a new one."""
    saved = saved_scenarios(place, ground.data.name)
    starts = _starts(ground)
    if fresh:
        first = Scenario.make(saved[0].json()) if saved else next(iter(starts), None)
        if first is not None:
            draft.load(first)
        elif not ground.models:
            draft.kind = TREATMENT
    with st.container(horizontal=True, vertical_alignment="center"):
        if saved:
            with st.popover(t("page_interventions.saved"), icon=":material/folder_open:"):
                for one in saved:
                    st.button(
                        plain(one.name),
                        key=f"open-{one.name}",
                        type="tertiary",
                        on_click=_load,
                        args=(draft, one.json() | {"name": one.name}),
                    )
        for at, start in enumerate(starts):
            st.button(
                plain(start.name),
                key=f"start-{at}",
                icon=":material/bolt:",
                on_click=_load,
                args=(draft, start.model_dump(mode="json")),
            )
        st.button(
            t("page_interventions.new_scenario"),
            key="scenario-new",
            icon=":material/add:",
            type="tertiary",
            on_click=draft.clear,
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
        if draft.kind == LIST and not models:
            parts.empty_state("page_interventions.no_model", "train")
            return False
        if draft.kind == LIST:
            build_lists(draft, data, models)
            ready = True
        else:
            ready = build_treatment(draft, data, ground.graphs, ground.thing.meta.get("date"))
    with right:
        if draft.kind == TREATMENT:
            if ready:
                _treatment_words(draft)
            return ready
        model = next(one for one in models if one.name == draft.model)
        with caught():
            _lists(place, draft, ground, model)
    return ready


def _treatment_words(draft: Draft) -> None:
    st.subheader(t("page_interventions.what_it_does"), anchor=False)
    with caught():
        sentence = say(sentence_of(draft.scenario()))
        st.markdown(f":material/tune: {plain(sentence)}")
    st.caption(t("page_interventions.treatment_note"))


def _lists(place: Workspace, draft: Draft, ground: _Ground, model: Thing) -> None:
    scenario = draft.scenario()
    with st.spinner(t("page_interventions.preparing")):
        base = policy_of(place, scenario, ground.thing, model)
        before, after = scenario.policies(base, ground.data)
    example(before, after, ground.data)
    key = "temperature_auto" if scenario.temperature is None else "temperature_own"
    st.caption(
        f":material/thermostat: {t(f'page_interventions.{key}', temperature=base.temperature)}"
    )


def _ask(place: Workspace, draft: Draft) -> None:
    """Name, save, forecast."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draft.name = st.text_input(
            t("page_interventions.name"),
            draft.name,
            key=draft.key("name"),
            width=320,
            placeholder=t("page_interventions.name_hint"),
        )
        named = bool(draft.name.strip())
        if draft.kind == LIST:
            _estimator(place, draft)
        press.button(
            t("page_interventions.save"),
            key="scenario-save",
            icon=":material/save:",
            disabled=not named,
            act=_keep,
            args=(place, draft),
        )
        press.button(
            t("page_interventions.ask"),
            key="scenario-ask",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not named,
            act=_forecast,
            args=(place, draft),
        )


def _keep(place: Workspace, draft: Draft) -> None:
    kept = _save(place, draft.scenario())
    st.toast(t("page_interventions.saved_note", name=plain(kept.name)))


def _forecast(place: Workspace, draft: Draft) -> None:
    kept = _save(place, draft.scenario())
    asked = {"scenario": kept.name, "estimator": draft.estimator}
    launcher().start(place, ForecastScenario.name, asked)


def _estimator(place: Workspace, draft: Draft) -> None:
    """The off-policy estimator that leads; at first the one that the kept forecast was led by."""
    names = list(OPE_ESTIMATORS)
    if draft.key("estimator") not in st.session_state:
        draft.estimator = _asked(place, draft.name.strip())
    draft.estimator = str(
        st.selectbox(
            t("whatif.forecast_estimator_label"),
            names,
            names.index(draft.estimator) if draft.estimator in names else 0,
            format_func=lambda name: say(OPE_ESTIMATORS[name].word()),
            help="\n\n".join((t("whatif.forecast_estimator"), *map(_about, names))),
            key=draft.key("estimator"),
            width=300,
        )
    )


def _about(name: str) -> str:
    entry = OPE_ESTIMATORS[name]
    return f"**{plain(say(entry.word()))}** {plain(say(entry.word('_about')))}"


def _save(place: Workspace, scenario: Scenario) -> Thing:
    """The scenario as a thing; a new version only where something changed."""
    document = scenario.model_dump(mode="json")
    saved = place.find("scenario", scenario.name)
    if saved is not None and saved.json() == document:
        return saved
    used = [("dataset", scenario.dataset), ("model", scenario.model), ("graph", scenario.graph)]
    things = [place.find(kind, name) for kind, name in used if name]
    refs = [thing.ref for thing in things if thing is not None]
    return place.save_json("scenario", scenario.name, document, made_from=refs)


def _answers(place: Workspace, draft: Draft, ground: _Ground, on_top: DeltaGenerator) -> None:
    """The forecasts kept under the name, their sentence on top; the run while it lives or failed.

    Args:
        place: the workspace.
        draft: the scenario on screen.
        ground: its dataset, saved and read.
        on_top: where the sentence stands, above the builder.
    """
    name = draft.name.strip()
    run = _latest(place, name)
    if run is not None and run.status != "done":
        parts.run_status(run.id)
    kept = place.find("forecast", name) if name else None
    if kept is None:
        return
    try:
        forecasts = ForecastSet.revived(kept.json())
        scenario = Scenario.make({**place.thing("scenario", name).json(), "name": name})
    except (CausalRecError, ValueError):
        st.info(t("page_interventions.unreadable"), icon=":material/update:")
        return
    with on_top:
        parts.stale_note(kept, redo=lambda: _again(place, name))
        if draft.scenario() != scenario:
            st.info(t("page_interventions.edited", name=plain(name)), icon=":material/edit:")
        headline(forecasts)
    answers(forecasts, scenario, ground.thing, ground.data)


def _again(place: Workspace, name: str) -> None:
    asked = {"scenario": name, "estimator": _asked(place, name)}
    launcher().start(place, ForecastScenario.name, asked)


def _asked(place: Workspace, name: str) -> str:
    """The off-policy estimator of a scenario's kept forecast, else the first."""
    kept = place.find("forecast", name) if name else None
    asked = {} if kept is None else kept.meta.get("asked") or {}
    return str(asked.get("estimator", OPE_ESTIMATORS.default))


def _latest(place: Workspace, name: str) -> Run | None:
    runs = place.register.runs(ForecastScenario.name, limit=50)
    return next((run for run in runs if run.params.get("scenario") == name), None)
