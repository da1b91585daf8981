"""Effects, from top to bottom."""

from __future__ import annotations

import streamlit as st

from causalrec.ui import parts
from causalrec.ui.effects.answer import show_effect
from causalrec.ui.effects.kept import effects_of, graph_of
from causalrec.ui.effects.question import ask, live_runs
from causalrec.ui.effects.starting import start
from causalrec.ui.session import t, workspace
from causalrec.workspace import Thing, Workspace

__all__ = ["show"]


def show() -> None:
    """Draw Effects: the question, the answer in one sentence, and what it rests on."""
    place = workspace()
    dataset = _dataset(place)
    if dataset is None:
        parts.empty_state("page_effects.no_dataset", "data")
        return
    graphs = place.things("graph")
    with st.container(border=True, key="effects-question"):
        st.subheader(t("page_effects.question"), anchor=False)
        start(place, dataset)
        if graphs:
            names = [thing.name for thing in graphs]
            picked = st.selectbox(t("page_effects.graph"), names, key="effects-graph")
            thing = next(one for one in graphs if one.name == picked)
            ask(place, dataset, thing, graph_of(thing))
        else:
            st.markdown(f":material/info: {t('page_effects.no_graph')}")
            parts.link("graph", icon=":material/arrow_forward:")
    live_runs(dataset)
    shown = _chosen(effects_of(place, dataset.name))
    if shown is not None:
        show_effect(place, shown)
    parts.next_step("interventions", ready=shown is not None)


def _dataset(place: Workspace) -> Thing | None:
    things = place.things("dataset")
    current = place.settings().get("dataset")
    return next((thing for thing in things if thing.name == current), things[0] if things else None)


def _chosen(effects: list[Thing]) -> Thing | None:
    """The effect to show: the newest, or the one that is picked."""
    if not effects:
        return None
    names = [thing.name for thing in effects]
    if len(names) == 1:
        return effects[0]
    asked = st.session_state.pop("effects-next", None)
    if asked in names:
        st.session_state["effects-shown"] = asked
    if st.session_state.get("effects-shown") not in names:
        st.session_state["effects-shown"] = names[0]
    picked = st.selectbox(t("page_effects.saved"), names, key="effects-shown")
    return effects[names.index(picked)]
