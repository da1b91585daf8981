"""The part of the page that follows every edit: answer, canvas and what the graph says."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from causalrec.causal.analysis import Analysis
from causalrec.causal.graph import CausalGraph
from causalrec.ui.frame import caught
from causalrec.ui.graph import panel, toolbar
from causalrec.ui.graph.columns import known_columns
from causalrec.ui.graph.component import dag_editor, sent
from causalrec.ui.graph.document import colours, question
from causalrec.ui.graph.drafts import Draft, current
from causalrec.ui.parts import next_step
from causalrec.ui.session import language, plain, say, t, workspace
from causalrec.workspace import Workspace

__all__ = ["board", "edit", "editor_key"]


def editor_key(ws: Workspace) -> str:
    """The editor's identity on the page (Streamlit's identities may not have two underscores)."""
    return f"dag-editor-{ws.id.replace('_', '.')}"


def _latest() -> tuple[Workspace, Draft]:
    """The workspace, and the draft with whatever the browser sent last."""
    ws = workspace()
    draft = current(ws)
    if draft.accept(sent(editor_key(ws))):
        draft.autosave(ws)
    return ws, draft


def edit(change: Callable[[CausalGraph], CausalGraph]) -> None:
    """Callback of the panel's widgets: change the graph here, in Python."""
    with caught():
        ws, draft = _latest()
        draft.put(change(draft.graph))
        draft.autosave(ws)


@st.fragment
def board() -> None:
    """Everything that depends on the graph; an edit reruns this part of the page only."""
    with caught():
        _latest()
    with caught():
        ws = workspace()
        draft = current(ws)
        toolbar.show(ws, draft)
        graph = draft.graph
        asked = question(graph)
        analysis = graph.analysis(*asked, graph.marked("adjusted")) if asked else None
        columns = known_columns(ws)
        _answer(graph, analysis)
        dag_editor(
            draft.document,
            key=editor_key(ws),
            version=draft.version,
            revision=draft.revision,
            lang=language(),
            analysis=colours(graph, analysis, bound=columns is not None),
            name=draft.name or t("page_graph.unnamed"),
        )
        panel.show(graph, analysis, columns, edit)
        if draft.changed and draft.document["nodes"]:
            st.caption(f":material/edit_note: {t('page_graph.save_first')}")
        next_step("effects", ready=draft.saved > 0)


def _answer(graph: CausalGraph, analysis: Analysis | None) -> None:
    """Identified or not, in one sentence."""
    if not graph.nodes:
        st.info(t("page_graph.begin"), icon=":material/draw:")
    elif analysis is None:
        st.info(t("page_graph.mark_both"), icon=":material/help:")
    elif analysis.valid:
        st.success(plain(say(analysis.note)), icon=":material/check_circle:")
    elif analysis.identified:
        st.info(plain(say(analysis.note)), icon=":material/lightbulb:")
    else:
        st.warning(plain(say(analysis.note)), icon=":material/block:")
