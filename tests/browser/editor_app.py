"""The editor alone on a page, with the real analysis: `streamlit run tests/browser/editor_app.py`.

Query parameters: ``graph`` (DAGitty text), ``lang``, ``load`` (text that a button loads as
Python's own change).
"""

from __future__ import annotations

import json

import streamlit as st

from causalrec.causal.graph import CausalGraph
from causalrec.ui.graph.component import dag_editor, sent
from causalrec.ui.graph.document import colours, from_editor, question, to_editor

KEY = "editor"
STARTING = (
    'dag { z [pos="0,0"] x [exposure,pos="-1,1"] y [outcome,pos="1,1"] z -> x z -> y x -> y }'
)

st.set_page_config(layout="wide")
state = st.session_state
if "document" not in state:
    text = st.query_params.get("graph", STARTING)
    state.document = to_editor(CausalGraph.from_text(text)) if text else {"nodes": [], "edges": []}
    state.version, state.revision = 1, 0


def load() -> None:
    state.document = to_editor(CausalGraph.from_text(st.query_params["load"]))
    state.version += 1


@st.fragment
def board() -> None:
    value = sent(KEY)
    if value and value["version"] == state.version and value["revision"] > state.revision:
        state.document, state.revision = value["document"], value["revision"]
    graph = from_editor(state.document)
    asked = question(graph)
    analysis = graph.analysis(*asked, graph.marked("adjusted")) if asked else None
    dag_editor(
        state.document,
        key=KEY,
        version=state.version,
        revision=state.revision,
        lang=st.query_params.get("lang", "en"),
        analysis=colours(graph, analysis, bound=True),
        name="test <b>graph</b>",
    )
    st.code(json.dumps(state.document, sort_keys=True), language=None)


if "load" in st.query_params:
    st.button("Load", on_click=load)
board()
