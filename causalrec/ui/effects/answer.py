"""The answer: one sentence on top, then the number, its meaning, its evidence, the truth."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.causal.estimators import label_of
from causalrec.core.untrusted.spreadsheet import to_csv
from causalrec.core.words import Text
from causalrec.runs.record.runner import load_result, run_inline
from causalrec.tasks.causal.cross_check import CrossCheck
from causalrec.tasks.causal.estimate import EstimateEffect
from causalrec.ui.effects.attempts import attempts
from causalrec.ui.effects.cache import effect_of
from causalrec.ui.effects.truth import has_truth, true_value
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.answer_card import answer_card
from causalrec.ui.kit.session import language, launcher, plain, say, t
from causalrec.whatif.forecasts.answers import answer
from causalrec.workspace import Thing, Workspace

__all__ = ["evidence", "headline"]


def headline(place: Workspace, thing: Thing) -> float | None:
    """The top of the page: the answer's card, and the truth where somebody asks for it.

    Returns:
        The true effect, where it is known and shown.
    """
    effect = effect_of(thing)
    with st.container(key="effects-answer"):
        widgets.stale_note(thing, redo=lambda: _redo(place, thing))
        answer_card(answer(effect.model_copy(update={"name": thing.name})))
        if effect.refused:
            _refused(effect)
            return None
        return _reveal(place, thing, effect)


def evidence(place: Workspace, thing: Thing, truth: float | None) -> None:
    """What the answer rests on: every estimator, its meaning, the groups, and a cross-check."""
    effect = effect_of(thing)
    if effect.refused:
        return
    with st.container(key="effects-evidence"):
        left, right = st.columns([3, 2])
        with left.container(border=True, height="stretch"):
            st.markdown(f"**{t('page_effects.forest')}**")
            widgets.chart(effect, key="effects-forest", truth=truth)
            st.caption(_forest_note(effect))
            _reasons(effect)
        with right.container(border=True, height="stretch"):
            _meaning(effect)
        _groups(effect)
        attempts(effect)
        _cross_check(place, thing)
        _downloads(effect)


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


def _meaning(effect: Effect) -> None:
    st.markdown(f"**{t('page_effects.estimand')}**")
    st.markdown(plain(say(effect.estimand or "")))
    st.markdown(f"**{t('page_effects.assumptions')}**")
    st.markdown("\n".join(f"- {plain(say(text))}" for text in effect.assumptions))


def _forest_note(effect: Effect) -> str:
    facts = {"n": effect.n, "clusters": effect.clusters, "level": effect.level}
    if effect.arms_n:
        return plain(
            t(
                "page_effects.facts_arms",
                n_treated=effect.arms_n[1],
                n_control=effect.arms_n[0],
                control=effect.arms[0],
                treated=effect.arms[1],
                treatment=effect.treatment,
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


def _redo(place: Workspace, thing: Thing) -> None:
    asked = thing.meta["asked"]
    if asked.get("unit") == "user":
        run_inline(place, EstimateEffect, asked)
    else:
        st.session_state["effects-run"] = launcher().start(place, EstimateEffect.name, asked)


def _downloads(effect: Effect) -> None:
    widgets.downloads(
        [
            ("effect.csv", to_csv(effect.to_frame()), "text/csv"),
            ("effect.json", effect.model_dump_json(indent=1), "application/json"),
        ],
        key="effects-download",
    )
