"""Workspaces: open, make, rename, delete."""

from __future__ import annotations

import streamlit as st

from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.server import shared
from causalrec.ui.kit.session import (
    create_workspace,
    known_workspaces,
    leave_workspace,
    open_workspace,
    plain,
    t,
)
from causalrec.workspace import Workspace

__all__ = ["choose", "workspaces"]


def choose() -> None:
    """What a visit without a workspace sees: the known ones (none if shared), and a new one."""
    st.header(t("page_home.begin" if shared() else "page_home.continue"), anchor=False)
    if shared():
        st.caption(t("page_home.shared"))
    _list(known_workspaces(), None)


def workspaces(current: Workspace) -> None:
    """All workspaces with their size, this one first."""
    st.header(t("page_home.workspaces"), anchor=False)
    others = [one for one in known_workspaces() if one.id != current.id]
    _list([current, *others], current)


def _list(listed: list[Workspace], current: Workspace | None) -> None:
    with st.container(border=True, key="workspaces", gap="xsmall"):
        for one in listed:
            with caught():
                _row(one, here=current is not None and one.id == current.id)
        with st.popover(t("page_home.new"), icon=":material/add:"), st.form("new", border=False):
            st.text_input(t("page_home.name"), key="new-name", max_chars=120)
            st.form_submit_button(t("page_home.create"), type="primary", on_click=_create)


def _row(one: Workspace, *, here: bool) -> None:
    row = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    size = f":gray[· {plain(_size(one.size()))}]"
    with row, st.container(horizontal=True, vertical_alignment="center", width="content"):
        if here:
            badge = f":blue-badge[{t('page_home.here')}]"
            st.markdown(f"**{plain(one.name)}** {badge} {size}", width="content")
        else:
            key, label = f"open-{one.id}", plain(one.name)
            st.button(
                label,
                key=key,
                type="tertiary",
                icon=":material/folder_open:",
                on_click=_open,
                args=(one,),
            )
            st.markdown(size, width="content")
    with row, st.container(horizontal=True, width="content"):
        _rename(one)
        _delete(one)


def _rename(one: Workspace) -> None:
    with st.popover(t("page_home.rename"), type="tertiary", icon=":material/edit:"):  # noqa: SIM117
        with st.form(f"rename-{one.id}", border=False):
            st.text_input(t("page_home.name"), one.name, key=f"name-{one.id}", max_chars=120)
            st.form_submit_button(t("page_home.save"), on_click=_rename_to, args=(one,))


def _delete(one: Workspace) -> None:
    with st.popover(t("page_home.delete"), type="tertiary", icon=":material/delete:"):
        st.markdown(t("page_home.delete_sure", name=plain(one.name), size=_size(one.size())))
        st.button(
            t("page_home.delete_yes"),
            key=f"delete-{one.id}",
            type="primary",
            on_click=_delete_it,
            args=(one,),
        )


def _create() -> None:
    with caught():
        name = st.session_state["new-name"].strip() or t("ui.first_workspace")
        open_workspace(create_workspace(name))


def _open(one: Workspace) -> None:
    open_workspace(one)


def _rename_to(one: Workspace) -> None:
    with caught():
        one.rename(st.session_state[f"name-{one.id}"])


def _delete_it(one: Workspace) -> None:
    with caught():
        one.delete()
        leave_workspace(one)


def _size(size: int) -> str:
    """Bytes for people."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size} B"
