"""The question: which effect, in which table, for whom, by which estimator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.causal.effects.estimate import MISSING, TARGETS
from causalrec.causal.estimators import ESTIMATORS, label_of
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.adjustment_report import analyse
from causalrec.causal.tables.causal_table import MEASURES, UNITS
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.estimate import EstimateEffect
from causalrec.ui.effects.cache import effect_of
from causalrec.ui.effects.starting import start_menu
from causalrec.ui.kit import press
from causalrec.ui.kit import widgets as parts
from causalrec.ui.kit.session import launcher, plain, say, t, workspace
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["ask", "live_runs", "question_line"]

SMALL = 20_000
"""Rows up to which an answer is computed at once; more is a run."""


def ask(
    place: Workspace,
    dataset: Thing,
    graph: tuple[Thing, CausalGraph],
    columns: Sequence[DeltaGenerator],
) -> None:
    """Draw the form and the button.

    Args:
        place: the workspace.
        dataset: the log that is asked.
        graph: the saved graph and what it holds.
        columns: two places, for the cause and the outcome.
    """
    kept, drawn = graph
    seen = [name for name in drawn.nodes if name not in drawn.latent]
    if len(seen) < 2:
        st.caption(t("page_effects.small_graph"))
        start_menu(place, dataset)
        return
    treatment = _node(columns[0], "treatment", seen, graph)
    outcome = _node(columns[1], "outcome", [n for n in seen if n != treatment], graph)
    asked = {
        "dataset": dataset.name,
        "graph": kept.name,
        "treatment": treatment,
        "outcome": outcome,
        **_table(place, dataset),
    }
    note = analyse(drawn, treatment, outcome, limit=5).note
    st.markdown(f":material/route: {plain(say(note))}")
    with st.container(horizontal=True, vertical_alignment="center"):
        button = st.container(width="content")
        asked |= _how()
        start_menu(place, dataset)
        press.button(
            t("page_effects.estimate"),
            key="effects-estimate",
            type="primary",
            icon=":material/calculate:",
            act=_estimate,
            args=(place, asked),
            place=button,
        )


def question_line(thing: Thing) -> str:
    """A saved effect's question in one line."""
    effect = effect_of(thing)
    unit = (thing.meta.get("asked") or {}).get("unit")
    key = "page_effects.asked_user" if unit == "user" else "page_effects.asked_impression"
    return t(key, treatment=effect.treatment, outcome=effect.outcome)


def _node(
    place: DeltaGenerator, role: str, names: list[str], saved: tuple[Thing, CausalGraph]
) -> str:
    kept, graph = saved
    marked = [name for name in graph.marked(role) if name in names]
    index = names.index(marked[0]) if marked else 0
    chosen = place.selectbox(
        t(f"page_effects.{role}"),
        names,
        index,
        format_func=lambda name: _bound(graph, name),
        key=f"effects-{role}-{kept.name}",
    )
    return str(chosen)


def _bound(graph: CausalGraph, name: str) -> str:
    column = graph.bindings.get(name)
    return name if column in (None, name) else f"{name} ({column})"


def _table(place: Workspace, dataset: Thing) -> dict[str, Any]:
    """Unit, date and measure by user; a model's score by impression."""
    left, middle, right = st.columns(3)
    unit = left.segmented_control(
        t("page_effects.unit"),
        UNITS,
        default=None if "effects-unit" in st.session_state else "user",
        format_func=lambda one: t(f"page_effects.unit_{one}"),
        key="effects-unit",
        required=True,
    )
    if unit == "user":
        date = _date(middle, dataset)
        measure = right.segmented_control(
            t("page_effects.measure"),
            MEASURES,
            default=MEASURES[0],
            format_func=lambda one: t(f"page_effects.measure_{one}"),
            key="effects-measure",
            required=True,
        )
        return {"unit": unit, "date": date, "measure": measure}
    models = [one.name for one in place.things("model") if one.meta.get("dataset") == dataset.name]
    model = middle.selectbox(
        t("page_effects.model"),
        [None, *models],
        index=1 if models else 0,
        format_func=lambda one: one or t("page_effects.model_none"),
        help=t("causal.param_model"),
        key="effects-model",
    )
    return {"unit": unit, "model": model}


def _date(place: DeltaGenerator, dataset: Thing) -> str | None:
    """Where before ends and after begins; the dataset's own moment where the day is left as it is.

    Empty means that the log's middle is taken.
    """
    moment = dataset.meta.get("date")
    day = pd.Timestamp(moment).date() if moment else None
    chosen = place.date_input(
        t("page_effects.date"), day, help=t("causal.param_date"), key="effects-date"
    )
    if chosen is None:
        return None
    return str(moment) if chosen == day else str(chosen)


def _how() -> dict[str, Any]:
    offered = ESTIMATORS.where(compared=True)[::-1]  # the most robust first
    with st.popover(t("page_effects.how"), icon=":material/tune:"):
        estimator = st.segmented_control(
            t("page_effects.estimator"),
            offered,
            default=ESTIMATORS.default,
            format_func=lambda one: say(label_of(one)),
            help=_about_estimators(offered),
            key="effects-estimator",
            required=True,
        )
        target = st.segmented_control(
            t("page_effects.target"),
            TARGETS,
            default="ATE",
            format_func=lambda one: t(f"page_effects.target_{one.lower()}"),
            help=t("causal.param_target"),
            key="effects-target",
            required=True,
        )
        left, right = st.columns(2)
        help_text = t("page_effects.arms_help")
        control = left.text_input(t("page_effects.control"), help=help_text, key="effects-control")
        treated = right.text_input(t("page_effects.treated"), help=help_text, key="effects-treated")
        missing = st.selectbox(
            t("page_effects.missing"),
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


def _estimate(place: Workspace, asked: dict[str, Any]) -> None:
    """A small table at once, a large one as a run."""
    summary = place.thing("dataset", asked["dataset"]).meta
    rows = int(summary.get("rows", 0) or 0)
    large = asked["unit"] == "impression" and (rows == 0 or rows > SMALL)
    if large or asked.get("model"):
        st.session_state["effects-run"] = launcher().start(place, EstimateEffect.name, asked)
        return
    with st.spinner(t("causal.working_effect")):
        effect = run_inline(place, EstimateEffect.name, asked)
        st.session_state["effects-shown"] = f"{effect.treatment} - {effect.outcome}"


def live_runs(dataset: Thing) -> None:
    """Estimates and cross-checks of this dataset that wait or run, and the last one started."""
    register = workspace().register
    live = [run.id for run in register.active() if _is_ours(run, dataset.name)]
    last = st.session_state.get("effects-run")
    for run_id in dict.fromkeys([*live, *([last] if last else [])]):
        parts.run_status(run_id, _done, metrics=False)


def _is_ours(run: Run, dataset: str) -> bool:
    return run.task == EstimateEffect.name and run.params.get("dataset") == dataset


def _done(run: Run) -> None:
    effects = [ref.name for ref in run.made if ref.kind == "effect"]
    if effects:
        st.session_state["effects-next"] = effects[-1]
        st.rerun()
