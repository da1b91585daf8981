"""A form and its answer: where the form asks something else, the answer is greyed and it is said.

Containers of an answer have keys that begin with ``answered``; the style sheet greys them while
the note of this module stands on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.core.results.asked import Difference
from causalrec.ui.kit import press
from causalrec.ui.kit.session import plain, say, t

__all__ = ["answered", "outdated"]


def answered(name: str) -> DeltaGenerator:
    """A container that holds an answer, or a part of one."""
    return st.container(key=f"answered-{name}")


def outdated(
    differences: Iterable[Difference],
    *,
    key: str,
    ask: Callable[..., object],
    args: tuple[Any, ...] = (),
) -> bool:
    """Say what a form asks otherwise than the answer under it, and offer to ask again.

    Args:
        differences: each control that differs, from what was asked to what the form has now.
        key: prefix of the button's key.
        ask: asks as the form says.
        args: what it is called with.

    Returns:
        Whether the two differ.
    """
    lines = [
        t("ui.differs", label=plain(say(label)), was=plain(say(was)), now=plain(say(now)))
        for label, was, now in differences
    ]
    if not lines:
        return False
    with st.container(border=True, key="out-of-date"):
        row = st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        )
        words = f"**{t('ui.outdated')}** {'; '.join(lines)}"
        row.markdown(f":material/update: {words}", width="content")
        press.button(
            t("ui.ask_again"),
            key=f"{key}-again",
            type="primary",
            icon=":material/refresh:",
            act=ask,
            args=args,
            place=row,
        )
    return True
