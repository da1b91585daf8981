"""The answer: one sentence on top, the truth where it is known, every estimator beside it."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.causal.estimators import label_of
from causalrec.core.words import Text
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.estimate import EstimateEffect
from causalrec.ui.effects.cache import effect_of
from causalrec.ui.effects.truth import has_truth, true_value
from causalrec.ui.kit import widgets
from causalrec.ui.kit.answer_card import answer_card
from causalrec.ui.kit.session import launcher, plain, say, t
from causalrec.whatif.forecasts.answers import answer
from causalrec.workspace import Thing, Workspace

__all__ = ["forest", "headline"]


def headline(place: Workspace, thing: Thing) -> float | None:
    """The top of the page: the answer's card, and the truth where somebody asks for it.

    Returns:
        The true effect, where it is known and shown.
    """
    effect = effect_of(thing)
    with st.container(key="effects-answer"):
        widgets.stale_note(thing, redo=lambda: _redo(place, thing))
        answer_card(answer(effect.model_copy(update={"name": thing.name})), methods=effect.refused)
        if effect.refused:
            _refused(effect)
            return None
        return _reveal(place, thing, effect)


def forest(effect: Effect, truth: float | None) -> None:
    """The chart of the first screen: what every estimator says of the same rows.

    Args:
        effect: the answer.
        truth: the true effect, where it is known and shown.
    """
    if effect.refused:
        return
    with st.container(border=True, key="effects-forest-card"):
        st.markdown(f"**{t('page_effects.forest')}**")
        widgets.chart(effect, key="effects-forest", truth=truth)
        st.caption(_forest_note(effect))
        _reasons(effect)


def _refused(effect: Effect) -> None:
    with st.container(border=True):
        st.markdown(f"**{t('page_effects.refused')}**")
        st.markdown(plain(say(effect.reason or "")))
        for flag in effect.flags:
            st.caption(f":material/warning: {plain(say(flag))}")
        _reasons(effect)
        widgets.link("graph", icon=":material/arrow_forward:")
    if len(effect.rows) and not effect.rows["refused"].all():
        with st.container(border=True):
            st.markdown(f"**{t('page_effects.others')}**")
            widgets.chart(effect, key="effects-others")


def _reasons(effect: Effect) -> None:
    """Why an estimator, or a value against the control, has no number of its own."""
    named = {label_of(name): reason for name, reason in effect.refusals.items()}
    for name, reason in [*named.items(), *effect.contrast_refusals.items()]:
        if reason != effect.reason:
            said = t("page_effects.reason_of", name=plain(say(name)), reason=plain(say(reason)))
            st.caption(f":material/block: {said}")


def _forest_note(effect: Effect) -> str:
    facts = {"n": effect.n, "clusters": effect.clusters, "level": effect.level}
    if effect.arms_n:
        return plain(
            t(
                "page_effects.facts_arms",
                n_treated=effect.arms_n[1],
                n_control=effect.arms_n[0],
                control=effect.arm_word(treated=False),
                treated=effect.arm_word(treated=True),
                effective=min(effect.effective_n) if effect.effective_n else 0.0,
                **facts,
            )
        )
    return plain(t("page_effects.facts", **facts))


def _reveal(place: Workspace, thing: Thing, effect: Effect) -> float | None:
    """Show the truth: only a made-up world has one."""
    if not has_truth(place, thing, effect):
        return None
    if not st.toggle(t("page_effects.truth"), key="effects-truth"):
        return None
    truth = true_value(place, thing, effect)
    if truth is None:
        return None
    value, about = truth
    assert effect.low is not None
    assert effect.high is not None
    inside = effect.low <= value <= effect.high
    key = "page_effects.truth_inside" if inside else "page_effects.truth_outside"
    naive, shown = (_shown(effect, one) for one in (effect.naive, value))
    widgets.answer(Text(key, value=shown, naive=naive, about=about))
    return value


def _shown(effect: Effect, value: float | None) -> Text | str:
    """Another value of what the effect is about, as its sentence writes its own."""
    value = None if value is None else (effect.step or 1.0) * value
    return effect.measure.amount(
        value, signed=True, decimals=effect.measure.decimals(effect.of_step)
    )


def _redo(place: Workspace, thing: Thing) -> None:
    asked = thing.meta["asked"]
    if asked.get("unit") == "user":
        run_inline(place, EstimateEffect, asked)
    else:
        st.session_state["effects-run"] = launcher().start(place, EstimateEffect.name, asked)
