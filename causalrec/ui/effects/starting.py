"""A starting graph in one click, bound to the dataset by column role."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from causalrec.causal.formats.json_document import to_document
from causalrec.causal.tables.templates import STARTING_GRAPHS, BoundGraph, best_start
from causalrec.core.words import Text
from causalrec.ui.effects.cache import dataset_of
from causalrec.ui.kit import press
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["start", "start_menu"]


def start_menu(place: Workspace, dataset: Thing) -> None:
    """The ready questions behind a button, where there is a graph already."""
    with st.popover(t("page_effects.start"), icon=":material/account_tree:"):
        start(place, dataset)


def start(place: Workspace, dataset: Thing) -> None:
    """Choose a question; a log that lacks a role says which."""
    models = [one for one in place.things("model") if one.meta.get("dataset") == dataset.name]
    names = list(STARTING_GRAPHS)
    name = st.radio(
        t("page_effects.start_which"),
        names,
        names.index(_best(dataset, str(dataset.folder), bool(models))),
        format_func=lambda one: say(STARTING_GRAPHS[one].title),
        key="effects-start",
    )
    bound = _bound(dataset, str(dataset.folder), name, bool(models))
    _missing(bound.missing)
    press.button(
        t("page_effects.start_use"),
        key="effects-start-use",
        icon=":material/add:",
        act=_save,
        args=(place, name, bound),
    )


@st.cache_data(show_spinner=False, max_entries=16)
def _best(_dataset: Thing, folder: str, model: bool) -> str:
    return best_start(dataset_of(_dataset), model=model)


@st.cache_resource(show_spinner=False, max_entries=16)
def _bound(_dataset: Thing, folder: str, name: str, model: bool) -> BoundGraph:
    return STARTING_GRAPHS[name].bind(dataset_of(_dataset), model=model)


def _missing(missing: Iterable[Text]) -> None:
    for text in missing:
        st.caption(f":material/warning: {plain(say(text))}")


def _save(place: Workspace, name: str, bound: BoundGraph) -> None:
    place.save_json("graph", name, to_document(bound.graph))
    st.session_state["effects-graph"] = name
