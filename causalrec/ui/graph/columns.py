"""What the nodes of a graph can be bound to: the columns of the current dataset."""

from __future__ import annotations

import streamlit as st

from causalrec.data.dataset import Dataset
from causalrec.workspace import Thing, Workspace

__all__ = ["current_dataset", "known_columns"]


@st.cache_resource(max_entries=2, show_spinner=False)
def _loaded(folder: str, fingerprint: str) -> Dataset:
    return Dataset.load(folder)


def _thing(ws: Workspace) -> Thing | None:
    name = ws.settings().get("dataset")
    return ws.find("dataset", name) if isinstance(name, str) else None


def current_dataset(ws: Workspace) -> Dataset | None:
    """The workspace's current dataset, kept in memory between edits; None without one."""
    thing = _thing(ws)
    return None if thing is None else _loaded(str(thing.folder), thing.fingerprint)


def known_columns(ws: Workspace) -> tuple[str, ...] | None:
    """Names of the columns that an effect can use; None without a dataset."""
    data = current_dataset(ws)
    if data is None:
        return None
    return tuple(map(str, data.frame.columns))
