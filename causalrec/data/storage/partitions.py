"""A log in many Parquet files, read by DuckDB: only the columns and the users that are wanted.

Ids become codes while the files stream by, so that no id is ever an object a row.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.machine.device import memory_budget, require_memory
from causalrec.core.words import Text
from causalrec.data.dataset.attribute_tables import SideTables, attribute_tables
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.roles.guess_mapping import guess_mapping
from causalrec.data.values.ids import encode_ids, recode

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["is_partitioned", "read_partitions"]

_NONE = SideTables()

_BATCH = 500_000
_SAMPLE = 20_000
_CODED = ("user", "item")


def is_partitioned(path: str | Path) -> bool:
    """Whether a path names many files: a folder, or a pattern such as ``log/*.parquet``."""
    place = Path(path)
    return place.is_dir() or (glob.has_magic(str(path)) and not place.exists())


def read_partitions(
    path: str | Path,
    mapping: ColumnMapping | None,
    *,
    name: str,
    sides: SideTables = _NONE,
    time_unit: str | None = None,
    part: tuple[int, int] = (0, 1),
) -> Dataset:
    """A dataset from Parquet files, in the order of their names.

    Args:
        path: a pattern, or a folder whose ``KEY=value`` subfolders are columns.
        mapping: what each column is; None guesses it.
        name: what people call it.
        sides: tables of items and of users.
        time_unit: of times that are numbers.
        part: (n, of how many): only the users whose hash leaves n when divided by that are
            read, while ids and codes are those of the whole log. Attributes that the log
            itself tells of items are those of the rows read.

    Raises:
        DataError: there are no files, one is damaged, or the mapping does not fit.
        MemoryBudgetError: the rows take more than the memory budget.
    """
    with _Source.open(path) as source:
        chosen = mapping or guess_mapping(source.head(_SAMPLE))
        chosen.check(source.columns)
        if part[1] > 1 and chosen.user is None:
            raise DataError("data.no_role", hint="data.no_role_hint", name=name, role="user")
        coders = {c: _Coder(source.distinct(c)) for c in (chosen.user, chosen.item) if c}
        used = [column for column in source.columns if column in chosen.columns()]
        require_memory(source.memory(used, part[1]), Text("data.reading_work", name=name))
        rows = "true" if part[1] == 1 else _own(str(chosen.user), part)
        batches = [
            batch.assign(**{column: coder(batch[column]) for column, coder in coders.items()})
            for batch in source.batches(used, rows, list(coders))
        ]
    frame = pd.concat(batches, ignore_index=True)
    del batches
    data = Dataset.from_frame(
        frame, chosen, items=sides.items, users=sides.users, name=name, time_unit=time_unit
    )
    if part[1] == 1:
        return data
    ids = {role: coders[column].ids for role in _CODED if (column := getattr(chosen, role))}
    return _among_all(data, ids, sides, part)


class _Coder:
    """From raw values to codes of the ids of the whole log."""

    def __init__(self, distinct: pd.Series) -> None:
        self._raw = pd.Index(distinct)
        self._codes, self.ids = encode_ids(distinct)
        # One for all batches, so that they are not compared id by id.
        self._dtype = pd.CategoricalDtype(pd.Index(self.ids, dtype=object))

    def __call__(self, values: pd.Series) -> pd.Categorical:
        if isinstance(values.dtype, pd.CategoricalDtype):
            places, distinct = values.cat.codes.to_numpy(), values.cat.categories
        else:
            places, distinct = pd.factorize(values)
        rows = self._raw.get_indexer(pd.Index(distinct))
        codes = np.append(np.append(self._codes, -1)[rows], -1)[places]
        return pd.Categorical.from_codes(codes, dtype=self._dtype)


class _Source:
    """Parquet files as one table."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
        self._connection = connection
        # DuckDB would take the signs of a pattern in a file's name for a pattern.
        plain = [glob.escape(file).replace("'", "''") for file in files]
        quoted = ", ".join(f"'{file}'" for file in plain)
        self._table = f"read_parquet([{quoted}], hive_partitioning = true, union_by_name = true)"
        described = self._ask(f"DESCRIBE FROM {self._table}").fetchall()
        self._kinds = {str(row[0]): str(row[1]) for row in described}
        self.columns = list(self._kinds)

    @classmethod
    @contextmanager
    def open(cls, path: str | Path) -> Iterator[_Source]:
        import duckdb
        import pyarrow as pa

        folder = Path(path).is_dir()
        pattern = f"{glob.escape(str(path))}/**/*.parquet" if folder else str(path)
        files = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - it may be absolute
        shown = Path(path).name
        if not files:
            raise DataError("data.no_file", hint="data.no_file_hint", name=shown)
        limit = f"{max(int(memory_budget() * 0.5), 256_000_000) // 1_000_000}MB"
        with duckdb.connect(config={"memory_limit": limit}) as connection:
            try:
                yield cls(connection, files)
            except (duckdb.Error, pa.ArrowException) as error:
                raise DataError(
                    "data.truncated_parquet", hint="data.truncated_parquet_hint", name=shown
                ) from error

    def _ask(self, query: str) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(query)

    def head(self, n: int) -> pd.DataFrame:
        frame: pd.DataFrame = (
            self._ask(f"FROM {self._table} LIMIT {n}").to_arrow_table().to_pandas()
        )
        return frame

    def distinct(self, column: str) -> pd.Series:
        """The values of a column, once each."""
        query = f"SELECT DISTINCT {_ident(column)} AS id FROM {self._table}"  # noqa: S608
        return _exact(self._ask(query).to_arrow_table().column("id"))

    def memory(self, columns: list[str], shares: int) -> float:
        """Bytes that these columns of one share take, and a copy while they are put together."""
        rows = int(self._ask(f"SELECT count(*) FROM {self._table}").fetchall()[0][0])  # noqa: S608
        each = sum(48.0 if self._kinds[c] == "VARCHAR" else 8.0 for c in columns)
        return 2.0 * rows * each / shares

    def batches(self, columns: list[str], where: str, coded: list[str]) -> Iterator[pd.DataFrame]:
        """These columns of the rows wanted, in order, some hundred thousand rows at a time.

        Texts of the columns to be coded come as categories: each is an object once a batch.
        """
        texts = [column for column in coded if self._kinds[column] == "VARCHAR"]
        listed = ", ".join(map(_ident, columns))
        rows = self._ask(f"SELECT {listed} FROM {self._table} WHERE {where}")  # noqa: S608
        for batch in rows.to_arrow_reader(_BATCH):
            frame = batch.to_pandas(categories=texts)
            holes = [c for c in coded if c not in texts and batch.column(c).null_count]
            yield frame.assign(**{c: _exact(batch.column(c)) for c in holes})


def _exact(column: pa.ChunkedArray) -> pd.Series:
    """Ids as they are: whole numbers stay so where some are missing."""
    import pyarrow as pa

    whole = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    values: pd.Series = column.to_pandas(types_mapper=whole.get)
    return values


def _own(user: str, part: tuple[int, int]) -> str:
    """Which rows are a part's. MD5 is the same everywhere; DuckDB's own hash may change."""
    name = f"trim(CAST({_ident(user)} AS VARCHAR))"
    return f"coalesce(md5_number_lower({name}), 0) % {int(part[1])} = {int(part[0])}"


def _among_all(
    data: Dataset,
    ids: dict[str, np.ndarray],
    sides: SideTables,
    part: tuple[int, int],
) -> Dataset:
    """A part's dataset in the codes of the whole log."""
    frame = data.frame.assign(
        user=recode(data.frame["user"].to_numpy(), data.user_ids, ids["user"]),
        item=recode(data.frame["item"].to_numpy(), data.item_ids, ids["item"]),
    )
    items, users = attribute_tables(frame, ids, sides, data.mapping)
    return replace(
        data,
        frame=frame,
        user_ids=ids["user"],
        item_ids=ids["item"],
        items=items,
        users=users,
        part=part,
    )


def _ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
