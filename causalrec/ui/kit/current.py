"""The dataset that the pages are about: chosen here for all of them, kept in the workspace."""

from __future__ import annotations

import streamlit as st

from causalrec.workspace import Thing, Workspace

__all__ = ["current_dataset", "forget_dataset", "pick_dataset"]

_SETTING = "dataset"


def current_dataset(place: Workspace) -> Thing | None:
    """The dataset last chosen or made; else the newest; None without any."""
    things = place.things("dataset")
    name = place.settings().get(_SETTING)
    return next((thing for thing in things if thing.name == name), things[0] if things else None)


def pick_dataset(place: Workspace, label: str, *, key: str) -> Thing | None:
    """The current dataset, with a box to choose another; None without any.

    Args:
        place: the workspace.
        label: of the box, in the page's language.
        key: of the box.
    """
    things = place.things("dataset")
    if not things:
        return None
    names, current = [thing.name for thing in things], place.settings().get(_SETTING)
    index = names.index(current) if current in names else 0
    picked = st.selectbox(label, names, index=index, key=key, width=420)
    if picked != current:
        place.set(dataset=picked)
    return things[names.index(picked)]


def forget_dataset(place: Workspace, name: str) -> None:
    """A dataset is gone: where it was the current one, another will be."""
    if place.settings().get(_SETTING) == name:
        place.set(dataset=None)
