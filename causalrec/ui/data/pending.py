"""The upload that is being prepared; it lives in the workspace, so a reload brings it back."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import streamlit as st

from causalrec.core.words import Text
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.importing import draft_of, secret_key
from causalrec.data.reading.files import TableFile, import_file
from causalrec.data.steps.draft import Draft
from causalrec.data.text.read_options import ReadOptions
from causalrec.ui.kit.session import workspace
from causalrec.workspace import Run, Workspace
from causalrec.workspace.disk.failures import storage_errors
from causalrec.workspace.disk.saving import write_text

__all__ = [
    "FILE_KINDS",
    "Pending",
    "draft",
    "drop",
    "forget",
    "keep_file",
    "keep_option",
    "keep_role",
    "place_of",
    "read",
    "side_table",
    "table",
    "write",
]

FILE_KINDS = (
    "csv", "tsv", "txt", "dat", "data", "parquet", "jsonl", "ndjson", "json", "gz", "zip",
)  # fmt: skip
"""Ends of the names of files that can be read."""
_SETTING = "upload"


@dataclass(frozen=True)
class Pending:
    """A log on its way in.

    Attributes:
        raw: the file as it came.
        name: its name.
        place: folder inside the workspace for what is made from it.
        options: how to read it differently than guessed.
        items, users: further tables as they came.
        roles: columns of the roles that somebody chose otherwise than guessed; "": none.
    """

    raw: str
    name: str
    place: str
    options: dict[str, Any]
    items: str | None = None
    users: str | None = None
    roles: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Differs for each upload; part of the widgets' keys."""
        return Path(self.place).name


def read(workspace: Workspace) -> Pending | None:
    """What is being prepared, None where nothing is or its file is gone by now."""
    kept = workspace.settings().get(_SETTING)
    if not kept or not Path(kept["raw"]).is_file() or not Path(kept["place"]).is_dir():
        return None
    return Pending(**kept)


def write(workspace: Workspace, pending: Pending) -> None:
    """Remember what is being prepared."""
    workspace.set(**{_SETTING: dict(vars(pending))})


def forget(workspace: Workspace) -> None:
    """Nothing is being prepared any more; the files go at once, or with the next sweep if used."""
    pending = read(workspace)
    workspace.set(**{_SETTING: None})
    if pending is not None:
        drop(workspace, Path(pending.place))


def drop(workspace: Workspace, place: Path) -> None:
    """Delete what was made of an upload, unless a run is still reading it."""
    if not any(place_of(workspace, run) == place for run in workspace.register.active()):
        shutil.rmtree(place, ignore_errors=True)


def place_of(workspace: Workspace, run: Run) -> Path | None:
    """The folder of the upload that a run saves; None where it saves a file from elsewhere."""
    place = Path(str(run.params.get("path", ""))).parent
    return place if place.parent == workspace.folder / "uploads" else None


def keep_file(workspace: Workspace, name: str, content: BinaryIO) -> Path:
    """Write an upload into the workspace, once; memory can drop it then.

    Raises:
        StorageError: the workspace is read-only, full or over its quota.
    """
    size = content.seek(0, 2)
    content.seek(0)
    path = workspace.upload_path(name, size)
    with storage_errors(workspace.folder), path.open("wb") as out:
        shutil.copyfileobj(content, out, 1 << 20)
    return path


def keep_option(name: str, value: object) -> None:
    """Read the log that is being prepared differently from now on; "" leaves it to the guess."""
    current = workspace()
    pending = read(current)
    if pending is None:
        return
    if not isinstance(value, bool):  # a choice of the field itself, which shows it already
        # The field under "How the file was read" shows the same answer.
        st.session_state[f"option-{pending.token}-{name}"] = value
    options = {**pending.options, name: value}
    if value in ("", None):
        del options[name]
    write(current, replace(pending, options=options))


def keep_role(role: str, columns: str | list[str]) -> None:
    """Remember which columns somebody chose for a role, for a reload and other tabs."""
    current = workspace()
    pending = read(current)
    if pending is not None:
        write(current, replace(pending, roles={**pending.roles, role: columns}))


def table(pending: Pending) -> TableFile:
    """The log as a Parquet table; each way of reading it is done once and kept on disk.

    Raises:
        DataError: the file cannot be read so.
    """
    return _table(Path(pending.raw), Path(pending.place), pending.options, pending.name)


def _table(raw: Path, place: Path, options: dict[str, Any], name: str) -> TableFile:
    facts = json.dumps([str(raw), raw.stat().st_mtime_ns, options], sort_keys=True)
    stem = hashlib.sha256(facts.encode()).hexdigest()[:16]
    card = place / f"{stem}.json"
    with suppress(OSError, ValueError):  # none yet, or a damaged note: it is read again
        return TableFile.model_validate_json(card.read_text(encoding="utf-8"))
    with st.spinner(Text("data.reading_work", name=name), show_time=True):
        table = import_file(raw, place / f"{stem}.parquet", ReadOptions.make(options), name=name)
    with storage_errors(place):
        write_text(card, table.model_dump_json())
    return table


def side_table(pending: Pending, path: str | None) -> TableFile | None:
    """The item or user table, None where none was given.

    Raises:
        DataError: the file cannot be read.
    """
    if path is None:
        return None
    return _table(Path(path), Path(pending.place), {}, Path(path).name)


def draft(
    workspace: Workspace, pending: Pending, table: TableFile, mapping: ColumnMapping
) -> Draft:
    """The mapped columns of the log with its further tables.

    Raises:
        DataError: a column is missing, or a table cannot be read.
        MemoryBudgetError: the columns take more than the memory budget.
    """
    sides = [side_table(pending, path) for path in (pending.items, pending.users)]
    frames = [None if side is None else _frame(side.path) for side in sides]
    rows = _rows(table.path, table.name, mapping.model_dump_json(), mapping)
    return Draft(
        rows.frame,
        mapping,
        frames[0],
        frames[1],
        pending.options.get("time_unit"),
        secret_key(workspace.folder),
        pending.options,
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _rows(path: str, name: str, mapping: str, _mapping: ColumnMapping) -> Draft:
    return draft_of(Path(path), _mapping, name=name)


@st.cache_resource(max_entries=4, show_spinner=False)
def _frame(path: str) -> pd.DataFrame:
    return pd.read_parquet(path)
