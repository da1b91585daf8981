"""Saving the prepared log as a dataset, in a run of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import TypeAdapter

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.data.preparation.outlook import Outlook
from causalrec.data.reading.files import TableFile
from causalrec.tasks.data.import_data import Import
from causalrec.ui.data import pending as waiting
from causalrec.ui.data.pending import FILE_KINDS, Pending
from causalrec.ui.kit import press, widgets
from causalrec.ui.kit.frame import caught
from causalrec.ui.kit.session import language, launcher, plain, t, workspace

__all__ = ["Ready", "currency", "finish", "log_name", "save"]

_NOTES = TypeAdapter(tuple[Text, ...])
_CURRENCIES = ("USD", "EUR", "CNY", "GBP", "JPY", "INR", "KRW", "BRL", "CHF")


def currency() -> None:
    """The currency of prices, for this workspace."""
    chosen = str(workspace().settings().get("currency") or "USD")
    options = [chosen, *(c for c in _CURRENCIES if c != chosen)]
    st.selectbox(
        t("page_data.currency"),
        options,
        help=t("page_data.currency_help"),
        key="currency",
        accept_new_options=True,
        on_change=_set_currency,
        width=120,
    )


def _set_currency() -> None:
    with caught():
        chosen = str(st.session_state["currency"]).strip()[:12]
        workspace().set(currency=chosen or None)


@dataclass(frozen=True)
class Ready:
    """What is to be saved of an upload."""

    table: TableFile
    mapping: ColumnMapping
    steps: list[dict[str, Any]]

    @property
    def money(self) -> bool:
        """Whether the log knows amounts of money."""
        outcomes = self.mapping.named_outcomes
        return self.mapping.price is not None or any(outcome_named(n).money for n in outcomes)


def save(pending: Pending, ready: Ready, saved: Outlook | None, *, blocked: bool) -> None:
    """Draw what would be saved, in a sentence, and beside it name and button; a run saves it.

    Args:
        pending: the upload.
        ready: table, mapping and steps as the page has them.
        saved: what would be saved; None where a step cannot be done so.
        blocked: whether something has to be dealt with first.
    """
    sentence, how = st.columns([3, 2], gap="large", vertical_alignment="center")
    with sentence:
        st.markdown(f"**{plain(pending.name)}**")
        if saved is not None:
            st.markdown(plain(saved.summary(language())))
    with how:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(
                t("page_data.name"),
                log_name(pending.name),
                max_chars=120,
                help=t("page_data.name_help"),
                key=f"name-{pending.token}",
                width=240,
            ).strip()
            if ready.money:
                currency()
        newer = workspace().find("dataset", name) if name else None
        if newer is not None:
            st.caption(t("page_data.new_version", name=plain(name), version=newer.version + 1))
        if blocked:
            st.caption(f":material/error: {t('page_data.blocked')}")
        press.button(
            t("page_data.save_button"),
            key="save-dataset",
            type="primary",
            icon=":material/save:",
            disabled=blocked or saved is None or not name,
            act=_start,
            args=(pending, ready, name),
            seen=pending,
        )
    run_id = st.session_state.get("data_save_run")
    if run_id is not None:
        widgets.run_status(run_id)


def log_name(file: str) -> str:
    """What a log is called until somebody calls it otherwise: its file, without what says its kind.

    Args:
        file: the file's name, such as ``shop.2025.csv.gz``.
    """
    path = Path(file)
    while path.suffix.lower().lstrip(".") in FILE_KINDS:
        path = path.with_suffix("")
    return path.name or file


def _start(pending: Pending, asked: Ready, name: str, *, seen: Pending) -> None:
    if seen.token != pending.token or waiting.read(workspace()) != pending:
        # Another upload, or another tab, came first.
        raise DataError("page_data.not_shown", hint="page_data.not_shown_hint", name=seen.name)
    sides = [waiting.side_table(pending, path) for path in (pending.items, pending.users)]
    unit = pending.options.get("time_unit")
    st.session_state["data_save_run"] = launcher().start(
        workspace(),
        Import.name,
        {
            "path": asked.table.path,
            "name": name,
            "mapping": asked.mapping.model_dump(mode="json"),
            "items": sides[0].path if sides[0] else None,
            "users": sides[1].path if sides[1] else None,
            "options": {"time_unit": unit} if unit else {},
            "read": pending.options,
            "steps": asked.steps,
            "notes": _NOTES.dump_python(asked.table.kept_notes(), mode="json"),
        },
    )


def finish() -> None:
    """Once the log is saved, forget the upload and show the saved data.

    Another upload that has come meanwhile stays, and what was saved is said beside it.
    """
    run_id = st.session_state.get("data_save_run")
    run = None if run_id is None else workspace().register.run(run_id)
    if run is None or run.status != "done":
        return
    del st.session_state["data_save_run"]
    pending, place = waiting.read(workspace()), waiting.place_of(workspace(), run)
    if pending is None or Path(pending.place) == place:
        waiting.forget(workspace())
        st.session_state["data-view"] = "saved"
        return
    if place is not None:
        waiting.drop(workspace(), place)
    name = str(run.params.get("name"))
    st.toast(t("page_data.saved_meanwhile", name=plain(name)), icon=":material/check:")
