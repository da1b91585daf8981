"""The question of the page: its form, the button that asks it, and what differs from the answer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causalrec.causal.identification.adjustment_report import analyse
from causalrec.core.results.asked import Difference
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.estimate import EstimateEffect, EstimateParams, asked_in
from causalrec.ui.effects.arriving import arriving
from causalrec.ui.effects.cache import effect_of, graph_of
from causalrec.ui.effects.form import ends, how, keep_for, picked_graph, table_of
from causalrec.ui.effects.starting import start_menu
from causalrec.ui.kit import address, press
from causalrec.ui.kit.session import launcher, plain, say, t, workspace
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["ask", "asks", "differing", "live_runs", "question_line"]

SMALL = 5_000
"""Rows of the question's table up to which it is answered at once (1.5 s); more is a run."""
_RUN = "effects-run"


def asks(place: Workspace, dataset: Thing, graphs: list[Thing]) -> dict[str, Any] | None:
    """Draw the form and the button; what the form asks, None where its graph is too small."""
    columns = st.columns(3)
    kept, graph = picked_graph(columns[0], graphs)
    seen = [name for name in graph.nodes if name not in graph.latent]
    if len(seen) < 2:
        st.caption(t("page_effects.small_graph"))
        start_menu(place, dataset)
        return None
    asked: dict[str, Any] = {"dataset": dataset.name, "graph": kept.name}
    asked |= ends(columns[1:], kept, graph, seen)
    column = graph.bindings.get(asked["treatment"], asked["treatment"])
    asked |= table_of(place, dataset, column)
    note = analyse(graph, asked["treatment"], asked["outcome"], limit=5).note
    st.markdown(f":material/route: {plain(say(note))}")
    with st.container(horizontal=True, vertical_alignment="center"):
        button = st.container(width="content")
        asked |= how(graph, asked)
        start_menu(place, dataset)
        press.button(
            t("page_effects.estimate"),
            key="effects-estimate",
            type="primary",
            icon=":material/calculate:",
            act=ask,
            args=(place, asked),
            place=button,
        )
    return asked


def question_line(thing: Thing) -> str:
    """A saved effect's question in one line."""
    effect, asked = effect_of(thing), thing.meta.get("asked") or {}
    facts = {"treatment": effect.treatment, "outcome": effect.outcome}
    if asked.get("unit") != "user":
        return t("page_effects.asked_impression", **facts)
    measure = t(f"page_effects.measure_{asked.get('measure', 'any')}")
    moment = effect.date or asked.get("date")
    date = t("page_effects.from_date", date=moment[:10]) if moment else ""
    return t("page_effects.asked_user", measure=measure, date=date, **facts)


def differing(thing: Thing, asked: dict[str, Any], moment: str | None) -> tuple[Difference, ...]:
    """What the form asks otherwise than a saved effect does.

    Args:
        thing: the effect.
        asked: by the form.
        moment: the date of the dataset, which an empty date means.
    """
    kept = thing.meta.get("asked") or {}
    was = {
        **asked,
        **kept,
        **_ends(thing, kept),
    }  # what the form leaves unsaid stays as it was asked
    now = {**was, **asked}
    for one in (was, now):
        date = one.get("date") or moment
        one["date"] = date[:10] if date and date == moment else date
    return asked_in(EstimateParams.make(was)).differences(asked_in(EstimateParams.make(now)))


def _ends(thing: Thing, kept: dict[str, Any]) -> dict[str, str]:
    """A saved effect's treatment and outcome as its graph calls them: the form names its nodes."""
    effect, graph = effect_of(thing), workspace().find("graph", str(kept.get("graph")))
    bindings = {} if graph is None else graph_of(graph).bindings
    nodes = {column: node for node, column in bindings.items()}
    ends = {"treatment": effect.treatment, "outcome": effect.outcome}
    return {role: kept.get(role) or nodes.get(column, column) for role, column in ends.items()}


def ask(place: Workspace, asked: dict[str, Any]) -> None:
    """Estimate what a form asks: a small table at once, a large one as a run."""
    summary = place.thing("dataset", asked["dataset"]).meta
    rows = int(summary.get("users" if asked["unit"] == "user" else "rows") or 0)
    if rows == 0 or rows > SMALL or asked.get("model"):
        st.session_state[_RUN] = launcher().start(place, EstimateEffect.name, asked)
        return
    with st.spinner(t("causal.working_effect")):
        effect = run_inline(place, EstimateEffect, asked)
    _answered(f"{effect.treatment} - {effect.outcome}")


def _answered(name: str) -> None:
    keep_for(name)
    address.show("effect", name)


def live_runs(dataset: Thing) -> None:
    """Estimates and cross-checks of this dataset that wait or run, and the last one started."""
    register = workspace().register
    live = [run.id for run in register.active() if _is_ours(run, dataset.name)]
    last = st.session_state.get(_RUN)
    for run_id in dict.fromkeys([*live, *([last] if last else [])]):
        arriving(run_id, _done)


def _is_ours(run: Run, dataset: str) -> bool:
    return run.task == EstimateEffect.name and run.params.get("dataset") == dataset


def _done(run: Run) -> None:
    effects = [ref.name for ref in run.made if ref.kind == "effect"]
    if effects:
        _answered(effects[-1])
        st.rerun()
