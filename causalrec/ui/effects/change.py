"""What moved the metric: a change between two periods or segments, by mechanism."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from causalrec.causal.attribution.change import MECHANISMS
from causalrec.tasks.causal.attribution import AttributeChange
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
from causalrec.ui.kit.session import language, t
from causalrec.workspace import Thing, Workspace

__all__ = ["change"]

KEY = "effects-change"
MOST_VALUES = 12
"""Of a column by which segments can be told apart here."""


def change(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    """The closed block."""
    block("change", ":material/call_split:", _inside, place, dataset, shown)


def _inside(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    left, middle, right = st.columns(3)
    chosen = graph_box(place, left, KEY, shown)
    if chosen is None:
        return
    name, graph = chosen
    metric = outcome_box(middle, f"{KEY}-metric-{name}", "causal.param_metric_label", graph)
    asked: dict[str, Any] = {"dataset": dataset.name, "graph": name, "metric": metric}
    mechanisms = right.selectbox(
        t("causal.param_mechanisms_label"), MECHANISMS, key=f"{KEY}-mechanisms",
        format_func=lambda one: t(f"causal.param_mechanisms_{one}"),
    )  # fmt: skip
    asked["mechanisms"] = mechanisms
    sides = _sides(dataset)
    if sides is None:
        st.markdown(f":material/info: {t('page_effects.change_no_sides')}")
        return
    asked |= sides
    ask_button(place, AttributeChange, asked, key=f"{KEY}-ask", run=mechanisms != MECHANISMS[0])
    answer = newest_answer(place, dataset, AttributeChange)
    if answer is None:
        return
    widgets.answer(answer.summary(language()))
    if not answer.refused:
        widgets.chart(answer, key=f"{KEY}-chart")
        st.caption(
            t("page_effects.change_sides", before=answer.before, after=answer.after, n=answer.n)
        )
    notes(list(answer.flags))


def _sides(dataset: Thing) -> dict[str, Any] | None:
    """What tells the two periods or segments apart; None where nothing does."""
    frame = dataset_of(dataset).frame
    columns = [
        str(name)
        for name in frame
        if name not in ("user", "item", "time") and 2 <= frame[name].nunique() <= MOST_VALUES
    ]
    ways = (["time"] if "time" in frame else []) + columns
    if not ways:
        return None
    left, middle, right = st.columns(3)
    way = left.selectbox(
        t("causal.param_by_label"), ways, key=f"{KEY}-by",
        format_func=lambda one: t("page_effects.change_by_date") if one == "time" else one,
    )  # fmt: skip
    if way == "time":
        times = pd.to_datetime(frame["time"])
        first, last = times.min(), times.max()
        day = middle.date_input(
            t("causal.param_split_date_label"), (first + (last - first) / 2).date(),
            min_value=first.date(), max_value=last.date(), key=f"{KEY}-date",
        )  # fmt: skip
        return {"date": str(day)}
    values = [str(value) for value in sorted(frame[way].dropna().unique())]
    before = middle.selectbox(t("causal.param_before_label"), values, key=f"{KEY}-before-{way}")
    others = [value for value in values if value != before]
    after = right.selectbox(t("causal.param_after_label"), others, key=f"{KEY}-after-{way}")
    return {"by": way, "before": before, "after": after}
