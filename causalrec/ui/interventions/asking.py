"""Naming, saving and asking a scenario: forecasts and comparison are made in one run."""

from __future__ import annotations

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.results.asked import Asked, Difference
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.ui.interventions.draft import Draft
from causalrec.ui.interventions.pickers import in_titles
from causalrec.ui.kit import press
from causalrec.ui.kit.comparing import compare, last_asked
from causalrec.ui.kit.session import plain, say, t
from causalrec.whatif.forecasts.scenario import Scenario, sentence_of
from causalrec.whatif.interventions.intervention_kinds import LIST, TREATMENT
from causalrec.whatif.ope.catalogue import OPE_ESTIMATORS
from causalrec.workspace import Thing, Workspace

__all__ = ["ask", "ask_line", "differences", "in_words"]


def ask_line(place: Workspace, draft: Draft) -> None:
    """Name, save, ask."""
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
            act=ask,
            args=(place, draft),
        )


def _keep(place: Workspace, draft: Draft) -> None:
    kept = _save(place, draft.scenario())
    st.toast(t("page_interventions.saved_note", name=plain(kept.name)))


def ask(place: Workspace, draft: Draft) -> None:
    """Save the scenario as it stands, and start the run that forecasts and compares it."""
    kept = _save(place, draft.scenario())
    compare(place, kept.name, {"estimator": draft.estimator})


def _estimator(place: Workspace, draft: Draft) -> None:
    """The off-policy estimator that leads; at first the one that the kept answer was led by."""
    names = list(OPE_ESTIMATORS)
    if draft.key("estimator") not in st.session_state:
        draft.estimator = _asked_estimator(place, draft.name.strip())
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


def _asked_estimator(place: Workspace, name: str) -> str:
    """The off-policy estimator that a scenario's kept answer was asked by, else the first."""
    kept = place.find("forecast", name) if name else None
    asked = (kept.meta.get("asked") if kept is not None else None) or last_asked(place, name)
    return str(asked.get("estimator", OPE_ESTIMATORS.default))


def _save(place: Workspace, scenario: Scenario) -> Thing:
    """The scenario as a thing; a new version only where something changed."""
    document = scenario.model_dump(mode="json")
    saved = place.find("scenario", scenario.name)
    if saved is not None and saved.document() == document:
        return saved
    used = [("dataset", scenario.dataset), ("model", scenario.model), ("graph", scenario.graph)]
    things = [place.find(kind, name) for kind, name in used if name]
    refs = [thing.ref for thing in things if thing is not None]
    return place.save_json("scenario", scenario.name, document, made_from=refs)


def differences(
    place: Workspace, draft: Draft, kept: Scenario, data: Dataset
) -> tuple[Difference, ...]:
    """What the builder asks otherwise than the scenario whose answer is kept.

    Args:
        place: the workspace.
        draft: what the builder asks.
        kept: the scenario that was asked, with the date that was taken.
        data: the log, for titles.
    """
    leave = ("name", *(("graph", "outcome", "date") if draft.kind == LIST == kept.on else ()))
    was, now = (
        Asked.of(one, leave=leave, said={"interventions": _quoted(in_words(one, data))})
        for one in (kept, draft.scenario())
    )
    lines = was.differences(now)
    led, asked = draft.estimator, _asked_estimator(place, kept.name)
    if draft.kind == LIST and led != asked:
        words = [OPE_ESTIMATORS[name].word() for name in (asked, led)]
        lines += (Difference(Text("whatif.forecast_estimator_label"), *words),)
    return lines


def _quoted(words: str) -> Text:
    return Text("answer.as_is", value=words)


def in_words(scenario: Scenario, data: Dataset) -> str:
    """What a scenario changes, with titles instead of ids."""
    try:
        if scenario.on == TREATMENT:
            return say(sentence_of(scenario))
        steps = tuple(in_titles(step, data) for step in scenario.interventions)
        return say(sentence_of(scenario.model_copy(update={"interventions": steps})))
    except CausalRecError as error:
        return say(error.text)
