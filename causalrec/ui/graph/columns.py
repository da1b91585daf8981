"""What the nodes of a graph can be bound to: the columns that an effect's table will have."""

from __future__ import annotations

import streamlit as st

from causalrec.causal.tables.causal_table import UNITS, computed_columns
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcomes_of
from causalrec.data.storage.store import load_dataset
from causalrec.ui.kit.current import current_dataset
from causalrec.workspace import Workspace

__all__ = ["has_model", "known_columns", "open_dataset"]

CODES = ("user", "item", "session", "time")
"""Columns that name a thing or a moment: listed last."""


def open_dataset(ws: Workspace) -> Dataset | None:
    """The workspace's current dataset, loaded; None without one."""
    thing = current_dataset(ws)
    return None if thing is None else load_dataset(thing.folder)


def has_model(ws: Workspace) -> bool:
    """Whether a table can have a model's score."""
    return bool(ws.things("model"))


def known_columns(ws: Workspace) -> tuple[str, ...] | None:
    """Names of the columns that an effect can use, by impression or by user; None without data."""
    thing = current_dataset(ws)
    if thing is None:
        return None
    names = _names(str(thing.folder), thing.fingerprint)
    return (*names, "model_score") if has_model(ws) and "model_score" not in names else names


@st.cache_data(max_entries=32, show_spinner=False)
def _names(folder: str, fingerprint: str) -> tuple[str, ...]:
    """Names only are kept, not the rows; a version on disk never changes."""
    data = load_dataset(folder)
    names = [*outcomes_of(data), *data.covariates]
    names += [str(column) for column in data.frame.columns]
    for unit in UNITS:
        names += computed_columns(data, unit)
    if data.users is not None:
        names += [str(column) for column in data.users.columns]
    return tuple(sorted(dict.fromkeys(names), key=lambda name: name in CODES))
