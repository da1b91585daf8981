"""The form of a question: which effect, in which table, for whom, by which estimator.

It starts from what was asked of the effect on show, so that the two differ only where somebody
changes the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.causal.effects.estimate import MISSING, TARGETS
from causalrec.causal.effects.ways import offered
from causalrec.causal.estimators import ESTIMATORS, label_of
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.tables.causal_table import MEASURES, UNITS
from causalrec.causal.tables.question_unit import question_unit
from causalrec.ui.effects.cache import dataset_of, graph_of, moment_of
from causalrec.ui.kit.session import say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["begin", "ends", "how", "keep_for", "picked_graph", "table_of"]

_FIRST = "effects-unit"
"""A control that is always drawn: where it has no value, the form was left and is new again."""
_SHOWN = "effects-form-shows"
_TREATMENT = "effects-form-treatment"


def begin(place: Workspace, dataset: Thing, shown: Thing | None) -> None:
    """Fill the form with what was asked of the effect on show, when that becomes another one."""
    name = None if shown is None else shown.name
    if st.session_state.get(_SHOWN) == name and _FIRST in st.session_state:
        return
    st.session_state[_SHOWN] = name
    if shown is not None:
        _fill(place, dataset, shown.meta.get("asked") or {})


def keep_for(name: str) -> None:
    """The form's own question has been answered under a name: what it says stays."""
    st.session_state[_SHOWN] = name


def _fill(place: Workspace, dataset: Thing, asked: Mapping[str, Any]) -> None:
    graph = place.find("graph", asked["graph"]) if asked.get("graph") else None
    state: dict[str, Any] = {
        f"effects-{name}": asked[name]
        for name in ("unit", "measure", "estimator", "target", "missing", "model")
        if name in asked
    }
    state |= {f"effects-{name}": asked.get(name) or "" for name in ("control", "treated")}
    moment = asked.get("date") or dataset.meta.get("date")
    state["effects-date"] = _day(moment)
    if graph is not None:
        state["effects-graph"] = graph.name
        nodes = graph_of(graph).nodes
        treatment = str(asked.get("treatment"))
        state[_TREATMENT] = graph_of(graph).bindings.get(treatment, treatment)
        for role in ("treatment", "outcome"):
            if asked.get(role) in nodes:
                state[f"effects-{role}-{graph.name}"] = asked[role]
    st.session_state.update(state)


def picked_graph(place: DeltaGenerator, graphs: list[Thing]) -> tuple[Thing, CausalGraph]:
    """The saved graph that is asked, and what it holds."""
    names = [thing.name for thing in graphs]
    picked = place.selectbox(t("causal.param_graph_label"), names, key="effects-graph")
    thing = next(one for one in graphs if one.name == picked)
    return thing, graph_of(thing)


def ends(
    places: Iterable[DeltaGenerator], kept: Thing, graph: CausalGraph, seen: list[str]
) -> dict[str, str]:
    """Treatment and outcome, two observed nodes of a graph."""
    left, right = places
    treatment = _node(left, "treatment", seen, (kept, graph))
    others = [name for name in seen if name != treatment]
    return {"treatment": treatment, "outcome": _node(right, "outcome", others, (kept, graph))}


def _node(
    place: DeltaGenerator, role: str, names: list[str], saved: tuple[Thing, CausalGraph]
) -> str:
    kept, graph = saved
    key = f"effects-{role}-{kept.name}"
    marked = [name for name in graph.marked(role) if name in names]
    _keep_among(key, names, marked[0] if marked else names[0])
    label = t(f"causal.param_{role}_label")
    return str(place.selectbox(label, names, key=key, format_func=lambda name: _bound(graph, name)))


def _bound(graph: CausalGraph, name: str) -> str:
    column = graph.bindings.get(name)
    return name if column in (None, name) else f"{name} ({column})"


