"""The editor alone on a page, with the real analysis: `streamlit run tests/browser/editor_app.py`.

What is written into the one field (JSON: ``n``, ``graph`` as DAGitty text, ``lang``) mounts a
new editor, so that a test need not load the page again; its button loads ``load`` as Python's
own change.
"""

from __future__ import annotations

import json

import streamlit as st  # noqa: TID251 - this is a page

from causalrec.causal.formats.graph_text import read_graph
from causalrec.causal.identification.adjustment_report import analyse
from causalrec.ui.graph.component import dag_editor, sent
from causalrec.ui.graph.document import colours, from_editor, question, to_editor

st.set_page_config(layout="wide")
state = st.session_state
asked = json.loads(st.text_input("asked") or "{}")
if not asked:
    st.stop()
key = f"editor-{asked['n']}"
if state.get("key") != key:
    state.key, state.version, state.revision = key, 1, 0
    state.document = to_editor(read_graph(asked["graph"]))


def load() -> None:
    state.document = to_editor(read_graph(asked["load"]))
    state.version += 1


@st.fragment
def board() -> None:
    value = sent(key)
    if value and value["version"] == state.version and value["revision"] > state.revision:
        state.document, state.revision = value["document"], value["revision"]
    graph = from_editor(state.document)
    pair = question(graph)
    analysis = analyse(graph, *pair, graph.marked("adjusted")) if pair else None
    dag_editor(
        state.document,
        key=key,
        version=state.version,
        revision=state.revision,
        lang=asked.get("lang", "en"),
        analysis=colours(graph, analysis, bound=True),
        name="test <b>graph</b>",
    )
    st.code(json.dumps(state.document, sort_keys=True), language=None)


st.button("Load", on_click=load)
board()
