"""The question of an answer asked in many ways, on demand."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.specifications import Specifications
from causalrec.runs.record.runner import load_result
from causalrec.tasks.causal.specifications import AskInManyWays
from causalrec.ui.effects.cache import effect_of
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.session import launcher, plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["curve"]


def curve(place: Workspace, thing: Thing) -> None:
    """A card with a button; once its run is done, the curve and its sentence."""
    key = f"effects-curve-{thing.name}-{thing.version}"
    with st.container(border=True):
        st.markdown(f"**{t('page_effects.curve')}**")
        run_id = st.session_state.get(key)
        if run_id and place.register.run(run_id).status == "done":
            result = load_result(place, run_id)
            assert isinstance(result, Specifications)
            _shown(result, effect_of(thing))
            return
        if run_id:
            widgets.run_status(run_id, metrics=False)
        st.markdown(t("page_effects.curve_about"))
        press.button(
            t("page_effects.curve_ask"),
            key="effects-curve",
            icon=AskInManyWays.icon,
            act=_start,
            args=(place, thing.name, key),
        )


def _shown(result: Specifications, effect: Effect) -> None:
    st.markdown(plain(say(result.sentence)))
    if not result.refused:
        widgets.chart(result, key="effects-curve-chart", value=effect.value)
        st.caption(t("page_effects.curve_note", silent=result.silent))


def _start(place: Workspace, name: str, key: str) -> None:
    st.session_state[key] = launcher().start(place, AskInManyWays.name, {"effect": name})
