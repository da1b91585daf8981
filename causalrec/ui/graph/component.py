"""The graph editor in the browser: our own component, mounted with words, document and analysis.

The document carries a version (Python changed it: an import, a binding, a loaded graph) and a
revision (the person edited it). The browser takes Python's document only when its version is
newer, and Python takes the browser's only when it was edited from Python's version, so neither
side ever overwrites the other with an echo.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from causalrec.core.words import table
from causalrec.ui.graph.editor_script import script, style

__all__ = ["dag_editor", "sent", "words"]

PREFIX = "editor."
HEIGHT = 520
"""Of the canvas in pixels, where the window has room."""

_mount = st.components.v2.component(
    "causalrec_dag_editor",
    html='<div class="dag"></div>',
    css=style(),
    js=script(),
)


@cache
def words(lang: str) -> dict[str, str]:
    """Every word in the editor as ``{name: template}``."""
    return {
        key.removeprefix(PREFIX): template
        for key, template in table(lang).items()
        if key.startswith(PREFIX)
    }


def sent(key: str) -> Mapping[str, Any] | None:
    """What the browser sent last: version, revision and document; None before the first edit."""
    state = st.session_state.get(key)
    value = state.get("graph") if isinstance(state, Mapping) else None
    return value if isinstance(value, Mapping) else None


def dag_editor(
    document: Mapping[str, Any],
    *,
    key: str,
    version: int,
    revision: int,
    lang: str,
    analysis: Mapping[str, Any] | None = None,
    name: str = "graph",
) -> None:
    """Mount the editor; read what it sends with `sent` before the next mount.

    Args:
        document: ``nodes`` (name, role, x, y, column) and ``edges`` (source, target, kind).
        key: identity of this editor on the page; needed, else the browser mounts it anew.
        version: counts Python's own changes of the document.
        revision: the edit that `document` and `analysis` belong to.
        lang: language of its words.
        analysis: names and edges to colour: ``suggested``, ``unbound``, ``causal``, ``biasing``.
        name: of the graph, for file names.
    """
    data = {
        "id": key,
        "document": dict(document),
        "version": version,
        "revision": revision,
        "analysis": None if analysis is None else {**analysis, "revision": revision},
        "words": words(lang),
        "name": name,
        "height": HEIGHT,
    }
    _mount(key=key, data=data, on_graph_change=_ignore)


def _ignore() -> None:
    """A state is kept only where a callback is given; the page reads it itself."""
