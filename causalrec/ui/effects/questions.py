"""Several treatments and outcomes at once: a grid of questions."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.questions import Questions
from causalrec.causal.tables.causal_table import UNITS
from causalrec.causal.tables.question_unit import question_unit
from causalrec.core.words import Text
from causalrec.tasks.causal.questions import AskQuestions
from causalrec.ui.effects.cache import dataset_of
from causalrec.ui.effects.further import ask_button, block, graph_box, newest_answer, notes
from causalrec.ui.kit import widgets
from causalrec.ui.kit.light import light_word
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["questions"]

KEY = "effects-questions"


def questions(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    """The closed block."""
    block("questions", AskQuestions.icon, _inside, place, dataset, shown)


def _inside(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    left, right = st.columns(2)
    chosen = graph_box(place, left, KEY, shown)
    if chosen is None:
        return
    name, graph = chosen
    seen = [node for node in graph.nodes if node not in graph.latent]
    ends = {}
    for column, role in zip(st.columns(2), ("treatment", "outcome"), strict=True):
        marked = [node for node in graph.marked(role) if node in seen]
        ends[f"{role}s"] = column.multiselect(
            t(f"causal.param_{role}s_label"), seen, marked, key=f"{KEY}-{role}s-{name}"
        )
    first = next(iter(graph.marked("treatment")), None)
    bound = None if first is None else graph.bindings.get(first, first)
    units = list(UNITS)
    unit = right.selectbox(
        t("causal.param_unit_label"), units,
        units.index(question_unit(dataset_of(dataset), bound)) if bound else 0,
        key=f"{KEY}-unit-{name}", format_func=lambda one: t(f"causal.param_unit_{one}"),
    )  # fmt: skip
    asked = {"dataset": dataset.name, "graph": name, "unit": unit, **ends}
    if all(ends.values()):
        ask_button(place, AskQuestions, asked, key=f"{KEY}-ask", run=True)
    answer = newest_answer(place, dataset, AskQuestions)
    if answer is not None:
        _shown(answer)


def _shown(answer: Questions) -> None:
    """The sentence, the grid, and of each question what may be wrong with its answer."""
    widgets.answer(answer.summary(language()))
    widgets.chart(answer, key=f"{KEY}-chart")
    st.caption(t("page_effects.questions_holm", level=answer.level))
    for effect in answer.effects:
        name = Text("causal.question_of", treatment=effect.treatment, outcome=effect.outcome)
        light = effect.light
        if light.colour != "green":
            st.markdown(f"{light_word(light.colour, light.word)} · {plain(say(name))}")
            notes(light.reasons[:2], icon="subdirectory_arrow_right")