def table_of(place: Workspace, dataset: Thing, column: str) -> dict[str, Any]:
    """Unit, date and measure by user; a model's score by impression.

    Args:
        place: the workspace.
        dataset: the log.
        column: of the treatment; when it becomes another one, unit and date follow it.
    """
    left, middle, right = st.columns(3)
    data = dataset_of(dataset)
    units = UNITS if data.has("user") and data.has("time") else UNITS[:1]
    asked = question_unit(data, column)
    if st.session_state.get(_TREATMENT) != column:
        st.session_state[_TREATMENT] = column
        st.session_state[_FIRST] = asked
        st.session_state["effects-date"] = _day(moment_of(dataset, column))
    _keep_among(_FIRST, units, asked)
    unit = left.segmented_control(
        t("causal.param_unit_label"),
        units,
        format_func=lambda one: t(f"page_effects.unit_{one}"),
        key=_FIRST,
        required=True,
    )
    if unit == "user":
        since = _date(middle, moment_of(dataset, column))
        _keep_among("effects-measure", MEASURES, MEASURES[0])
        measure = right.segmented_control(
            t("causal.param_measure_label"),
            MEASURES,
            format_func=lambda one: t(f"page_effects.measure_{one}"),
            key="effects-measure",
            required=True,
        )
        return {"unit": unit, "date": since, "measure": measure}
    models = [one.name for one in place.things("model") if one.meta.get("dataset") == dataset.name]
    _keep_among("effects-model", [None, *models], models[0] if models else None)
    model = middle.selectbox(
        t("causal.param_model_label"),
        [None, *models],
        format_func=lambda one: one or t("page_effects.model_none"),
        help=t("causal.param_model"),
        key="effects-model",
    )
    return {"unit": unit, "model": model}


def _keep_among(key: str, options: Sequence[str | None], first: str | None) -> None:
    """A control keeps its value where it has one that is offered; else it gets the first one."""
    if key not in st.session_state or st.session_state[key] not in options:
        st.session_state[key] = first


def _day(moment: str | None) -> date | None:
    return pd.Timestamp(moment).date() if moment else None


def _date(place: DeltaGenerator, moment: str | None) -> str | None:
    """Where before ends and after begins; the treatment's own moment where its day is left.

    Empty means that the treatment's start is taken, else the log's middle.
    """
    day = _day(moment)
    st.session_state.setdefault("effects-date", day)
    chosen = place.date_input(
        t("causal.param_date_label"), None, help=t("causal.param_date"), key="effects-date"
    )
    if chosen is None:
        return None
    return str(moment) if chosen == day else str(chosen)


def how(graph: CausalGraph, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Estimator, target, the values compared, and what unknown covariates mean.

    Args:
        graph: of which only estimators are offered whose way to the effect it allows.
        asked: treatment and outcome, nodes of it.
    """
    names = offered(graph, asked["treatment"], asked["outcome"])[::-1]  # the most robust first
    first = ESTIMATORS.default if ESTIMATORS.default in names else names[0]
    with st.popover(t("page_effects.how"), icon=":material/tune:"):
        _keep_among("effects-estimator", names, first)
        _keep_among("effects-target", TARGETS, TARGETS[0])
        estimator = st.segmented_control(
            t("causal.param_estimator_label"),
            names,
            format_func=lambda one: say(label_of(one)),
            help=_about_estimators(names),
            key="effects-estimator",
            required=True,
        )
        target = st.segmented_control(
            t("causal.param_target_label"),
            TARGETS,
            format_func=lambda one: t(f"page_effects.target_{one.lower()}"),
            help=t("causal.param_target"),
            key="effects-target",
            required=True,
        )
        left, right = st.columns(2)
        help_text = t("page_effects.arms_help")
        control = left.text_input(
            t("causal.param_control_label"), help=help_text, key="effects-control"
        )
        treated = right.text_input(
            t("causal.param_treated_label"), help=help_text, key="effects-treated"
        )
        missing = st.selectbox(
            t("causal.param_missing_label"),
            MISSING,
            format_func=lambda one: t(f"page_effects.missing_{one}"),
            help=t("causal.param_missing"),
            key="effects-missing",
        )
    return {
        "estimator": estimator,
        "target": target,
        "control": control.strip() or None,
        "treated": treated.strip() or None,
        "missing": missing,
    }


def _about_estimators(names: Iterable[str]) -> str:
    """What the picker is for, and what each estimator does."""
    each = (f"**{say(label_of(n))}**: {say(ESTIMATORS[n].word('_about'))}" for n in names)
    return "\n\n".join([t("causal.param_estimator"), *each])
