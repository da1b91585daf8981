"""What the page reads from the workspace; a version never changes, so it is kept once read."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from causalrec.core.words import Text
from causalrec.data.dataset import Dataset
from causalrec.recsys.leaderboard import Leaderboard, leaderboard
from causalrec.recsys.metric_table import MetricTable
from causalrec.recsys.recommender import Recommender, load_recommender
from causalrec.tasks.train import evaluation_of
from causalrec.ui.session import say
from causalrec.workspace import Thing, Workspace

__all__ = ["board_of", "dataset_of", "model_name", "model_of", "models_of", "table_of"]


def models_of(place: Workspace, dataset: str) -> list[Thing]:
    """The latest version of each model that was trained on a dataset, newest first."""
    return [thing for thing in place.things("model") if thing.meta.get("dataset") == dataset]


def dataset_of(thing: Thing) -> Dataset:
    """The rows of a saved dataset."""
    return _dataset(str(thing.folder))


def model_of(thing: Thing) -> Recommender:
    """A saved model."""
    return _model(str(thing.folder))


def table_of(thing: Thing) -> MetricTable:
    """The figures a saved model was measured with."""
    return _table(thing.folder, str(thing.folder))


def board_of(things: list[Thing], base: Thing) -> Leaderboard:
    """Models of one split side by side, differences against ``base``."""
    names = tuple(model_name(thing) for thing in things)
    folders = tuple(str(thing.folder) for thing in things)
    return _board(things, names, folders, model_name(base))


def model_name(thing: Thing) -> str:
    """The model's words; the name that a person gave it follows where it has one."""
    kind = str(thing.meta.get("model", ""))
    label = say(Text(f"recsys.model_{kind.replace('-', '_')}")) if kind else thing.name
    return label if thing.name == kind else f"{thing.name} ({label})"


@st.cache_resource(show_spinner=False, max_entries=4)
def _dataset(folder: str) -> Dataset:
    return Dataset.load(folder)


@st.cache_resource(show_spinner=False, max_entries=12)
def _model(folder: str) -> Recommender:
    return load_recommender(Path(folder))


@st.cache_resource(show_spinner=False, max_entries=24)
def _table(_folder: Path, folder: str) -> MetricTable:
    return evaluation_of(_folder)


@st.cache_resource(show_spinner=False, max_entries=24)
def _board(
    _things: list[Thing], names: tuple[str, ...], folders: tuple[str, ...], base: str
) -> Leaderboard:
    tables = {name: table_of(thing) for name, thing in zip(names, _things, strict=True)}
    return leaderboard(tables, base)
