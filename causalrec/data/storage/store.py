"""A dataset on disk: Parquet tables and one JSON description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import ArrowException
from pydantic import ConfigDict, NonNegativeInt, TypeAdapter

from causalrec.core.errors import DataError, ParamError, StorageError
from causalrec.core.untrusted.documents import Document, ForeignError, read_object, validated
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.values.ids import readable

__all__ = [
    "ROWS",
    "describe",
    "load_dataset",
    "notes_of",
    "plain_columns",
    "read_description",
    "save_dataset",
]

_NOTES = TypeAdapter(tuple[Text, ...])
ROWS = "rows.parquet"
"""The coded rows, within a dataset's folder."""


class _Description(Document):
    """The form of ``dataset.json``."""

    model_config = ConfigDict(extra="ignore")

    name: str
    mapping: dict[str, Any]
    outcomes: tuple[str, ...]
    binary: tuple[str, ...]
    covariates: tuple[str, ...]
    dropped: dict[str, NonNegativeInt]
    fingerprint: str
    rows: NonNegativeInt
    users: NonNegativeInt
    items: NonNegativeInt
    event: bool
    steps: tuple[dict[str, Any], ...]
    notes: tuple[Text, ...] = ()


def describe(data: Dataset) -> dict[str, Any]:
    """The JSON description of a dataset."""
    return {
        "name": data.name,
        "mapping": data.mapping.model_dump(mode="json"),
        "outcomes": data.outcomes,
        "binary": data.binary,
        "covariates": data.covariates,
        "dropped": data.dropped,
        "fingerprint": data.fingerprint,
        "rows": len(data),
        "users": data.n_users,
        "items": data.n_items,
        "event": data.mapping.event is not None,
        "steps": data.steps,
        "notes": _NOTES.dump_python(data.notes, mode="json"),
    }


def save_dataset(data: Dataset, folder: str | Path) -> None:
    """Write the dataset into a folder (made where missing).

    Raises:
        StorageError: the folder cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        plain_columns(data.frame).to_parquet(folder / ROWS, index=False, row_group_size=200_000)
        for kind, ids, table in (
            ("users", data.user_ids, data.users),
            ("items", data.item_ids, data.items),
        ):
            pd.DataFrame({"id": pd.Series(ids, dtype="str")}).to_parquet(
                folder / f"{kind}.ids.parquet"
            )
            if table is not None:
                plain_columns(table).to_parquet(folder / f"{kind}.parquet", index=False)
        text = json.dumps(describe(data), ensure_ascii=False, indent=1)
        (folder / "dataset.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            "data.cannot_save", hint="data.cannot_save_hint", why=error.strerror or str(error)
        ) from error


def plain_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that Parquet cannot hold as they are (mixed objects) as text."""
    mixed = {c: readable(frame[c]).astype("str") for c in frame.columns if frame[c].dtype == object}
    return frame.assign(**mixed) if mixed else frame


def read_description(folder: Path) -> dict[str, Any]:
    """What `describe` said when the dataset was saved.

    Raises:
        StorageError: the folder holds no readable dataset.
    """
    try:
        description = read_object(folder / "dataset.json")
        validated(description, _Description)
    except (OSError, ForeignError) as error:
        refusal = _unreadable(folder)
        raise refusal from error
    return description


def notes_of(description: dict[str, Any]) -> tuple[Text, ...]:
    """What was guessed or left out when the dataset was made."""
    return _NOTES.validate_python(description.get("notes", ()))


def _unreadable(folder: Path) -> StorageError:
    return StorageError("data.cannot_load", hint="data.cannot_load_hint", folder=folder.name)


def load_dataset(folder: str | Path) -> Dataset:
    """Read a dataset.

    Raises:
        StorageError: the folder holds no readable dataset.
    """
    folder = Path(folder)
    text = read_description(folder)
    try:
        frame = pd.read_parquet(folder / ROWS)
        ids = {k: _ids(folder / f"{k}.ids.parquet") for k in ("users", "items")}
        tables = {k: _table(folder / f"{k}.parquet") for k in ("users", "items")}
        mapping = ColumnMapping(**text["mapping"])
    except (OSError, ValueError, KeyError, ArrowException, DataError, ParamError) as error:
        refusal = _unreadable(folder)
        raise refusal from error
    data = Dataset(
        name=text["name"],
        mapping=mapping,
        frame=frame,
        user_ids=ids["users"],
        item_ids=ids["items"],
        users=tables["users"],
        items=tables["items"],
        outcomes=tuple(text["outcomes"]),
        binary=tuple(text["binary"]),
        covariates=tuple(text["covariates"]),
        dropped=text["dropped"],
        steps=tuple(text["steps"]),
        notes=notes_of(text),
    )
    if not _agrees(data, text):
        refusal = _unreadable(folder)
        raise refusal
    # The hash of a whole log costs seconds; what was saved is what was read.
    data.__dict__["fingerprint"] = text["fingerprint"]
    return data


def _agrees(data: Dataset, text: dict[str, Any]) -> bool:
    """Whether tables and description tell of the same log."""
    sizes = (len(data), data.n_users, data.n_items) == (text["rows"], text["users"], text["items"])
    needed = {"item", *data.outcomes, *data.covariates}
    if not sizes or not needed <= set(data.frame.columns) or not set(data.binary) <= needed:
        return False
    for role, ids, table in (
        ("user", data.user_ids, data.users),
        ("item", data.item_ids, data.items),
    ):
        if table is not None and len(table) != len(ids):
            return False
        if role in data.frame.columns and not _codes(data.frame[role], len(ids)):
            return False
    return True


def _codes(codes: pd.Series, below: int) -> bool:
    """Whether numbers are places in a list of so many."""
    whole = codes.dtype.kind in "iu"
    return bool(whole) and (not len(codes) or bool(codes.min() >= 0 and codes.max() < below))


def _ids(path: Path) -> np.ndarray:
    return np.asarray(pd.read_parquet(path)["id"].to_numpy(dtype=object))


def _table(path: Path) -> pd.DataFrame | None:
    return pd.read_parquet(path) if path.exists() else None
