"""The second level: what speaks for the answer and against it, drawn once somebody opens it."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.runs.record.runner import load_result
from causalrec.tasks.causal.cross_check import CrossCheck
from causalrec.ui.effects.attempts import attempts
from causalrec.ui.effects.cache import effect_of
from causalrec.ui.effects.curve import curve
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.light import light_checks
from causalrec.ui.kit.session import language, launcher, t
from causalrec.workspace import Thing, Workspace

__all__ = ["evidence"]


def evidence(place: Workspace, thing: Thing) -> None:
    """A closed block: the light's checks, overlap, balance, attempts, hidden causes, dowhy."""
    effect = effect_of(thing)
    if effect.refused:
        return
    fold = st.expander(
        t("page_effects.evidence"),
        icon=":material/fact_check:",
        key="effects-evidence",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        with st.container(border=True):
            st.markdown(f"**{t('page_effects.light')}**")
            light_checks(effect.light)
        _groups(effect)
        attempts(effect)
        if effect.by_adjustment:
            curve(place, thing)
        _cross_check(place, thing)


def _groups(effect: Effect) -> None:
    if len(effect.contrasts) > 1:
        with st.container(border=True):
            st.markdown(f"**{t('page_effects.levels')}**")
            widgets.chart(effect, key="effects-levels", show="levels")
    if not len(effect.overlap):
        return
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.markdown(f"**{t('page_effects.overlap')}**")
        widgets.chart(effect, key="effects-overlap", show="overlap")
        st.caption(t("page_effects.overlap_note", share=effect.extreme_share or 0.0))
    with right.container(border=True, height="stretch"):
        st.markdown(f"**{t('page_effects.love')}**")
        widgets.chart(effect, key="effects-love", show="love")
        st.caption(t("page_effects.love_note"))


def _cross_check(place: Workspace, thing: Thing) -> None:
    """The answer of dowhy on demand, always as a run."""
    key = f"effects-check-{thing.name}-{thing.version}"
    press.button(
        t("page_effects.check"),
        key="effects-check",
        icon=":material/fact_check:",
        help=t("page_effects.check_help"),
        act=_start_check,
        args=(place, thing.name, key),
    )
    run_id = st.session_state.get(key)
    if run_id:
        run = widgets.run_status(run_id, metrics=False)
        if run.status == "done":
            widgets.answer(load_result(place, run_id).summary(language()))


def _start_check(place: Workspace, name: str, key: str) -> None:
    st.session_state[key] = launcher().start(place, CrossCheck.name, {"effect": name})
