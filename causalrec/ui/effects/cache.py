"""What the page reads from the workspace; a version never changes, so it is kept once read."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.effects.effect import Effect
from causalrec.causal.formats.json_document import from_document
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.tables.treatment_start import treatment_start
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.storage.store import load_dataset
from causalrec.workspace import Thing, Workspace

__all__ = ["dataset_of", "effect_of", "effects_of", "graph_of", "moment_of"]


def effects_of(place: Workspace, dataset: str) -> list[Thing]:
    """The latest version of each effect of a dataset, newest first."""
    return [thing for thing in place.things("effect") if thing.meta.get("dataset") == dataset]


def dataset_of(thing: Thing) -> Dataset:
    """The rows of a saved dataset."""
    return _dataset(str(thing.folder))


def effect_of(thing: Thing) -> Effect:
    """A saved effect."""
    return Effect.revived(thing.document())


def graph_of(thing: Thing) -> CausalGraph:
    """A saved graph."""
    return from_document(thing.document())


def moment_of(dataset: Thing, column: str) -> str | None:
    """When a treatment was given: as the dataset says, else as its rows show; None: neither."""
    return dataset.meta.get("date") or _start(str(dataset.folder), column)


@st.cache_data(show_spinner=False, max_entries=64)
def _start(folder: str, column: str) -> str | None:
    start = treatment_start(_dataset(folder), column)
    return None if start is None else str(start)


@st.cache_resource(show_spinner=False, max_entries=2)
def _dataset(folder: str) -> Dataset:
    return load_dataset(folder)
