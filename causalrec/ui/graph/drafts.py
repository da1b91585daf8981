"""The graph that this tab is editing: Python's copy of the document, kept across pages and reloads.

The component's own state dies with its page. The draft lives in the session and, after each
edit, in the workspace's settings, from where a reload or a new tab picks it up. There it is written
as every graph is; the editor's own form lives between Python and the browser only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from causalrec.causal.formats.json_document import from_document, to_document
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.errors import CausalRecError, GraphError, StorageError
from causalrec.ui.graph.document import from_editor, to_editor
from causalrec.workspace import Thing, Workspace

__all__ = ["SETTING", "Draft", "current"]

SETTING = "graph_draft"


def _empty() -> dict[str, Any]:
    return {"nodes": [], "edges": []}


@dataclass
class Draft:
    """A graph being edited.

    Attributes:
        document: the editor's document.
        version: counts Python's own changes; milliseconds since 1970, so that no later session
            takes up a number that a browser has seen.
        revision: counts the person's edits.
        name: of the saved graph it came from; "" for a new one.
        saved: the saved version it came from, 0 for a new one.
        clean: the document as it was saved or opened.
        unit: of the table that its question asks for, where known.
    """

    document: dict[str, Any] = field(default_factory=_empty)
    version: int = 0
    revision: int = 0
    name: str = ""
    saved: int = 0
    clean: dict[str, Any] = field(default_factory=_empty)
    unit: str = ""

    def __post_init__(self) -> None:
        self._bump()

    def _bump(self) -> None:
        self.version = max(self.version + 1, time.time_ns() // 1_000_000)

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return self.document != self.clean

    @property
    def graph(self) -> CausalGraph:
        """The graph on screen."""
        return from_editor(self.document)

    def accept(self, value: Mapping[str, Any] | None) -> bool:
        """Take what the browser sent, if it was edited from this version and is news.

        Returns:
            Whether the document changed.

        Raises:
            GraphError: the browser's document is no graph; the browser gets this one back.
        """
        if value is None or value.get("version") != self.version:
            return False
        if not value["revision"] > self.revision:
            return False
        try:
            from_editor(value["document"])
        except GraphError:
            self._bump()
            raise
        self.document, self.revision = value["document"], value["revision"]
        return True

    def put(self, graph: CausalGraph) -> None:
        """Python's own change of the graph: the browser will take it, and can undo it."""
        self.document = to_editor(graph)
        self._bump()

    def open(self, thing: Thing) -> None:
        """Continue from a saved version."""
        self.put(from_document(thing.document()))
        self.unit = str(thing.meta.get("unit") or "")
        self.kept(thing)

    def start(self, graph: CausalGraph, name: str = "", unit: str = "") -> None:
        """Begin a new graph."""
        self.put(graph)
        self.name, self.saved, self.clean, self.unit = name, 0, _empty(), unit

    def kept(self, thing: Thing) -> None:
        """Note that the document is saved as this version."""
        self.name, self.saved, self.clean = thing.name, thing.version, self.document

    def autosave(self, workspace: Workspace) -> None:
        """Keep the draft in the workspace; if it cannot be written, only the session has it."""
        with suppress(StorageError):  # saving a version says so aloud
            workspace.set(
                graph_draft={
                    "graph": to_document(self.graph, lay_out=False),
                    "name": self.name,
                    "saved": self.saved,
                    "clean": to_document(from_editor(self.clean), lay_out=False),
                    "unit": self.unit,
                }
            )

    @classmethod
    def written(cls, values: Mapping[str, Any]) -> Draft:
        """The draft that `autosave` wrote.

        Raises:
            GraphError: one of its two graphs is none.
        """
        document, clean = (to_editor(from_document(values.get(n, {}))) for n in ("graph", "clean"))
        facts = {name: values[name] for name in ("name", "saved", "unit")}
        return cls(document, clean=clean, **facts)


def current(workspace: Workspace) -> Draft:
    """This tab's draft: the session's, else the workspace's last, else its newest saved graph."""
    key = f"{SETTING}_{workspace.id}"
    if key not in st.session_state:
        st.session_state[key] = _first(workspace)
    draft: Draft = st.session_state[key]
    return draft


def _first(workspace: Workspace) -> Draft:
    kept = workspace.settings().get(SETTING)
    if isinstance(kept, Mapping):
        with suppress(CausalRecError, KeyError):  # a damaged draft is no reason to lose the page
            return Draft.written(kept)
    draft = Draft()
    things = workspace.things("graph")
    if things:
        draft.open(things[0])
    return draft
