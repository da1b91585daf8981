"""A traffic light on a page: colour, icon and word, never the colour alone."""

from __future__ import annotations

import streamlit as st

from causalrec.core.results.light import Check, Colour, Light
from causalrec.core.words import Text
from causalrec.ui.kit.session import plain, say

__all__ = ["light_checks", "light_line", "light_word"]

_LOOK: dict[Colour, tuple[str, str]] = {
    "green": ("green", ":material/verified:"),
    "amber": ("orange", ":material/warning:"),
    "red": ("red", ":material/dangerous:"),
}


def light_word(colour: Colour, word: Text | str) -> str:
    """A word in a light's colour, with its icon; markdown."""
    shade, icon = _LOOK[colour]
    return f":{shade}[{icon} {plain(say(word))}]"


def light_line(light: Light) -> None:
    """The light with what decided it: in one line, or a list where there is more."""
    shown = f"**{light_word(light.colour, light.word)}**"
    reasons = [plain(say(reason)) for reason in light.reasons]
    if len(reasons) == 1:
        st.markdown(f"{shown} · {reasons[0]}")
        return
    st.markdown("\n".join([shown, "", *(f"- {reason}" for reason in reasons)]))


def light_checks(light: Light) -> None:
    """Every check with its reason, and the rule by which it is judged."""
    for check in light.checks:
        st.markdown(_check(check))


def _check(check: Check) -> str:
    """One check; what the rule says stands under it."""
    reason = plain(say(check.reason))
    rule = plain(say(check.rule))
    return f"**{light_word(check.colour, check.label)}** · {reason}  \n:gray[{rule}]"
