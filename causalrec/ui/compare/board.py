"""Every compared scenario of a log side by side: what to do about each, how big, what breaks."""

from __future__ import annotations

import streamlit as st

from causalrec.core.errors import StorageError
from causalrec.core.results.answer import Answer
from causalrec.tasks.whatif.compare import comparison_of
from causalrec.ui.kit import address
from causalrec.ui.kit.answer_card import decision_words
from causalrec.ui.kit.session import plain, say, t
from causalrec.whatif.forecasts.answers import answer
from causalrec.workspace import Thing, Workspace

__all__ = ["board"]

_MOST = 8
"""Scenarios in sight."""


def board(place: Workspace, shown: Thing) -> None:
    """The scenarios compared on the log of the one on show, the newest first; nothing for one.

    Args:
        place: the workspace.
        shown: the comparison on show.
    """
    theirs = shown.meta.get("dataset")
    things = [one for one in place.things("comparison") if one.meta.get("dataset") == theirs]
    if len(things) < 2:
        return
    st.header(t("page_compare.board"), anchor=False)
    with st.container(border=True, key="board", gap="xsmall"):
        for thing in things[:_MOST]:
            _row(thing, here=thing.name == shown.name)
        if len(things) > _MOST:
            st.caption(t("page_compare.board_more", n=len(things) - _MOST))


def _row(thing: Thing, *, here: bool) -> None:
    known = _answer(str(thing.folder), thing)
    left, right = st.columns([2, 5], vertical_alignment="center")
    if here:
        left.markdown(f"**{plain(thing.name)}**")
    else:
        left.button(
            plain(thing.name),
            key=f"board-{thing.name}",
            type="tertiary",
            on_click=address.show,
            args=("scenario", thing.name),
        )
    if known is None:
        right.caption(t("page_compare.board_old"))
        return
    size = "" if known.size is None else f" · {plain(say(known.size))}"
    right.markdown(f"{decision_words(known)}{size}")


@st.cache_resource(show_spinner=False, max_entries=64)
def _answer(folder: str, _thing: Thing) -> Answer | None:
    """What a saved comparison says; None where it is of an older form."""
    try:
        return answer(comparison_of(_thing))
    except StorageError:
        return None
