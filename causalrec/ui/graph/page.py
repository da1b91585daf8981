"""The Graph page."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.graph.board import begin, board, columns
from causalrec.ui.graph.drafts import current
from causalrec.ui.kit.session import t, workspace
from causalrec.ui.kit.widgets import next_step

__all__ = ["show"]


def show() -> None:
    """Draw the page."""
    begin()
    board()
    columns()
    draft = current(workspace())
    next_step("effects", ready=draft.saved > 0)
    if not draft.saved:
        st.caption(t("page_graph.save_first"))
