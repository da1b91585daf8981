"""Building a scenario: what it starts from, what is changed, and against what it is compared."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from causalrec.causal.formats.json_document import from_document
from causalrec.core.errors import CausalRecError
from causalrec.core.words.conditions import people
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.ui.effects.cache import moment_of
from causalrec.ui.interventions.draft import Draft
from causalrec.ui.interventions.pickers import in_titles, possible, segments_of, step_form
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.open_models import model_name
from causalrec.ui.kit.session import plain, say, t
from causalrec.whatif.forecasts.scenario import Step, outcome_in
from causalrec.whatif.interventions import INTERVENTIONS
from causalrec.workspace import Thing

__all__ = ["build_lists", "build_treatment"]


def build_lists(draft: Draft, data: Dataset, models: list[Thing]) -> None:
    """Where it starts from, and interventions, written into the draft.

    Args:
        draft: takes what is chosen.
        data: the log.
        models: models of it; without any the log's own policy is changed.
    """
    if models:
        _model(draft, models)
    else:
        draft.model, draft.before, draft.temperature = None, "model", None
        st.markdown(f":material/history: {t('page_interventions.from_log')}")
    _steps(draft, data)
    _add(draft, data)


def _model(draft: Draft, models: list[Thing]) -> None:
    """Model, comparison and temperature."""
    names = [model.name for model in models]
    by_name = {model.name: model for model in models}
    draft.model = str(
        st.selectbox(
            t("page_interventions.model"),
            names,
            names.index(draft.model) if draft.model in names else 0,
            format_func=lambda name: model_name(by_name[name]),
            help=t("whatif.scenario_model"),
            key=draft.key("model"),
        )
    )
    draft.before = str(
        st.segmented_control(
            t("whatif.scenario_before_label"),
            ("model", "log"),
            default=draft.before,
            required=True,
            format_func=lambda which: t(f"page_interventions.before_{which}"),
            help=t("whatif.scenario_before"),
            key=draft.key("before"),
        )
    )
    draft.temperature = st.number_input(
        t("whatif.scenario_temperature_label"),
        min_value=1e-9,
        value=draft.temperature,
        format="%.4g",
        placeholder=t("ui.auto"),
        help=t("whatif.scenario_temperature"),
        key=draft.key("temperature"),
    )


def _steps(draft: Draft, data: Dataset) -> None:
    st.markdown(f"**{t('page_interventions.changes')}**")
    if not draft.steps:
        st.caption(t("page_interventions.no_changes"))
    for step in draft.steps:
        words, button = st.columns([6, 1], vertical_alignment="center")
        words.markdown(f":material/tune: {plain(_sentence(step, data))}")
        button.button(
            "",
            key=draft.key(f"remove-{id(step)}"),  # this step's, whatever is removed before it
            icon=":material/close:",
            type="tertiary",
            help=t("page_interventions.remove"),
            on_click=_remove,
            args=(draft, step),
        )


def _sentence(step: dict[str, object], data: Dataset) -> str:
    try:
        return say(in_titles(Step.make(step), data).intervention().sentence)
    except CausalRecError as error:
        return say(error.text)


def _remove(draft: Draft, step: dict[str, object]) -> None:
    draft.steps = [one for one in draft.steps if one is not step]


def _add(draft: Draft, data: Dataset) -> None:
    with st.container(border=True):
        name = st.selectbox(
            t("page_interventions.add"),
            possible(data),
            format_func=lambda name: say(INTERVENTIONS[name].word()),
            key=draft.key("kind"),
        )
        params = step_form(name, data, draft.key(f"form-{name}"))
        press.button(
            t("page_interventions.add_button"),
            key="scenario-add",
            icon=":material/add:",
            act=_append,
            args=(draft, name, params),
        )


def _append(draft: Draft, name: str, params: dict[str, Any]) -> None:
    INTERVENTIONS[name](**params)  # refuses what cannot be
    draft.steps.append({"name": name, "params": params})


def build_treatment(draft: Draft, data: Dataset, graphs: list[Thing], dataset: Thing) -> bool:
    """Graph, treatment, value, segment and outcome; whether there is a graph to start from.

    Args:
        draft: takes what is chosen.
        data: the log.
        graphs: saved graphs.
        dataset: the saved log, which may say when a treatment was given.
    """
    if not graphs:
        widgets.empty_state("page_interventions.no_graph", "graph")
        return False
    names = [graph.name for graph in graphs]
    draft.graph = str(
        st.selectbox(
            t("page_interventions.graph"),
            names,
            names.index(draft.graph) if draft.graph in names else 0,
            help=t("whatif.scenario_graph"),
            key=draft.key("graph"),
        )
    )
    graph = from_document(graphs[names.index(draft.graph)].document())
    nodes = [node for node in graph.nodes if node not in graph.latent]
    node = draft.treat.get("node") or next(iter(graph.marked("treatment")), None)
    left, right = st.columns(2)
    picked = left.selectbox(
        t("whatif.param_node_label"),
        nodes,
        nodes.index(node) if node in nodes else 0,
        help=t("whatif.param_node"),
        key=draft.key("node"),
    )
    first = outcome_in(graph, str(picked), data.outcomes)
    outcome = draft.outcome if draft.outcome in nodes else first
    draft.outcome = str(
        right.selectbox(
            t("page_interventions.outcome"),
            nodes,
            nodes.index(outcome) if outcome in nodes else len(nodes) - 1,
            help=t("whatif.scenario_outcome"),
            key=draft.key("outcome"),
        )
    )
    draft.treat = {"node": picked, "value": _value(draft, data), "segment": _whom(draft, data)}
    given = moment_of(dataset, graph.bindings.get(str(picked), str(picked)))
    draft.date = _date(draft, data, given)
    return True


def _value(draft: Draft, data: Dataset) -> float | str:
    column = draft.treat.get("node")
    values = data.frame[column] if column in data.frame.columns else pd.Series([0, 1])
    if not pd.api.types.is_numeric_dtype(values):
        return _word(draft, values)
    given = draft.treat.get("value", 1.0)
    now = 1.0 if isinstance(given, str) else float(given)
    if set(pd.Series(values).dropna().unique()) <= {0, 1}:
        chosen = st.segmented_control(
            t("page_interventions.set_to"),
            (1.0, 0.0),
            default=1.0 if now else 0.0,
            required=True,
            format_func=lambda v: t("page_interventions.give" if v else "page_interventions.take"),
            key=draft.key("value"),
        )
        return float(chosen)
    return float(st.number_input(t("page_interventions.set_to"), value=now, key=draft.key("value")))


def _word(draft: Draft, values: pd.Series) -> str:
    """One of the treatment's own words, the most frequent first."""
    words = [str(word) for word in labels(values.dropna()).value_counts().index]
    now = str(draft.treat.get("value", ""))
    return str(
        st.selectbox(
            t("page_interventions.set_to"),
            words,
            words.index(now) if now in words else 0,
            key=draft.key("word"),
        )
    )


def _whom(draft: Draft, data: Dataset) -> str | None:
    now = draft.treat.get("segment")
    options = [*dict.fromkeys([None, *segments_of(data), now])]
    chosen: str | None = st.selectbox(
        t("page_interventions.whom"),
        options,
        options.index(now),
        format_func=lambda s: t("page_interventions.everybody") if s is None else say(people(s)),
        key=draft.key("whom"),
    )
    return chosen


def _date(draft: Draft, data: Dataset, given: str | None) -> str | None:
    """When the treatment was given, where the log has times."""
    if not data.has("time"):
        return None
    times = data.frame["time"]
    middle = times.min() + (times.max() - times.min()) / 2
    chosen = st.date_input(
        t("page_interventions.date"),
        pd.Timestamp(draft.date or given or middle).date(),
        min_value=times.min().date(),
        max_value=times.max().date(),
        help=t("whatif.scenario_date"),
        key=draft.key("date"),
    )
    return str(chosen)
