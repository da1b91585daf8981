"""Effects, from top to bottom."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.effects.answer import evidence, headline
from causalrec.ui.effects.cache import effects_of, graph_of
from causalrec.ui.effects.question import ask, live_runs, question_line
from causalrec.ui.effects.starting import start
from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.current import current_dataset
from causalrec.ui.kit.session import plain, t, workspace
from causalrec.workspace import Thing, Workspace

__all__ = ["show"]


def show() -> None:
    """Draw Effects: the answer in one sentence, the question, and what the answer rests on."""
    place = workspace()
    dataset = current_dataset(place)
    if dataset is None:
        parts.empty_state("page_effects.no_dataset", "data")
        return
    shown = _chosen(effects_of(place, dataset.name))
    truth = None if shown is None else headline(place, shown)
    _question(place, dataset, shown)
    live_runs(dataset)
    if shown is not None:
        evidence(place, shown, truth)
    parts.next_step("interventions", ready=shown is not None)


def _question(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    """The form: open while there is no answer, one line that opens it afterwards."""
    label = t("page_effects.question") if shown is None else question_line(shown)
    graphs = place.things("graph")
    with st.expander(
        plain(label), expanded=shown is None, icon=":material/help_center:", key="effects-question"
    ):
        if not graphs:
            st.markdown(f":material/info: {t('page_effects.no_graph')}")
            start(place, dataset)
            parts.link("graph", icon=":material/arrow_forward:")
            return
        names = [thing.name for thing in graphs]
        columns = st.columns(3)
        picked = columns[0].selectbox(t("page_effects.graph"), names, key="effects-graph")
        thing = next(one for one in graphs if one.name == picked)
        ask(place, dataset, (thing, graph_of(thing)), columns[1:])


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
    picked = st.selectbox(t("page_effects.saved"), names, key="effects-shown", width=420)
    return effects[names.index(picked)]
