"""The Data page: what is saved, and bringing something new."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.data import pending as waiting
from causalrec.ui.data.checks import checked, facts, findings, later
from causalrec.ui.data.how_read import how_read
from causalrec.ui.data.meaning import meaning
from causalrec.ui.data.saved import saved
from causalrec.ui.data.saving import Ready, finish, save
from causalrec.ui.data.source import choose, finish_shop, more_tables, say_failure
from causalrec.ui.data.steps import Switches, effects
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
    say_failure()
    pending = waiting.read(workspace())
    if pending is None:
        st.header(t("page_data.choose"), anchor=False)
        choose()
        pending = waiting.read(workspace())
    else:
        with st.expander(
            t("page_data.other_log"),
            icon=":material/upload_file:",
            expanded=st.session_state.get("data-way") == "shop",
            key="other-log",
        ):
            choose()
        more_tables(pending)
    if pending is None:
        return
    card, alarms = st.container(), st.container()
    table = how_read(pending)
    if table is None:
        return
    mapping = meaning(pending, table)
    with card:
        if later(table):
            return
        answer = st.container(border=True, key="outlook")
    draft = waiting.draft(workspace(), pending, table, mapping)
    found = checked(draft, table)
    switches = Switches(pending, draft, found)
    with alarms:
        findings(pending, found, switches)
    with st.expander(t("page_data.steps"), icon=":material/build:", key="more-steps"):
        st.caption(t("page_data.steps_help"))
        switches.rest()
    saved = effects(facts(draft, table), switches)
    on = {step["name"] for step in switches.chosen}
    blocked = any(f.urgent and f.step not in on for f in found.found)
    with answer:
        save(pending, Ready(table, mapping, switches.chosen), saved, blocked=blocked)
