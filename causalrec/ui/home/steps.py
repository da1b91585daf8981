"""The steps of the journey, each with its state and a link."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from causalrec.ui.kit import widgets
from causalrec.ui.kit.pages import PAGES, Page
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["STEPS", "Step", "read_steps", "steps"]

STEPS = tuple(page for page in PAGES.values() if page.leaves)
"""Pages of the journey."""
_ICONS = {
    "done": ":green[:material/check_circle:]",
    "old": ":orange[:material/update:]",
    "next": ":blue[:material/arrow_circle_right:]",
    "missing": ":gray[:material/radio_button_unchecked:]",
    "unneeded": ":gray[:material/skip_next:]",
}


@dataclass(frozen=True)
class Step:
    """A step: its page, its state (a key of the icons) and its newest thing."""

    page: Page
    state: str
    newest: Thing | None
    count: int


def read_steps(workspace: Workspace) -> list[Step]:
    """Each step's state: "old" where its newest thing was made from versions since replaced.

    "unneeded" is a model of a log that knows no users.
    """
    logs = workspace.things("dataset")
    alone = bool(logs) and logs[0].meta.get("users") == 0
    states: list[Step] = []
    for page in STEPS:
        things = workspace.things(page.leaves)
        if things:
            state = "old" if workspace.stale(things[0]) else "done"
        elif alone and page.leaves == "model":
            state = "unneeded"
        else:
            state = "missing" if any(step.state == "next" for step in states) else "next"
        states.append(Step(page, state, things[0] if things else None, len(things)))
    return states


def steps(workspace: Workspace) -> str:
    """Draw the steps; gives the page to go to next."""
    states = read_steps(workspace)
    with st.container(border=True, key="steps", gap="xsmall"):
        for step in states:
            _row(step)
    due = [step for urgent in ("old", "next") for step in states if step.state == urgent]
    return (due or states[-1:])[0].page.name


def _row(step: Step) -> None:
    name, state = st.columns([2, 5], vertical_alignment="center")
    with name:
        widgets.link(step.page.name, say(step.page.title), icon=step.page.icon)
    state.markdown(f"{_ICONS[step.state]} {_state(step)}")


def _state(step: Step) -> str:
    if step.newest is None:
        words = t(f"page_home.state_{step.state}")
        if step.state == "unneeded":
            return words
        return f"{words} · :gray[{say(step.page.purpose)}]"
    newest = plain(step.newest.name)
    return t(f"page_home.state_{step.state}", n=step.count, newest=newest)
