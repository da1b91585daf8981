"""One click that runs every step on the sample shop and tells what comes of it as a story."""

from __future__ import annotations

import streamlit as st

from causalrec.tasks.journey import Journey
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.pages import PAGES
from causalrec.ui.kit.session import (
    create_workspace,
    current_workspace,
    language,
    launcher,
    open_workspace,
    query,
    t,
)
from causalrec.workspace import Run, Workspace

__all__ = ["finished_journey"]


def finished_journey() -> None:
    """The button, the run while it lives, and the way to what it made."""
    run = _latest()
    with st.container(horizontal=True, vertical_alignment="center"):
        press.button(
            t("page_home.journey"),
            key="journey",
            type="primary",
            icon=Journey.icon,
            disabled=run is not None and run.active,
            act=_start,
        )
        widgets.link("data", t("page_home.own_data"), icon=":material/upload_file:")
        if run is not None and run.status == "done":
            widgets.link("story", t("page_home.journey_done"), icon=":material/arrow_forward:")
    st.caption(t("page_home.journey_note"))
    if run is not None and run.status != "done":
        widgets.run_status(run.id, metrics=False)


def _latest() -> Run | None:
    current = current_workspace()
    runs = current.register.runs(Journey.name, limit=1) if current is not None else []
    return runs[0] if runs else None


def _start() -> None:
    """Start the journey and go where its story fills in."""
    place = open_workspace(_place())
    launcher().start(place, Journey.name, {"lang": language()})
    st.switch_page(str(PAGES["story"].script), query_params=query())


def _place() -> Workspace:
    """This tab's workspace where it is still empty; else a new one: nobody's work is mixed in."""
    current = current_workspace()
    if current is not None and not current.things("dataset"):
        return current
    return create_workspace(t("page_home.journey_workspace"))
