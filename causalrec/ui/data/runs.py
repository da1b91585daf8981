"""Imports and shops that are being made: a reload or another tab finds them in the register."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causalrec.runs.record.task import Task
from causalrec.tasks.data.import_data import Import
from causalrec.tasks.data.shop import Shop
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import workspace

__all__ = ["RUNS", "adopt", "live_runs"]

RUNS = {Shop.name: "data_shop_run", Import.name: "data_save_run"}
"""Where this tab remembers the run of each task that makes a dataset."""


def adopt() -> None:
    """Take up a live run that this tab did not start, as if it had."""
    for run in workspace().register.active():
        key = RUNS.get(run.task)
        if key is None or key in st.session_state:
            continue
        st.session_state[key] = run.id
        if run.task == Shop.name:
            st.session_state.setdefault("data-way", "shop")


def live_runs(*tasks: type[Task[Any, Any]]) -> None:
    """Draw the live runs of the tasks; their end draws the page anew."""
    for task in tasks:
        run_id = st.session_state.get(RUNS[task.name])
        if run_id is not None and workspace().register.run(run_id).active:
            widgets.run_status(run_id)
