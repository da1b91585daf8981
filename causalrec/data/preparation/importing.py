"""Saving a draft as a dataset together with its source, so that rows can be appended later."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import ArrowException

from causalrec.core.errors import DataError, StorageError
from causalrec.data.characters.encodings import decodes
from causalrec.data.dataset.attribute_tables import SideTables
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.reading.files import load_parquet
from causalrec.data.reading.plain_parquet import parquet_shape
from causalrec.data.steps import STEPS
from causalrec.data.steps.apply import Effects, prepare
from causalrec.data.steps.draft import Draft
from causalrec.data.storage.store import plain_columns
from causalrec.data.text.read_options import ReadOptions
from causalrec.data.values.ids import clean_text_ids, labels, readable
from causalrec.data.values.numbers import to_number
from causalrec.data.values.times import parse_times

__all__ = [
    "Steps",
    "append_rows",
    "draft_of",
    "load_source",
    "make",
    "read_options",
    "save_source",
    "secret_key",
]

SOURCE = "source"
_NONE = SideTables()
_KEY = "pseudonyms.key"
Steps = Sequence[Mapping[str, Any]]
"""``{"name": step, "params": {…}}`` each."""


def secret_key(folder: Path) -> bytes:
    """The secret of a folder (32 random bytes, made when first asked for, readable by its owner).

    Raises:
        StorageError: the folder cannot be written.
    """
    path = folder / _KEY
    draft = folder / f"{_KEY}.{secrets.token_hex(8)}"
    try:
        if not path.exists():
            draft.touch(mode=0o600)
            draft.write_bytes(secrets.token_bytes(32))
            with suppress(FileExistsError):
                path.hardlink_to(draft)  # whole, and only if no other process was first
            draft.unlink()
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            "data.cannot_save", hint="data.cannot_save_hint", why=error.strerror or str(error)
        ) from error


def draft_of(
    path: Path,
    mapping: ColumnMapping,
    *,
    name: str,
    sides: SideTables = _NONE,
    time_unit: str | None = None,
    key: bytes = b"",
    options: Mapping[str, Any] | None = None,
) -> Draft:
    """A draft with the mapped columns of a Parquet table.

    Args:
        path: of the table.
        mapping: what its columns are.
        name: what people call it.
        sides: tables of items and of users.
        time_unit: how its times are written.
        key: secret for pseudonyms.
        options: how its file was read (`ReadOptions`), for rows appended later.

    Raises:
        DataError: a mapped column is not in the table.
        MemoryBudgetError: the columns take more than the memory budget.
    """
    have = list(parquet_shape(path, name)[1])
    mapping.check(have)
    used = [c for c in have if c in mapping.columns()]
    frame = load_parquet(path, name, used)
    odd = {c: readable(frame[c]) for c in frame.columns if frame[c].dtype == object}
    frame = frame.assign(**odd) if odd else frame
    return Draft(frame, mapping, sides.items, sides.users, time_unit, key, dict(options or {}))


def make(draft: Draft, steps: Steps, name: str) -> tuple[Dataset, Draft, Effects]:
    """A dataset after its steps, the source to keep for later appends, and the steps' effects.

    Real ids never stay in a source whose dataset has pseudonyms.

    Raises:
        DataError: no usable row is left, or a column cannot serve.
    """
    done, effects = prepare(draft, steps)
    source = draft
    if any(_hides(step) for step in steps):
        source, _ = prepare(draft, [step for step in steps if _hides(step)])
    data = replace(done.dataset(name), steps=tuple(dict(step) for step in steps))
    return data, source, effects


def _hides(step: Mapping[str, Any]) -> bool:
    """Whether a step takes something out of the rows for good."""
    return bool(STEPS[step["name"]].hides)


def save_source(source: Draft, steps: Steps, folder: Path) -> None:
    """Keep a source beside its dataset, in the dataset's folder.

    Raises:
        StorageError: the folder cannot be written.
    """
    place = folder / SOURCE
    facts = {
        "mapping": source.mapping.model_dump(mode="json"),
        "steps": [dict(step) for step in steps],
        "time_unit": source.time_unit,
        "options": dict(source.options),
    }
    tables = {"rows": source.frame, "items": source.items, "users": source.users}
    try:
        place.mkdir(parents=True)
        for kind, table in tables.items():
            if table is not None:
                plain_columns(table).to_parquet(place / f"{kind}.parquet", index=False)
        text = json.dumps(facts, ensure_ascii=False)
        (place / "source.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            "data.cannot_save", hint="data.cannot_save_hint", why=error.strerror or str(error)
        ) from error


def load_source(folder: Path, key: bytes = b"") -> tuple[Draft, list[dict[str, Any]]]:
    """What `save_source` kept: the draft and the steps.

    Raises:
        DataError: the dataset was made without a table (the sample shop).
        StorageError: what was kept is damaged.
        MemoryBudgetError: it takes more than the memory budget.
    """
    place = folder / SOURCE
    if not (place / "source.json").is_file():
        raise DataError("data.no_source", hint="data.no_source_hint")
    try:
        facts = json.loads((place / "source.json").read_text(encoding="utf-8"))
        mapping = ColumnMapping(**facts["mapping"])
        time_unit, steps = facts["time_unit"], facts["steps"]
        items, users = (_table(place / f"{kind}.parquet") for kind in ("items", "users"))
    except (OSError, ValueError, TypeError, LookupError, RecursionError, ArrowException) as error:
        raise StorageError(
            "data.cannot_load", hint="data.cannot_load_hint", folder=folder.name
        ) from error
    frame = load_parquet(place / "rows.parquet", folder.name)
    draft = Draft(frame, mapping, items, users, time_unit, key, facts.get("options", {}))
    return draft, steps


def _table(path: Path) -> pd.DataFrame | None:
    return pd.read_parquet(path) if path.exists() else None


def read_options(folder: Path, more: ReadOptions, path: Path) -> ReadOptions:
    """How rows for a saved dataset are read: as its first file was, but for what is asked now.

    Args:
        folder: of the dataset.
        more: what is asked now.
        path: of the rows; where they are UTF-8, that is how their characters are stored.
    """
    try:
        facts = json.loads((folder / SOURCE / "source.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return more
    # The kind of a file is its own; corrections are of how its kind was read.
    kept = {name: one for name, one in facts.get("options", {}).items() if name != "kind"}
    if "encoding" in kept and path.is_file() and decodes(path, "utf-8"):
        del kept["encoding"]
    return ReadOptions.make({**kept, **more.model_dump(exclude_none=True)})


def append_rows(
    folder: Path, new: pd.DataFrame, name: str, *, key: bytes = b""
) -> tuple[Dataset, Draft, Effects]:
    """A saved dataset with new rows: old and new source go through all steps together.

    Args:
        folder: the saved dataset's folder.
        new: rows with the columns of the source.
        name: the dataset's name.
        key: secret for pseudonyms.

    Raises:
        DataError: a column is missing in the new rows, or the dataset has no source.
    """
    old, steps = load_source(folder, key)
    old.mapping.check(new.columns)
    added = replace(old, frame=new[list(old.frame.columns)].reset_index(drop=True), users=None)
    hiding = [step for step in steps if _hides(step)]
    if hiding:
        added, _ = prepare(added, hiding)
    both = replace(old, frame=_joined(old, added))
    done, effects = prepare(both, [step for step in steps if not _hides(step)])
    data = replace(done.dataset(name), steps=tuple(steps))
    return data, both, effects


def _joined(old: Draft, new: Draft) -> pd.DataFrame:
    """Rows of both.

    Ids are cleaned by each part's own column; where the parts are of different kinds, times
    become times, numbers numbers and the rest text.
    """
    mapping = old.mapping
    parts = [old.frame, new.frame]
    numbers = {*mapping.named_outcomes.values(), mapping.price, mapping.position}
    numbers |= {mapping.propensity, mapping.exposed}
    for column in old.frame.columns:
        pair = [part[column] for part in parts]
        if column in (mapping.user, mapping.item, mapping.session):
            pair = [clean_text_ids(values, mapping.missing) for values in pair]
        elif pair[0].dtype == pair[1].dtype:
            continue
        elif column == mapping.time:
            pair = [parse_times(values, old.time_unit) for values in pair]
        elif column in numbers:
            pair = [to_number(values, mapping.decimal) for values in pair]
        elif not all(pd.api.types.is_numeric_dtype(values) for values in pair):
            pair = [labels(values).replace("", None) for values in pair]
        parts = [part.assign(**{column: values}) for part, values in zip(parts, pair, strict=True)]
    return pd.concat(parts, ignore_index=True)
