"""Findings that ask something: the answer is kept with the upload, and the log is read anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from causalrec.data.preparation.findings import Finding
from causalrec.data.values.dates import ORDERS
from causalrec.ui.data.pending import Pending, keep_option
from causalrec.ui.kit.session import t

__all__ = ["ask", "asks"]

_ORDER_OPEN = ("date_order_absent", "date_order_mixed")
_UNIT_OPEN = ("time_is_days",)
_SPREADSHEET = "page_data.days_of_a_spreadsheet"
_DECIMAL_OPEN = ("decimal_sign_unsure",)
_DECIMALS = {".": "page_data.decimal_point", ",": "page_data.decimal_comma"}


def asks(finding: Finding) -> bool:
    """Whether a finding is a question to the person."""
    return finding.name in (*_ORDER_OPEN, *_UNIT_OPEN, *_DECIMAL_OPEN)


def ask(pending: Pending, finding: Finding) -> None:
    """Buttons with the possible answers."""
    if finding.name in _DECIMAL_OPEN:
        _answers(pending, "decimal", _DECIMALS)
    elif asks(finding):
        units = ORDERS[:2] if finding.name in _ORDER_OPEN else ("excel",)
        words = {u: f"data.order_{u}" if u in ORDERS else _SPREADSHEET for u in units}
        _answers(pending, "time_unit", words)


def _answers(pending: Pending, option: str, words: Mapping[str, str]) -> None:
    """A button for each value of an option of reading, with the key of its words."""
    with st.container(horizontal=True):
        for value, word in words.items():
            st.button(
                t("page_data.read_as", how=t(word)),
                key=f"answer-{pending.token}-{value}",
                on_click=partial(keep_option, option, value),
            )
