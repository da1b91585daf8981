"""Story, step by step: it fills in as the runs of the journey finish."""

from __future__ import annotations

import streamlit as st

from causalrec.core.errors import StorageError
from causalrec.reports.story import STEPS, Story
from causalrec.tasks.journey import STORY, Journey
from causalrec.ui.kit import widgets
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import (
    current_workspace,
    known_workspaces,
    open_workspace,
    plain,
    say,
    t,
)
from causalrec.ui.story.chapters import chapter
from causalrec.ui.story.progress import stepper
from causalrec.workspace import Run, Workspace

__all__ = ["show"]

_EVERY = 0.5
"""Seconds between two looks at a journey under way."""
_STEP = "step"
"""The step, in the address."""


def show() -> None:
    """Draw the step that the address names, with the way on and back."""
    place = current_workspace() or _last()
    run = None if place is None else _journey(place)
    if place is None or run is None:
        st.title(t("ui.page_story"), anchor=False)
        widgets.empty_state("page_story.empty", "home")
        return
    with st.container(key="story"):
        _leave()
        story, at = _story(place), _step()
        _progress(place, run, story, at)
        if run.status in {"failed", "cancelled"} and not story.done:
            widgets.run_status(run.id, metrics=False)
        chapter(story, STEPS[at], place)
        _way(at)


def _last() -> Workspace | None:
    """The workspace used last, where the address names none: a journey told elsewhere is in it."""
    before = known_workspaces()
    return open_workspace(before[0]) if before else None


def _journey(place: Workspace) -> Run | None:
    runs = place.register.runs(Journey.name, limit=1)
    return runs[0] if runs else None


def _story(place: Workspace) -> Story:
    """What there is to tell so far; of an older form, nothing."""
    thing = place.find("story", STORY)
    try:
        return Story() if thing is None else Story.revived(thing.json())
    except StorageError:
        return Story()


def _step() -> int:
    """The step of the address, counted from 0."""
    asked = str(st.query_params.get(_STEP, "1"))
    return min(max(int(asked) if asked.isdecimal() else 1, 1), len(STEPS)) - 1


def _go(at: int) -> None:
    st.query_params[_STEP] = str(at + 1)


def _leave() -> None:
    with st.container(key="story-top", horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[{t('page_story.kicker')}]", width="stretch")
        widgets.link("home", t("page_story.leave"), icon=":material/close:")


def _progress(place: Workspace, run: Run, story: Story, at: int) -> None:
    """The steps and, while the journey is under way, what is running: drawn anew by themselves."""
    there = [name for name, one in story.chapters.items() if one is not None]
    if not run.active:
        stepper(there, at, running=False)
        return

    def part() -> None:
        with caught():
            now = _journey(place)
            fresh = _story(place)
            arrived = [name for name, one in fresh.chapters.items() if one is not None]
            if now is None or not now.active or (STEPS[at] in arrived) != (STEPS[at] in there):
                st.rerun()
            stepper(arrived, at, running=True)
            words = say(now.message) if now.message else t("page_story.starting")
            st.progress(min(max(float(now.fraction or 0.0), 0.0), 1.0), text=plain(words))

    st.fragment(part, run_every=_EVERY)()


def _way(at: int) -> None:
    """Back and next, by button or arrow key."""
    with st.container(key="story-way", horizontal=True, horizontal_alignment="distribute"):
        st.button(
            t("page_story.back"),
            key="story-back",
            icon=":material/arrow_back:",
            shortcut="Left",
            disabled=at == 0,
            on_click=_go,
            args=(at - 1,),
        )
        if at == len(STEPS) - 1:
            return
        st.button(
            t("page_story.next"),
            key="story-next",
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            shortcut="Right",
            on_click=_go,
            args=(at + 1,),
        )
