"""What was tried to break an answer, and what a hidden cause would have to be."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.causal.refuters import REFUTERS
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import plain, say, t

__all__ = ["attempts"]


def attempts(effect: Effect) -> None:
    """Attempts that were made to break the answer, and those that nobody can make with the log."""
    left, right = st.columns(2)
    if effect.refutations is not None:
        with left.container(border=True, height="stretch"):
            st.markdown(f"**{t('page_effects.attempts')}**", help=_ways(effect))
            st.markdown(plain(say(effect.refutations.sentence)))
            widgets.chart(effect, key="effects-attempts", show="attempts")
            st.caption(t("page_effects.attempts_note", n=effect.refutations.replicates))
    if effect.hidden is not None:
        with right.container(border=True, height="stretch"):
            st.markdown(f"**{t('page_effects.hidden')}**")
            st.markdown(plain(say(effect.hidden.sentence)))
            widgets.chart(effect, key="effects-hidden", show="hidden")
            st.caption(t("page_effects.hidden_note", ratio=effect.hidden.e_value))


def _ways(effect: Effect) -> str:
    """What each attempt does."""
    tried = dict.fromkeys(effect.refutations.rows["refuter"]) if effect.refutations else {}
    ways = (REFUTERS[name].word for name in tried)
    return "\n".join(f"- {plain(say(word()))}: {plain(say(word('_about')))}" for word in ways)
