"""Train, from top to bottom: the log, the answer so far, runs, and one of four views."""

from __future__ import annotations

import streamlit as st

from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.tasks.recsys.search import Search
from causalrec.tasks.recsys.train import Train
from causalrec.ui.kit import widgets
from causalrec.ui.kit.current import current_dataset, pick_dataset
from causalrec.ui.kit.open_models import dataset_of, models_of, searches_of
from causalrec.ui.kit.session import launcher, plain, say, t, workspace
from causalrec.ui.train.closer.close_look import closer
from causalrec.ui.train.results.board import board
from causalrec.ui.train.results.searches import searches
from causalrec.ui.train.start.about import advice_line, device_line, suggested
from causalrec.ui.train.start.form import form
from causalrec.ui.train.start.live_runs import arrived, going, outcome
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["show"]

_VIEW = "train-view"
_ICONS = {
    "results": ":material/leaderboard:",
    "closer": ":material/search:",
    "searches": Search.icon,
    "new": ":material/add:",
}


def show() -> None:
    """Draw Train."""
    place = workspace()
    thing = _chosen(place)
    if thing is None:
        widgets.empty_state("page_train.no_dataset", "data")
        return
    data = dataset_of(thing)
    if not data.has("user"):
        _unneeded(data)
        return
    _facts(data, thing)
    if not data.positive_mask().any():
        _refuse(Text("recsys.no_positives", name=data.name), Text("recsys.no_positives_hint"))
        return
    launcher().warm()
    done = arrived()
    models, tried = models_of(place, thing.name), searches_of(place, thing.name)
    going(thing)
    view = _view(bool(models), bool(tried), done)
    _say(done, view)
    if view == "new":
        first = suggested(data)
        advice_line(data)
        form(thing, data, first)
    elif view == "searches":
        searches(tried)
    elif view == "closer":
        closer(models, data)
    else:
        board(models)
    widgets.next_step("graph", ready=bool(models))


def _view(models: bool, searched: bool, done: list[Run]) -> str:
    """What is looked at; who waits at the form sees the results as soon as there are some."""
    views = ["results", "closer"] if models else []
    views += ["searches"] if searched else []
    if not views:
        return "new"
    views.append("new")
    brought = {Train.name: "results", Search.name: "searches"}.get(done[-1].task) if done else None
    if brought is not None and st.session_state.get(_VIEW, "new") == "new":
        st.session_state[_VIEW] = brought if brought in views else views[0]
    if st.session_state.get(_VIEW) not in views:
        st.session_state[_VIEW] = views[0]
    chosen = st.segmented_control(
        t("page_train.view"),
        views,
        format_func=lambda name: f"{_ICONS[name]} {t(f'page_train.view_{name}')}",
        key=_VIEW,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen)


def _say(done: list[Run], view: str) -> None:
    """What the run that just ended brought, where the view below does not say it."""
    if done and view != "searches" and done[-1].task == Train.name:
        sentence = outcome(done[-1])
        if sentence:
            st.caption(f":material/check_circle: {plain(sentence)}")


def _chosen(place: Workspace) -> Thing | None:
    """The current dataset; where there are several, the person picks."""
    if len(place.things("dataset")) < 2:
        return current_dataset(place)
    return pick_dataset(place, t("page_train.dataset"), key="train-dataset")


def _facts(data: Dataset, thing: Thing) -> None:
    facts = t(
        "page_train.facts",
        name=thing.name,
        version=thing.version,
        rows=len(data),
        users=data.n_users,
        items=data.n_items,
        positives=float(data.positive_mask().mean()) if len(data) else 0.0,
    )
    st.caption(f":material/table_chart: {plain(facts)} {device_line()}")


def _unneeded(data: Dataset) -> None:
    """A log without users needs no model: why, and where it goes on."""
    itself = data.has("propensity")
    key, following = ("no_model", "interventions") if itself else ("no_users", "graph")
    st.info(plain(t(f"page_train.{key}")), icon=":material/skip_next:")
    widgets.next_step(following)


def _refuse(text: Text, hint: Text) -> None:
    st.error(f"{plain(say(text))}\n\n{plain(say(hint))}", icon=":material/block:")
    with st.container(horizontal=True):
        widgets.link("data", icon=":material/arrow_forward:")
        widgets.link("interventions", icon=":material/arrow_forward:")
