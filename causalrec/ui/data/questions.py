"""Findings that ask something: the answer is kept with the upload, and the log is read anew."""

from __future__ import annotations

from functools import partial

import streamlit as st

from causalrec.data.preparation.findings import Finding
from causalrec.data.values.dates import ORDERS
from causalrec.ui.data import pending as waiting
from causalrec.ui.data.pending import Pending
from causalrec.ui.kit.session import t, workspace

__all__ = ["ask", "asks"]

_ORDER_OPEN = ("date_order_absent", "date_order_mixed")
_UNIT_OPEN = ("time_is_days",)


def asks(finding: Finding) -> bool:
    """Whether a finding is a question to the person."""
    return finding.name in (*_ORDER_OPEN, *_UNIT_OPEN)


def ask(pending: Pending, finding: Finding) -> None:
    """Buttons with the possible answers."""
    if not asks(finding):
        return
    units = ORDERS[:2] if finding.name in _ORDER_OPEN else ("excel",)
    with st.container(horizontal=True):
        for unit in units:
            word = f"data.order_{unit}" if unit in ORDERS else "page_data.days_of_a_spreadsheet"
            st.button(
                t("page_data.read_as", how=t(word)),
                key=f"answer-{pending.token}-{unit}",
                on_click=partial(_set_unit, unit),
            )


def _set_unit(unit: str) -> None:
    pending = waiting.read(workspace())
    if pending is None:
        return
    options = {**pending.options, "time_unit": unit}
    # The field under "How the file was read" shows the same answer.
    st.session_state[f"option-{pending.token}-time_unit"] = unit
    waiting.write(workspace(), Pending(**{**vars(pending), "options": options}))
