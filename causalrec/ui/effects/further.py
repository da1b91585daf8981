"""What further questions share: a closed block, a run that answers, its newest answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.params import Params
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.runner import load_result, run_inline
from causalrec.runs.record.task import Task
from causalrec.ui.effects.cache import graph_of
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.session import launcher, plain, say, t
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["ask_button", "block", "graph_box", "newest_answer", "notes", "outcome_box"]

SMALL = 50_000
"""Rows up to which a question is answered at once; more is a run."""
R = TypeVar("R", bound=Result)


def block(name: str, icon: str, draw: Callable[..., object], *args: object) -> None:
    """A closed block whose inside is drawn once somebody opens it."""
    fold = st.expander(
        t(f"page_effects.{name}"), icon=icon, key=f"effects-{name}", on_change="rerun"
    )
    if not fold.open:
        return
    with fold:
        st.caption(t(f"page_effects.{name}_note"))
        draw(*args)


def graph_box(
    place: Workspace, at: DeltaGenerator, key: str, shown: Thing | None
) -> tuple[str, CausalGraph] | None:
    """A saved graph to choose, that of the effect on show first; None where there is none."""
    graphs = place.things("graph")
    if not graphs:
        st.markdown(f":material/info: {t('page_effects.no_graph')}")
        return None
    names = [thing.name for thing in graphs]
    asked = "" if shown is None else str((shown.meta.get("asked") or {}).get("graph"))
    first = names.index(asked) if asked in names else 0
    name = at.selectbox(t("causal.param_graph_label"), names, first, key=f"{key}-graph")
    return name, graph_of(next(thing for thing in graphs if thing.name == name))


def outcome_box(at: DeltaGenerator, key: str, label: str, graph: CausalGraph) -> str:
    """An observed node to choose, that which the graph marks as outcome first."""
    seen = [node for node in graph.nodes if node not in graph.latent]
    marked = [node for node in graph.marked("outcome") if node in seen]
    chosen: str = at.selectbox(t(label), seen, seen.index(marked[0]) if marked else 0, key=key)
    return chosen


def ask_button(
    place: Workspace, task: type[Task[Any, Any]], asked: dict[str, Any], *, key: str, run: bool
) -> None:
    """The button that asks; as a run where it takes long.

    Args:
        place: the workspace.
        task: what answers.
        asked: its parameters.
        key: of the button.
        run: whether it takes long whatever the log's size.
    """
    press.button(
        t("page_effects.further_ask"), key=key, icon=task.icon, act=_ask,
        args=(place, task, asked, run),
    )  # fmt: skip


def _ask(
    place: Workspace, task: type[Task[Params, Result]], asked: dict[str, Any], run: bool
) -> None:
    rows = int(place.thing("dataset", asked["dataset"]).meta.get("rows", 0) or 0)
    if run or rows > SMALL:
        launcher().start(place, task.name, asked)
        return
    with st.spinner(t("causal.working_effect")):
        run_inline(place, task, asked)


def newest_answer(place: Workspace, dataset: Thing, task: type[Task[Any, R]]) -> R | None:
    """The answer of the newest run about a log; its state where it goes on or failed."""
    runs = place.register.runs(task.name)
    run = next((one for one in runs if one.params.get("dataset") == dataset.name), None)
    if run is None:
        return None
    if run.status != "done":
        widgets.run_status(run.id, _again, metrics=False)
        return None
    answer = load_result(place, run.id)
    assert isinstance(answer, task.Result)
    return answer  # type: ignore[return-value]


def _again(run: Run) -> None:
    """Draw the page anew: the answer is there."""
    st.rerun()


def notes(texts: Sequence[Text | str], icon: str = "warning") -> None:
    """What there is to know, a line each."""
    for text in dict.fromkeys(texts):
        st.caption(f":material/{icon}: {plain(say(text))}")
