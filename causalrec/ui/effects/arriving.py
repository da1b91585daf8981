"""An estimate as it runs: its progress, and each estimator's answer as it comes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from causalrec.causal.effects.arrivals import arrived
from causalrec.ui.kit import widgets
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import t, workspace
from causalrec.workspace import Run

__all__ = ["arriving"]

_EVERY = 1.0
"""Seconds between two looks."""


def arriving(run_id: str, on_done: Callable[[Run], None]) -> None:
    """Show a run of an estimate; the chart fills while it lives.

    Args:
        run_id: the run.
        on_done: called once it is seen done.
    """
    run = widgets.run_status(run_id, on_done, metrics=False)
    if run.active:
        st.fragment(_so_far, run_every=_EVERY, key=f"arriving-{run_id}")(run_id)


def _so_far(run_id: str) -> None:
    with caught():
        run = workspace().register.run(run_id)
        ends = {name: str(run.params.get(name) or "") for name in ("treatment", "outcome")}
        unit = str(run.params.get("unit") or "row")
        effect = arrived(run.metrics, **ends, unit=unit)
        if not len(effect.rows):
            return
        with st.container(border=True):
            st.markdown(f"**{t('page_effects.arriving')}**")
            widgets.chart(effect, key=f"effects-arriving-{len(effect.rows)}")
