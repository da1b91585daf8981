"""The six steps in a row: which is shown, which are there, which is being worked on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from causalrec.reports.story import STEPS
from causalrec.ui.kit.session import t

__all__ = ["stepper"]


def stepper(there: Sequence[str], at: int, *, running: bool) -> None:
    """Draw the steps.

    Args:
        there: names of the steps that have their answer.
        at: the step that is shown, counted from 0.
        running: whether the others are still being worked on.
    """
    working = next((name for name in STEPS if name not in there), "") if running else ""
    items = "".join(
        _item(place, name, there=name in there, here=place == at, working=name == working)
        for place, name in enumerate(STEPS)
    )
    st.html(f'<ol class="story-steps">{items}</ol>')


def _item(place: int, name: str, *, there: bool, here: bool, working: bool) -> str:
    kinds = [
        kind for kind, is_it in (("there", there), ("here", here), ("working", working)) if is_it
    ]
    state = "there" if there else "working" if working else "waiting"
    current = ' aria-current="step"' if here else ""
    words = escape(t(f"story.step_{name}"))
    title = escape(t(f"page_story.state_{state}"))
    return (
        f'<li class="{" ".join(kinds)}"{current} title="{title}">'
        f"<b>{place + 1}</b><span>{words}</span></li>"
    )
