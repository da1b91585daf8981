"""Train, from top to bottom."""

from __future__ import annotations

import streamlit as st

from causalrec.core.words import Text
from causalrec.data.dataset import Dataset
from causalrec.ui import parts
from causalrec.ui.session import launcher, plain, say, t, workspace
from causalrec.ui.train.board import board
from causalrec.ui.train.kept import dataset_of, models_of
from causalrec.ui.train.lists import lists
from causalrec.ui.train.start import form, live_runs
from causalrec.workspace import Thing, Workspace

__all__ = ["show"]


def show() -> None:
    """Draw Train: the dataset, a new run, the models side by side, lists with titles."""
    place = workspace()
    thing = _chosen(place)
    if thing is None:
        parts.empty_state("page_train.no_dataset", "data")
        return
    data = dataset_of(thing)
    _facts(data, thing)
    if not data.has("user"):
        _refuse(Text("recsys.no_users", name=data.name), Text("recsys.no_users_hint"))
        return
    if not data.positive_mask().any():
        _refuse(Text("recsys.no_positives", name=data.name), Text("recsys.no_positives_hint"))
        return
    launcher().warm()
    models = models_of(place, thing.name)
    live_runs(thing)
    form(thing, first=not models)
    if models:
        chosen = board(models)
        lists(chosen or models, data)
    parts.next_step("graph", ready=bool(models))


def _chosen(place: Workspace) -> Thing | None:
    """The current dataset; where there are several, the person picks."""
    things = place.things("dataset")
    if not things:
        return None
    names = [thing.name for thing in things]
    current = place.settings().get("dataset")
    if len(names) > 1:
        index = names.index(current) if current in names else 0
        picked = st.selectbox(t("page_train.dataset"), names, index, key="train-dataset")
        if picked != current:
            place.set(dataset=picked)
        current = picked
    return next((thing for thing in things if thing.name == current), things[0])


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
    st.caption(f":material/table_chart: {plain(facts)}")


def _refuse(text: Text, hint: Text) -> None:
    st.error(f"{plain(say(text))}\n\n{plain(say(hint))}", icon=":material/block:")
    with st.container(horizontal=True):
        parts.link("data", icon=":material/arrow_forward:")
        parts.link("interventions", icon=":material/arrow_forward:")
