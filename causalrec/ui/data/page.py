"""The Data page: what is saved, and bringing something new."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.data import pending as waiting
from causalrec.ui.data.checks import findings, later, steps
from causalrec.ui.data.how_read import how_read
from causalrec.ui.data.meaning import meaning
from causalrec.ui.data.saved import saved
from causalrec.ui.data.saving import finish, save
from causalrec.ui.data.source import choose, finish_shop
from causalrec.ui.kit.session import t, workspace

__all__ = ["show"]

_VIEWS = ("saved", "new")


def show() -> None:
    """Draw the page: saved data first where there is some, else the ways to bring a log."""
    finish()
    finish_shop()
    if workspace().things("dataset"):
        names = {view: t(f"page_data.view_{view}") for view in _VIEWS}
        view = st.segmented_control(
            t("page_data.view"),
            _VIEWS,
            default=None if "data-view" in st.session_state else "saved",
            required=True,
            format_func=names.__getitem__,
            key="data-view",
            label_visibility="collapsed",
            persist_state="session",
        )
        if view == "saved":
            saved()
            return
    _new()


def _new() -> None:
    st.header(t("page_data.choose"), anchor=False)
    choose()
    pending = waiting.read(workspace())
    if pending is None or st.session_state.get("data-way") == "shop":
        return
    table = how_read(pending)
    if table is None:
        return
    mapping = meaning(pending, table)
    if later(table):
        return
    draft = waiting.draft(workspace(), pending, table, mapping)
    checked = findings(pending, draft, table)
    chosen = steps(pending, draft, table, checked)
    on = {step["name"] for step in chosen or ()}
    blocked = any(f.urgent and f.step not in on for f in checked.found)
    save(pending, table, mapping, chosen, blocked=blocked)
