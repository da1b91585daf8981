"""Imports and shops that are being made: a reload or another tab finds them in the register."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.session import workspace

__all__ = ["RUNS", "adopt", "live_runs"]

RUNS = {"shop": "data_shop_run", "import": "data_save_run"}
"""Where this tab remembers the run of each task that makes a dataset."""


def adopt() -> None:
    """Take up a live run that this tab did not start, as if it had."""
    for run in workspace().register.active():
        key = RUNS.get(run.task)
        if key is None or key in st.session_state:
            continue
        st.session_state[key] = run.id
        if run.task == "shop":
            st.session_state.setdefault("data-way", "shop")


def live_runs(*tasks: str) -> None:
    """Draw the live runs of the tasks; their end draws the page anew."""
    for task in tasks:
        run_id = st.session_state.get(RUNS[task])
        if run_id is not None and workspace().register.run(run_id).active:
            parts.run_status(run_id)
