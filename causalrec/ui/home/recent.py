"""The latest runs, in a few lines."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.kit import widgets
from causalrec.ui.kit.runs_live import duration
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Run, Workspace

__all__ = ["recent_runs"]

_SHOWN = 5
_ICONS = {
    "queued": ":gray[:material/hourglass_empty:]",
    "running": ":blue[:material/progress_activity:]",
    "done": ":green[:material/check_circle:]",
    "failed": ":red[:material/error:]",
    "cancelled": ":gray[:material/cancel:]",
}


def recent_runs(workspace: Workspace) -> None:
    """The last five runs with state and time, and the way to all of them."""
    runs = workspace.register.runs(limit=_SHOWN)
    if not runs:
        return
    st.header(t("page_home.recent"), anchor=False)
    with st.container(border=True, key="recent", gap="xsmall"):
        for run in runs:
            _row(run)
        widgets.link("runs", icon=":material/history:")


def _row(run: Run) -> None:
    words = t(f"ui.run_{run.status}") if run.status != "queued" else t("page_home.waiting")
    if run.duration is not None:
        words += f" · {duration(run.duration)}"
    if run.status == "failed" and run.error is not None:
        words += f" · {plain(say(run.error))}"
    st.markdown(f"{_ICONS[run.status]} {plain(widgets.task_name(run.task))} :gray[· {words}]")
