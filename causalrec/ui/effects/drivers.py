"""What drives it: the factors of a graph by how far they move an outcome."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.attribution.drivers import Drivers
from causalrec.causal.tables.causal_table import UNITS
from causalrec.causal.tables.question_unit import question_unit
from causalrec.core.words import Text
from causalrec.tasks.causal.drivers import RankDrivers
from causalrec.ui.effects.cache import dataset_of
from causalrec.ui.effects.further import (
    ask_button,
    block,
    graph_box,
    newest_answer,
    notes,
    outcome_box,
)
from causalrec.ui.kit import widgets
from causalrec.ui.kit.session import language, plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["drivers"]

KEY = "effects-drivers"


def drivers(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    """The closed block."""
    block("drivers", ":material/leaderboard:", _inside, place, dataset, shown)


def _inside(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    left, middle, right = st.columns(3)
    chosen = graph_box(place, left, KEY, shown)
    if chosen is None:
        return
    name, graph = chosen
    outcome = outcome_box(middle, f"{KEY}-outcome-{name}", "causal.param_outcome_label", graph)
    treated = graph.marked("treatment")
    column = graph.bindings.get(treated[0], treated[0]) if treated else None
    units = list(UNITS)
    first = units.index(question_unit(dataset_of(dataset), column)) if column else 0
    unit = right.selectbox(
        t("causal.param_unit_label"), units, first, key=f"{KEY}-unit-{name}",
        format_func=lambda one: t(f"causal.param_unit_{one}"),
    )  # fmt: skip
    asked = {"dataset": dataset.name, "graph": name, "outcome": outcome, "unit": unit}
    ask_button(place, RankDrivers, asked, key=f"{KEY}-ask", run=False)
    answer = newest_answer(place, dataset, RankDrivers)
    if answer is None:
        return
    widgets.answer(answer.summary(language()))
    if len(answer.rows):
        widgets.chart(answer, key=f"{KEY}-chart")
        st.caption(t("page_effects.drivers_ranks", level=answer.level))
    notes(_flags(answer))
    if answer.reasons:
        st.markdown(f"**{t('page_effects.drivers_apart')}**")
        for factor, reason in answer.reasons.items():
            st.markdown(f"- {plain(factor)}: {plain(say(reason))}")


def _flags(answer: Drivers) -> list[Text]:
    """What there is to know about single factors: what all have alike is of the rows."""
    shared = set.intersection(*map(set, answer.flags.values())) if len(answer.flags) > 1 else set()
    return [
        Text("page_effects.of", name=factor, text=flag)
        for factor, flags in answer.flags.items()
        for flag in flags
        if flag not in shared
    ]
