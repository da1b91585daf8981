"""The Runs page: what goes on now, all runs, and one run in full."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import plain, t, workspace
from causalrec.ui.kit.widgets import empty_state, run_status, task_name
from causalrec.ui.runs.details import details
from causalrec.ui.runs.history import history, subject
from causalrec.workspace import Run

__all__ = ["show"]

_CHOSEN = "run"
"""Name of the run's id in the URL: a link or a reload shows the same run."""


def show() -> None:
    """Draw the page."""
    register = workspace().register
    runs = register.runs()
    if not runs:
        empty_state("page_runs.none", "data")
        return
    active = [run for run in reversed(runs) if run.active]
    _watch(frozenset(run.id for run in active), len(runs))
    if active:
        st.subheader(t("page_runs.now"), anchor=False)
    for run in active:
        _now(run)
    st.subheader(t("page_runs.every"), anchor=False)
    chosen = history(runs, _chosen(runs))
    if chosen != st.query_params.get(_CHOSEN):
        st.query_params[_CHOSEN] = chosen
    details(register.run(chosen))


def _chosen(runs: list[Run]) -> str:
    asked = st.query_params.get(_CHOSEN, "")
    return asked if asked in {run.id for run in runs} else runs[0].id


def _now(run: Run) -> None:
    st.markdown(f"**{plain(task_name(run.task))}** :gray[{plain(subject(run))}]")
    run_status(run.id)


@st.fragment(run_every=2.0)
def _watch(active: frozenset[str], count: int) -> None:
    """Draw the page anew when a run began or ended, here or in another tab."""
    with caught():
        runs = workspace().register.runs()
        if len(runs) != count or frozenset(run.id for run in runs if run.active) != active:
            st.rerun()
