"""A dataset from files."""

from __future__ import annotations

import glob
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import SideTables
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.reading.files import read_frame, read_table
from causalrec.data.roles.guess_mapping import guess_roles
from causalrec.data.storage.partitions import is_partitioned, read_partitions
from causalrec.data.text.read_options import ReadOptions
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["read_dataset"]


def read_dataset(
    path: str | Path | IntoFrame,
    mapping: ColumnMapping | None = None,
    *,
    name: str | None = None,
    items: str | Path | IntoFrame | None = None,
    users: str | Path | IntoFrame | None = None,
    options: ReadOptions | dict[str, Any] | None = None,
    part: tuple[int, int] = (0, 1),
) -> Dataset:
    """A dataset from files (CSV, TSV, Parquet or JSON lines, also .gz and .zip), or from a table.

    Args:
        path: the log; a folder or a pattern (``log/*.parquet``) reads many Parquet files. Or a
            table: pandas, polars, pyarrow, a DuckDB relation.
        mapping: what each column is; None guesses it.
        name: what people call it; None takes the file's name, of a table "data".
        items: optional table of items with a column of ids (file or table).
        users: the same of users.
        options: how to read the log where the guess is wrong, see `ReadOptions` (kind,
            delimiter, quote, header, encoding, decimal, thousands, missing, time_unit).
        part: (n, of how many), with many Parquet files: the n-th share of the users, in the
            ids and codes of the whole log; one share a process of a team.

    Returns:
        The dataset; its `notes` say what was guessed of the file's form and may need a word.

    Raises:
        DataError: the file cannot be read as a table, is over a limit, or the mapping doesn't
            fit it.
        MemoryBudgetError: the log is larger than the memory budget.
        ParamError: an option is unknown or out of range.
        StorageError: there is no room for the table on its way.
    """
    chosen = options if isinstance(options, ReadOptions) else ReadOptions.make(options or {})
    sides = SideTables(*map(_side, (items, users)))
    kept: tuple[Text, ...] = ()
    if not isinstance(path, (str, Path)):
        frame, called = as_pandas(path), "data"
    elif is_partitioned(path):
        plain = [one for one in Path(path).parts if not glob.has_magic(one)]
        return read_partitions(
            path,
            mapping,
            name=name or (plain[-1] if plain else "data").split(".")[0],
            sides=sides,
            time_unit=chosen.time_unit,
            part=part,
        )
    else:
        frame, table = read_table(path, chosen)
        kept, called = table.kept_notes(), Path(path).name.split(".")[0]
    guessed = guess_roles(frame) if mapping is None else None
    chosen_mapping = guessed.mapping() if guessed is not None else mapping
    assert chosen_mapping is not None
    data = Dataset.from_frame(
        frame,
        chosen_mapping,
        items=sides.items,
        users=sides.users,
        name=name or called,
        time_unit=chosen.time_unit,
    )
    return replace(data, notes=(*kept, *(guessed.notes() if guessed else ()), *data.notes))


def _side(table: str | Path | IntoFrame | None) -> pd.DataFrame | None:
    """A table of items or users, from a file or as it came."""
    if table is None:
        return None
    return read_frame(Path(table)) if isinstance(table, (str, Path)) else as_pandas(table)
