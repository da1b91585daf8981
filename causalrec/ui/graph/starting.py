"""New graphs: one of ours, bound to the current dataset by role, or a blank canvas."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.graph import CausalGraph
from causalrec.ui.frame import caught
from causalrec.ui.graph.drafts import Draft
from causalrec.ui.session import t
from causalrec.workspace import Workspace

__all__ = ["show"]


def show(ws: Workspace, draft: Draft) -> None:
    """Draw the menu."""

    def blank() -> None:
        with caught():
            draft.start(CausalGraph([]))
            draft.autosave(ws)

    st.button(t("page_graph.blank"), key="graph-blank", on_click=blank)
