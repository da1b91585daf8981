"""Buttons that do what the page says at the press, not what it said when they were drawn.

Streamlit calls ``on_click`` with what was bound when the button was last drawn. Whoever
changes a field and presses before the page has been drawn anew would start what stood there
before. Here a press is only noted. The script, which has every value that came with the press,
binds them where it draws the button, and the next run carries the action out before it draws
anything: the action may set what widgets show, and its error stands on top of the page.

A press survives a run that another click or change cuts short. One that is left when the page
has been drawn (its button is gone, or cannot be pressed any more) is said, not forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypedDict, Unpack

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.ui.kit.session import t

__all__ = ["button", "carry_out", "leave"]

_PRESSED, _DUE = "causalrec_pressed", "causalrec_due"


class Look(TypedDict, total=False):
    """How a button looks: arguments of ``st.button``."""

    type: Literal["primary", "secondary", "tertiary"]
    icon: str
    help: str
    disabled: bool


def button(
    label: str,
    *,
    key: str,
    act: Callable[..., object],
    args: tuple[Any, ...] = (),
    seen: object = None,
    place: DeltaGenerator | None = None,
    **look: Unpack[Look],
) -> None:
    """A button whose action gets the values that the page has now.

    Args:
        label: its words; they may change with the form, the key tells which button it is.
        key: of the button.
        act: what a press does; it runs before the page is drawn the next time.
        args: what it is called with.
        seen: what the button stands under. The action also gets, by this name, what stood there
            at the press: something else may have come in its place meanwhile.
        place: where the button stands (by default where the script is).
        look: its `Look`.
    """
    draw = st.button if place is None else place.button
    draw(label, key=key, on_click=_note, args=(key, label, seen), **look)
    pressed = _pressed()
    if key in pressed and not look.get("disabled"):
        _, then = pressed.pop(key)
        more = {} if seen is None else {"seen": then}
        st.session_state[_DUE] = (key, partial(act, *args, **more))
        st.rerun()


def carry_out() -> None:
    """Do what was pressed; `frame.page` calls it before a page is drawn."""
    due: tuple[str, Callable[[], object]] | None = st.session_state.pop(_DUE, None)
    if due is not None:
        key, act = due
        _pressed().pop(key, None)  # the second half of a double click
        act()


def leave() -> None:
    """Say which presses had no effect; `frame.page` calls it when a page has been drawn."""
    for label, _ in st.session_state.pop(_PRESSED, {}).values():
        st.toast(t("ui.press_lost", button=label), icon=":material/warning:")


def _pressed() -> dict[str, tuple[str, object]]:
    """Buttons pressed and not yet drawn since: label and what was seen, by key."""
    pressed: dict[str, tuple[str, object]] = st.session_state.setdefault(_PRESSED, {})
    return pressed


def _note(key: str, label: str, seen: object) -> None:
    _pressed()[key] = (label, seen)
