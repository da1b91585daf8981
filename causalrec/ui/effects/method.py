"""The third level: what is estimated, what must hold, and the code that computes it again."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import SIDES, Effect
from causalrec.core.untrusted.spreadsheet import to_csv
from causalrec.tasks.causal.notebook_code import notebook_code
from causalrec.ui.effects.cache import effect_of
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["method"]


def method(place: Workspace, thing: Thing) -> None:
    """A closed block: the estimand in words and as a formula, assumptions, code, downloads."""
    effect = effect_of(thing)
    if effect.refused:
        return
    fold = st.expander(
        t("page_effects.method"),
        icon=":material/function:",
        key="effects-method",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        left, right = st.columns(2)
        with left.container(border=True, height="stretch"):
            _estimand(effect)
        with right.container(border=True, height="stretch"):
            _assumptions(effect)
        st.markdown(f"**{t('page_effects.code')}**")
        st.code(notebook_code(place, thing), language="python", wrap_lines=True)
        st.caption(t("page_effects.code_note"))
        _downloads(effect)


def _estimand(effect: Effect) -> None:
    st.markdown(f"**{t('page_effects.estimand')}**")
    st.markdown(plain(say(effect.estimand or "")))
    if not effect.formula:
        return
    st.markdown(f"**{t('page_effects.formula')}**")
    st.latex(effect.formula)
    st.markdown("\n".join(f"- {line}" for line in _letters(effect)))


def _letters(effect: Effect) -> list[str]:
    """What the letters of the formula stand for."""
    key = "page_effects.formula_t" if effect.arms else "page_effects.formula_t_number"
    sides = {}
    if effect.arms:
        sides = {name: plain(say(effect.arm_word(treated=name == "treated"))) for name in SIDES}
    lines = [
        t("page_effects.formula_y", outcome=plain(say(effect.measure.said))),
        t(key, treatment=plain(effect.treatment), **sides),
    ]
    if not effect.causal:
        return lines
    if not effect.adjustment:
        return [*lines, t("page_effects.formula_nothing")]
    names = plain(", ".join(effect.adjustment))
    return [*lines, t("page_effects.formula_x", covariates=names)]


def _assumptions(effect: Effect) -> None:
    st.markdown(f"**{t('page_effects.assumptions')}**")
    st.markdown("\n".join(f"- {plain(say(text))}" for text in effect.assumptions))


def _downloads(effect: Effect) -> None:
    widgets.downloads(
        [
            ("effect.csv", to_csv(effect.to_frame()), "text/csv"),
            ("effect.json", effect.model_dump_json(indent=1), "application/json"),
        ],
        key="effects-download",
    )
