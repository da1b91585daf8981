"""Home, from top to bottom."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.home.journey import finished_journey
from causalrec.ui.home.recent import recent_runs
from causalrec.ui.home.steps import steps
from causalrec.ui.home.verdict import newest_answer
from causalrec.ui.home.workspaces import choose, workspaces
from causalrec.ui.kit import widgets
from causalrec.ui.kit.server import shared
from causalrec.ui.kit.session import current_workspace, known_workspaces, t, workspace

__all__ = ["show"]


def show() -> None:
    """Draw Home: a visit without a workspace in its address chooses one, the first makes one."""
    st.title(t("page_home.title"), anchor=False)
    st.markdown(t("page_home.purpose"), width=860)
    current = current_workspace()
    if current is not None and newest_answer(current):
        st.space("small")
    finished_journey()
    if current is None and (shared() or known_workspaces()):
        choose()
        return
    current = current or workspace()
    st.header(t("page_home.steps"), anchor=False)
    following = steps(current)
    recent_runs(current)
    workspaces(current)
    widgets.next_step(following)
