"""Where a log comes from: an upload, the server's folder, or the sample shop."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from causalrec.core.errors import CausalRecError
from causalrec.data.reading.server_folder import server_file, server_files, server_folder
from causalrec.tasks.data.import_data import Import
from causalrec.tasks.data.shop import Shop
from causalrec.ui.data import pending as waiting
from causalrec.ui.data.pending import Pending
from causalrec.ui.data.runs import adopt, live_runs
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.forms import params_form
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.server import drop_upload
from causalrec.ui.kit.session import launcher, plain, t, workspace

__all__ = ["choose", "finish_shop", "more_tables", "say_failure"]

_WAYS = ("upload", "folder", "shop")
_ICONS = {
    "upload": ":material/upload_file:",
    "folder": ":material/folder_open:",
    "shop": ":material/storefront:",
}


def choose() -> None:
    """Draw the three ways to a log."""
    if waiting.read(workspace()) is None:
        live_runs(Import)  # else it is shown where it was started, under the prepared log
    names = {way: f"{_ICONS[way]} {t(f'page_data.way_{way}')}" for way in _WAYS}
    way = st.segmented_control(
        t("page_data.way"),
        _WAYS,
        default=None if "data-way" in st.session_state else "upload",
        required=True,
        format_func=names.__getitem__,
        key="data-way",
        label_visibility="collapsed",
        persist_state="session",
    )
    {"upload": _upload, "folder": _folder, "shop": _shop}[way or "upload"]()


def _upload() -> None:
    with st.container(border=True):
        _uploader("log", t("page_data.log_file"), t("page_data.log_file_help"))


def more_tables(pending: Pending) -> None:
    """Fields for a table of items and one of users, beside an upload."""
    with st.expander(
        t("page_data.more_tables"),
        icon=":material/add_notes:",
        expanded=bool(pending.items or pending.users),
        key="more-tables",
    ):
        st.caption(t("page_data.more_tables_help"))
        left, right = st.columns(2)
        with left:
            _side("items", pending)
        with right:
            _side("users", pending)


def _side(role: str, pending: Pending) -> None:
    """The uploader of the item or user table; one that is there can be taken away."""
    path = getattr(pending, role)
    if path is None:
        _uploader(role, t(f"page_data.{role}_file"), t(f"page_data.{role}_file_help"))
        return
    st.markdown(f":material/check: {t(f'page_data.{role}_file')}: {plain(Path(path).name)}")
    st.button(
        t("page_data.take_away"),
        key=f"drop-{role}",
        icon=":material/close:",
        on_click=_set_side,
        args=(role, None),
    )


def _uploader(role: str, label: str, explain: str) -> None:
    """A file field that hands its bytes to the workspace and is then made anew, empty."""
    count = st.session_state.setdefault("data_uploads", 0)
    key = f"upload-{role}-{count}"
    st.file_uploader(
        label,
        type=list(waiting.FILE_KINDS),
        help=explain,
        key=key,
        on_change=_received,
        args=(role, key),
    )


def _received(role: str, key: str) -> None:
    sent = st.session_state.get(key)
    if not isinstance(sent, UploadedFile):  # none, or one that was taken over before
        return
    try:
        path = waiting.keep_file(workspace(), sent.name, sent)
        if role == "log":
            _take(path, sent.name, path.parent)
        else:
            _set_side(role, str(path))
    except CausalRecError as error:
        st.session_state["data_failure"] = error
    drop_upload(sent)
    st.session_state["data_uploads"] += 1


def say_failure() -> None:
    """Say once why an upload could not be kept."""
    error = st.session_state.pop("data_failure", None)
    if error is not None:
        with caught():
            raise error


def _set_side(role: str, path: str | None) -> None:
    pending = waiting.read(workspace())
    if pending is not None:
        waiting.write(workspace(), Pending(**{**vars(pending), role: path}))


def _take(path: Path, name: str, place: Path) -> None:
    """A new log is being prepared; the one before it is forgotten."""
    waiting.forget(workspace())
    waiting.write(workspace(), Pending(str(path), name, str(place), {}))


def _folder() -> None:
    with st.container(border=True):
        if server_folder() is None:
            st.markdown(f":material/info: {t('page_data.no_folder')}")
            return
        files = server_files()
        if not files:
            st.markdown(f":material/info: {t('page_data.empty_folder')}")
            return
        log = st.selectbox(t("page_data.log_file"), files, index=None, key="folder-log")
        left, right = st.columns(2)
        items = left.selectbox(t("page_data.items_file"), files, index=None, key="folder-items")
        users = right.selectbox(t("page_data.users_file"), files, index=None, key="folder-users")
        press.button(
            t("page_data.use_files"),
            key="folder-use",
            type="primary",
            disabled=log is None,
            icon=":material/check:",
            act=_use_files,
            args=(log, items, users),
        )


def _use_files(log: str, items: str | None, users: str | None) -> None:
    path = server_file(log)
    _take(path, path.name, workspace().upload_path("table").parent)
    for role, chosen in (("items", items), ("users", users)):
        if chosen is not None:
            _set_side(role, str(server_file(chosen)))


def _shop() -> None:
    with st.container(border=True):
        st.markdown(t("page_data.shop_words"))
        values = params_form(Shop.Params, key="shop", columns=3)
        with st.container(horizontal=True, vertical_alignment="center"):
            press.button(
                t("page_data.make_shop"),
                key="make-shop",
                type="primary",
                icon=":material/storefront:",
                act=_start_shop,
                args=(values,),
            )
        run_id = st.session_state.get("data_shop_run")
        if run_id is not None:
            widgets.run_status(run_id)


def _start_shop(values: dict[str, object]) -> None:
    st.session_state["data_shop_run"] = launcher().start(workspace(), Shop.name, values)


def finish_shop() -> None:
    """Take up a run that lives; once the shop is made, show its data."""
    adopt()
    run_id = st.session_state.get("data_shop_run")
    if run_id is not None and workspace().register.run(run_id).status == "done":
        del st.session_state["data_shop_run"]
        st.session_state["data-view"] = "saved"
