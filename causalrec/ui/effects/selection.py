"""Is the log a selection: how far an outcome is off that is known of some rows only."""

from __future__ import annotations

import streamlit as st

from causalrec.core.words import Text
from causalrec.tasks.causal.selection import SizeSelection
from causalrec.ui.effects.cache import dataset_of
from causalrec.ui.effects.further import ask_button, block, newest_answer, notes
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["selection"]

KEY = "effects-selection"


def selection(place: Workspace, dataset: Thing) -> None:
    """The closed block."""
    block("selection", ":material/filter_alt:", _inside, place, dataset)


def _inside(place: Workspace, dataset: Thing) -> None:
    data = dataset_of(dataset)
    if not data.outcomes:
        st.markdown(f":material/info: {t('page_effects.selection_no_outcome')}")
        return
    left, right = st.columns(2)
    outcome = left.selectbox(
        t("causal.param_seen_outcome_label"), list(data.outcomes), key=f"{KEY}-outcome"
    )
    marks = [
        str(name)
        for name in data.mapping.covariates
        if name in data.frame and set(data.frame[name].dropna().unique()) <= {0, 1}
    ]
    uniform = right.selectbox(
        t("causal.param_uniform_label"), ["", *marks], key=f"{KEY}-uniform",
        format_func=lambda one: one or t("page_effects.selection_none"),
    )  # fmt: skip
    asked = {"dataset": dataset.name, "outcome": outcome, "uniform": uniform or None}
    ask_button(place, SizeSelection, asked, key=f"{KEY}-ask", run=True)
    answer = newest_answer(place, dataset, SizeSelection)
    if answer is None:
        return
    widgets.answer(answer.summary(language()))
    if answer.refused:
        return
    widgets.chart(answer, key=f"{KEY}-chart")
    for method in answer.rows["method"]:
        word = Text(f"causal.selection_{method}")
        about = Text(f"causal.selection_{method}_about")
        st.caption(f"**{plain(say(word))}**: {plain(say(about))}")
    notes([Text("page_effects.of", name=_method(k), text=v) for k, v in answer.reasons.items()])
    notes(list(answer.flags))
    st.markdown(f"**{t('page_effects.selection_remedies')}**")
    st.markdown("\n".join(f"- {plain(say(text))}" for text in answer.remedies))


def _method(name: str) -> Text:
    """A method in words."""
    return Text(f"causal.selection_{name}")
