"""The part of the page that follows every edit: answer, canvas and what the graph says."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.adjustment_report import Analysis, analyse
from causalrec.ui.graph import bindings, panel, toolbar
from causalrec.ui.graph.columns import known_columns
from causalrec.ui.graph.component import dag_editor, sent
from causalrec.ui.graph.document import colours, question
from causalrec.ui.graph.drafts import Draft, current
from causalrec.ui.kit import press
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import language, plain, say, t, workspace
from causalrec.workspace import Workspace

__all__ = ["begin", "board", "columns", "edit", "editor_key"]

LISTED = "graph_listed"
"""What the rest of the page shows now (columns, and whether the graph is saved): it is drawn
anew only when that changes."""


def editor_key(ws: Workspace) -> str:
    """The editor's identity on the page (Streamlit's identities may not have two underscores)."""
    return f"dag-editor-{ws.id.replace('_', '.')}"


def edit(change: Callable[[CausalGraph], CausalGraph]) -> None:
    """Callback of the page's widgets: change the graph here, in Python."""
    with caught():
        ws = workspace()
        draft = current(ws)
        draft.accept(sent(editor_key(ws)))
        draft.put(change(draft.graph))
        draft.autosave(ws)


@st.fragment
def board() -> None:
    """Everything that depends on the graph; an edit reruns this part of the page only.

    The canvas is filled first, so that its colours do not wait for the rest.
    """
    above, canvas, below = st.container(), st.container(), st.container()
    with above, caught():
        ws = workspace()
        draft = current(ws)
        news = _accept(ws, draft)
        graph = draft.graph
        asked = question(graph)
        analysis = analyse(graph, *asked, graph.marked("adjusted")) if asked else None
        with canvas:
            _canvas(ws, draft, graph, analysis)
        toolbar.show(ws, draft)
        _answer(graph, analysis)
        with below:
            panel.show(graph, analysis, edit)
        if news:
            draft.autosave(ws)
        _redraw_if_listed_differs(draft, graph)
    press.leave()  # an edit draws this part alone


def begin() -> None:
    """At each run of the whole page: take what the browser sent, note what is listed."""
    ws = workspace()
    draft = current(ws)
    if _accept(ws, draft):
        draft.autosave(ws)
    st.session_state[LISTED] = (bindings.shown(draft.graph), draft.saved > 0)


def _redraw_if_listed_differs(draft: Draft, graph: CausalGraph) -> None:
    """Nodes or columns changed, or the first version was saved (the next step opens): draw all."""
    if st.session_state.get(LISTED) != (bindings.shown(graph), draft.saved > 0):
        st.rerun()


def _accept(ws: Workspace, draft: Draft) -> bool:
    before = draft.revision
    with caught():  # a refused document leaves the page as it was, with the reason on top
        draft.accept(sent(editor_key(ws)))
    return draft.revision != before


def _canvas(ws: Workspace, draft: Draft, graph: CausalGraph, analysis: Analysis | None) -> None:
    dag_editor(
        draft.document,
        key=editor_key(ws),
        version=draft.version,
        revision=draft.revision,
        lang=language(),
        analysis=colours(graph, analysis, bound=known_columns(ws) is not None),
        name=draft.name or t("page_graph.unnamed"),
    )


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


@st.fragment
def columns() -> None:
    """The nodes' columns: not redrawn at an edit that leaves nodes and columns as they were."""
    with caught():
        ws = workspace()
        draft = current(ws)
        graph = draft.graph
        bindings.show(graph, known_columns(ws), edit)
        _redraw_if_listed_differs(draft, graph)
