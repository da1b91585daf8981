"""What the page reads from the workspace; a version never changes, so it is kept once read."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.storage.store import load_dataset
from causalrec.recsys.evaluation.leaderboard import Leaderboard, leaderboard
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.recommenders.opening import load_recommender
from causalrec.recsys.tuning.search_result import SearchResult
from causalrec.runs.record.runner import load_result
from causalrec.tasks.recsys.train import TrainingResult, evaluation_of
from causalrec.ui.kit.session import say, workspace
from causalrec.workspace import Thing, Workspace

__all__ = [
    "board_of",
    "dataset_of",
    "megabytes",
    "model_name",
    "model_of",
    "models_of",
    "search_in",
    "searches_of",
    "table_of",
    "training_of",
]


def models_of(place: Workspace, dataset: str) -> list[Thing]:
    """The latest version of each model that was trained on a dataset, newest first."""
    return [thing for thing in place.things("model") if thing.meta.get("dataset") == dataset]


def searches_of(place: Workspace, dataset: str) -> list[Thing]:
    """The latest version of each search on a dataset, newest first."""
    return [thing for thing in place.things("search") if thing.meta.get("dataset") == dataset]


def dataset_of(thing: Thing) -> Dataset:
    """The rows of a saved dataset."""
    return _dataset(str(thing.folder))


def model_of(thing: Thing) -> Recommender:
    """A saved model."""
    return _model(str(thing.folder))


def table_of(thing: Thing) -> MetricTable:
    """The figures a saved model was measured with."""
    return _table(str(thing.folder))


def board_of(things: list[Thing], base: Thing) -> Leaderboard:
    """Models of one split side by side, differences against ``base``."""
    names = tuple(model_name(thing) for thing in things)
    folders = tuple(str(thing.folder) for thing in things)
    return _board(names, folders, model_name(base))


def training_of(thing: Thing) -> TrainingResult | None:
    """How a model was trained; None where its run is gone or was of another kind."""
    if thing.run is None:
        return None
    try:
        result = load_result(workspace(), thing.run)
    except CausalRecError:
        return None
    result = getattr(result, "training", result)
    return result if isinstance(result, TrainingResult) else None


def search_in(thing: Thing) -> SearchResult:
    """A saved search."""
    return _search(thing, str(thing.folder))


def megabytes(thing: Thing) -> float:
    """Size of a thing's folder, in MB."""
    return _megabytes(str(thing.folder))


def model_name(thing: Thing) -> str:
    """The model's words; the name that a person gave it and its variant where it has such."""
    kind, form = str(thing.meta.get("model", "")), thing.meta.get("variant")
    original = str(thing.meta.get("original") or thing.name)
    asked = thing.meta.get("asked") or {}
    if form:
        kind = str(asked.get("model", kind))
    label = say(Text(f"recsys.model_{kind.replace('-', '_')}")) if kind else original
    name = label if original == kind else f"{original} ({label})"
    return f"{name} · {say(Text(f'recsys.variant_{form}'))}" if form else name


@st.cache_resource(show_spinner=False, max_entries=4)
def _dataset(folder: str) -> Dataset:
    return load_dataset(folder)


@st.cache_resource(show_spinner=False, max_entries=12)
def _model(folder: str) -> Recommender:
    return load_recommender(Path(folder))


@st.cache_resource(show_spinner=False, max_entries=64)
def _table(folder: str) -> MetricTable:
    return evaluation_of(Path(folder))


@st.cache_resource(show_spinner=False, max_entries=24)
def _board(names: tuple[str, ...], folders: tuple[str, ...], base: str) -> Leaderboard:
    return leaderboard({n: _table(f) for n, f in zip(names, folders, strict=True)}, base)


@st.cache_resource(show_spinner=False, max_entries=24)
def _search(_thing: Thing, folder: str) -> SearchResult:
    return SearchResult.revived(_thing.json())


@st.cache_data(show_spinner=False, max_entries=256)
def _megabytes(folder: str) -> float:
    return sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 1e6
