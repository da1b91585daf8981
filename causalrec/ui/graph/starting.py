"""New graphs: one of ours, bound to the current dataset by role, or a blank canvas."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.tables.templates import STARTING_GRAPHS, best_start
from causalrec.ui.graph.columns import has_model, open_dataset
from causalrec.ui.graph.document import without_places
from causalrec.ui.graph.drafts import Draft
from causalrec.ui.kit import press
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Workspace

__all__ = ["show"]


def show(ws: Workspace, draft: Draft, close: Callable[[], None]) -> None:
    """Draw the menu; starting again never loses the graph on the canvas (undo has it)."""
    titles = {name: say(graph.title) for name, graph in STARTING_GRAPHS.items()}
    data = open_dataset(ws)
    name = st.radio(
        t("page_graph.start_from"),
        list(titles),
        list(titles).index(best_start(data, model=has_model(ws))),
        format_func=titles.__getitem__,
        key="graph-start-name",
    )
    bound = STARTING_GRAPHS[name].bind(data, model=has_model(ws))
    if data is None:
        st.caption(t("page_graph.no_dataset"))
    elif bound.missing:
        for lack in bound.missing:
            st.markdown(f":orange[:material/warning: {plain(say(lack))}]")
    else:
        st.markdown(f":material/check: {t('page_graph.start_bound')}")

    def begin(graph: CausalGraph, title: str = "", unit: str = "") -> None:
        draft.start(without_places(graph), title, unit)
        draft.autosave(ws)
        close()

    with st.container(horizontal=True):
        press.button(
            t("page_graph.start_now"),
            key="graph-start",
            type="primary",
            act=begin,
            args=(bound.graph, titles[name], bound.unit),
        )
        press.button(t("page_graph.blank"), key="graph-blank", act=begin, args=(CausalGraph([]),))
    if draft.changed and draft.document["nodes"]:
        st.caption(t("page_graph.start_lost"))
