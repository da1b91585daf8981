"""The steps of the journey, each with its state and a link."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.session import plain, t
from causalrec.workspace import Thing, Workspace

__all__ = ["STEPS", "Step", "read_steps", "steps"]

STEPS = {
    "data": "dataset",
    "train": "model",
    "graph": "graph",
    "effects": "effect",
    "interventions": "scenario",
    "compare": "comparison",
}
"""Pages of the journey and the kind of thing that each one leaves."""
_ICONS = {
    "done": ":green[:material/check_circle:]",
    "old": ":orange[:material/update:]",
    "next": ":blue[:material/arrow_circle_right:]",
    "missing": ":gray[:material/radio_button_unchecked:]",
}


@dataclass(frozen=True)
class Step:
    """A step: its page, its state ("done", "old", "next", "missing") and its newest thing."""

    page: str
    state: str
    newest: Thing | None
    count: int


def read_steps(workspace: Workspace) -> list[Step]:
    """Each step's state: "old" where its newest thing was made from versions since replaced."""
    found: list[Step] = []
    for page, kind in STEPS.items():
        things = workspace.things(kind)
        if things:
            state = "old" if workspace.stale(things[0]) else "done"
        else:
            state = "missing" if any(s.state == "next" for s in found) else "next"
        found.append(Step(page, state, things[0] if things else None, len(things)))
    return found


def steps(workspace: Workspace) -> str:
    """Draw the steps; gives the page to go to next."""
    found = read_steps(workspace)
    with st.container(border=True, key="steps", gap="xsmall"):
        for step in found:
            _row(step)
    urgent = next((s.page for s in found if s.state == "old"), None)
    return urgent or next((s.page for s in found if s.state == "next"), "compare")


def _row(step: Step) -> None:
    name, state = st.columns([2, 5], vertical_alignment="center")
    with name:
        parts.link(step.page, t(f"ui.page_{step.page}"), icon=parts.icon(step.page))
    state.markdown(f"{_ICONS[step.state]} {_state(step)}")


def _state(step: Step) -> str:
    if step.newest is None:
        words = t(f"page_home.state_{step.state}")
        return f"{words} · :gray[{t(f'ui.purpose_{step.page}')}]"
    newest = plain(step.newest.name)
    return t(f"page_home.state_{step.state}", n=step.count, newest=newest)
