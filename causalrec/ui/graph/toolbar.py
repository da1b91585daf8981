"""Above the canvas: new, import, open, export, save; and what to do when two tabs saved."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from causalrec.causal.formats import FORMATS
from causalrec.causal.formats.graph_text import check_length, read_graph, write_graph
from causalrec.causal.formats.json_document import to_document
from causalrec.causal.parsing.limits import limits
from causalrec.core.errors import ConflictError, GraphError
from causalrec.ui.graph import starting
from causalrec.ui.graph.document import readable
from causalrec.ui.graph.drafts import Draft
from causalrec.ui.kit import press
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import plain, say, t
from causalrec.workspace import Thing, Workspace

__all__ = ["show"]

CONFLICT = "graph_conflict"
SAID = "graph_said"
"""What a callback has to say: the next run shows it, callbacks of fragments may draw nothing."""


def show(ws: Workspace, draft: Draft) -> None:
    """Draw the row; the contents of a closed menu are not computed."""
    row = st.container(horizontal=True, vertical_alignment="bottom", key="graph-toolbar")
    with row:
        _menu(
            "new", ":material/add_circle:", lambda: starting.show(ws, draft, lambda: _close("new"))
        )
        _menu("import", ":material/upload:", lambda: _import(ws, draft))
        _menu("open", ":material/folder_open:", lambda: _open(ws, draft))
        _menu("export", ":material/download:", lambda: _export(draft))
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            _save_row(ws, draft)
    _status(draft)
    _conflict(ws, draft)
    if SAID in st.session_state:
        st.toast(st.session_state.pop(SAID))


def _menu(name: str, icon: str, content: Callable[[], None]) -> None:
    menu = st.popover(
        t(f"page_graph.{name}"), icon=icon, key=f"graph-menu-{name}", on_change="rerun"
    )
    if menu.open:
        with menu, caught():
            content()


def _close(name: str) -> None:
    st.session_state[f"graph-menu-{name}"] = False


# -- import and export ----------------------------------------------------------------------


def _import(ws: Workspace, draft: Draft) -> None:
    st.markdown(t("page_graph.import_help"))
    file = st.file_uploader(t("page_graph.import_file"), key="graph-import-file")
    text = st.text_area(
        t("page_graph.import_text"),
        key="graph-import-text",
        height=140,
        max_chars=limits().characters,
    )

    def load() -> None:
        body = _decoded(file.size, file.getvalue) if file is not None else text
        name = file.name.rpartition(".")[0][:80] if file is not None else ""
        draft.start(readable(read_graph(body)), name)
        draft.autosave(ws)
        _close("import")

    press.button(
        t("page_graph.import_now"),
        key="graph-import",
        type="primary",
        disabled=file is None and not text.strip(),
        act=load,
    )


def _decoded(size: int, read: Callable[[], bytes]) -> str:
    """A file's text.

    Raises:
        GraphError: it is too long for a graph, or no text in UTF-8.
    """
    check_length(size)
    try:
        return read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraphError(
            "causal.unreadable", hint="causal.unreadable_hint", where=str(error)[:80]
        ) from error


def _export(draft: Draft) -> None:
    st.caption(t("page_graph.export_help"))
    graph = draft.graph
    stem = re.sub(r"[^\w-]+", "-", draft.name).strip("-") or "graph"
    for form, written in FORMATS.items():
        st.download_button(
            say(written.word()),
            write_graph(graph, form),
            file_name=f"{stem}.{written.suffix}",
            mime=written.mime,
            key=f"graph-export-{form}",
            width="stretch",
            on_click="ignore",
        )


# -- open and save --------------------------------------------------------------------------


def _open(ws: Workspace, draft: Draft) -> None:
    things = ws.things("graph")
    if not things:
        st.markdown(t("page_graph.none_saved"))
        return
    names = [thing.name for thing in things]
    name = st.selectbox(t("page_graph.saved_graph"), names, key="graph-open-name")
    versions = {thing.version: thing for thing in ws.versions("graph", name)}
    version = st.selectbox(
        t("page_graph.saved_version"),
        list(versions),
        format_func=lambda number: _said(versions[number]),
        key=f"graph-open-version-{name}",
    )

    def load() -> None:
        _opened(ws, draft, ws.thing("graph", name, version))
        _close("open")

    press.button(t("page_graph.open_now"), key="graph-open", type="primary", act=load)


def _said(thing: Thing) -> str:
    when = thing.created.astimezone().strftime("%Y-%m-%d %H:%M")
    return t("page_graph.version_at", version=thing.version, when=when)


def _opened(ws: Workspace, draft: Draft, thing: Thing) -> None:
    draft.open(thing)
    draft.autosave(ws)
    st.session_state.pop(CONFLICT, None)


def _save_row(ws: Workspace, draft: Draft) -> None:
    key = f"graph-name-{draft.name}-{draft.saved}"
    name = st.text_input(
        t("page_graph.name"),
        value=draft.name,
        key=key,
        placeholder=t("page_graph.unnamed"),
        label_visibility="collapsed",
        max_chars=100,
        width=260,
    )
    press.button(
        t("page_graph.save"),
        key="graph-save",
        icon=":material/save:",
        type="primary",
        disabled=not draft.document["nodes"] or not (draft.changed or _renamed(draft, name)),
        act=_save,
        args=(ws, draft, (name or "").strip() or t("page_graph.unnamed")),
    )


def _renamed(draft: Draft, name: str | None) -> bool:
    """Whether saving would make a graph under another name."""
    return not draft.saved or (name or "").strip() not in ("", draft.name)


def _save(ws: Workspace, draft: Draft, name: str, expect: int | None = None) -> None:
    """Save a version; when somebody saved meanwhile, keep what to ask for the next run."""
    with caught():
        if expect is None:
            expect = draft.saved if name == draft.name else 0
        graph = draft.graph
        facts = {role: list(graph.marked(role)) for role in ("treatment", "outcome")}
        try:
            thing = ws.save_json(
                "graph",
                name,
                to_document(graph, draft.revision),
                meta={**facts, "unit": draft.unit},
                expect=expect,
            )
        except ConflictError:
            st.session_state[CONFLICT] = name
            return
        draft.kept(thing)
        draft.autosave(ws)
        ws.set(graph=name)
        st.session_state.pop(CONFLICT, None)
        st.session_state[SAID] = plain(t("page_graph.saved", name=name, version=thing.version))


def _status(draft: Draft) -> None:
    if draft.saved:
        key = "page_graph.status_changed" if draft.changed else "page_graph.status_saved"
        st.caption(plain(t(key, name=draft.name, version=draft.saved)))


def _conflict(ws: Workspace, draft: Draft) -> None:
    """Two tabs saved one graph: say so, and offer both."""
    name: str = st.session_state.get(CONFLICT, "")
    theirs = ws.find("graph", name) if name else None
    if theirs is None:
        return
    with st.container(border=True):
        ours = name == draft.name and draft.saved
        key = "page_graph.conflict" if ours else "page_graph.conflict_new"
        said = t(key, name=name, version=theirs.version, mine=draft.saved)
        st.warning(plain(said), icon=":material/call_split:")
        copy = _free_name(ws, name)
        with st.container(horizontal=True):
            st.button(
                t("page_graph.keep_mine", version=theirs.version + 1),
                key="graph-keep-mine",
                type="primary",
                on_click=lambda: _save(ws, draft, name, theirs.version),
            )
            st.button(
                t("page_graph.load_theirs", version=theirs.version),
                key="graph-load-theirs",
                on_click=lambda: _opened(ws, draft, theirs),
            )
            st.button(
                plain(t("page_graph.save_copy", name=copy)),
                key="graph-save-copy",
                on_click=lambda: _save(ws, draft, copy, 0),
            )


def _free_name(ws: Workspace, name: str) -> str:
    return next(free for i in range(2, 10_000) if ws.find("graph", free := f"{name} ({i})") is None)
