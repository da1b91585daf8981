"""Parquet of any type to Parquet of plain types: texts, numbers, truth values, times.

A file that is plain already is copied. Nothing merges on the way: whole numbers that floats cannot
tell apart become text where some are missing, decimals become whole numbers or text.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.reading.parquet_columns import Change, as_text, decimals, plain_change
from causalrec.data.text.column_types import as_plain_type
from causalrec.data.text.limits import limit, over_limit
from causalrec.data.text.text_format import column_names

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from causalrec.data.text.read_options import ReadOptions

__all__ = ["frame_of", "open_parquet", "parquet_errors", "parquet_shape", "read_parquet"]

_BATCH = 65_536
_EXACT = 2**53


@contextmanager
def parquet_errors(name: str) -> Iterator[None]:
    """What Arrow raises over a damaged file, as ours.

    Raises:
        DataError: a page, a footer or a value cannot be read.
    """
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise DataError(
            "data.truncated_parquet", hint="data.truncated_parquet_hint", name=name
        ) from error


def open_parquet(path: Path, name: str) -> pq.ParquetFile:
    """A Parquet file.

    Raises:
        DataError: it is truncated or damaged.
    """
    import pyarrow.parquet as pq

    with parquet_errors(name):
        return pq.ParquetFile(path)


def parquet_shape(path: Path, name: str) -> tuple[int, tuple[str, ...]]:
    """Rows and column names of a Parquet file.

    Raises:
        DataError: it is truncated or damaged.
    """
    parquet = open_parquet(path, name)
    with parquet_errors(name):
        return parquet.metadata.num_rows, tuple(map(str, parquet.schema_arrow.names))


def frame_of(table: pa.Table) -> pd.DataFrame:
    """An Arrow table of plain types as a frame; an index that pandas kept is a column."""
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame


def read_parquet(plain: Path, out: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    """Write a Parquet file with plain types; every page is decoded once, so that damage shows now.

    Raises:
        DataError: it is damaged or has too many columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    parquet = open_parquet(plain, name)
    with parquet_errors(name):
        schema = parquet.schema_arrow
    if len(schema) > limit("columns"):
        refusal = over_limit("columns", name, len(schema))
        raise refusal
    with parquet_errors(name):
        changes = [plain_change(kind) for kind in schema.types]
        wide = _scan(parquet, changes)
        names = column_names(list(schema.names), header=True)
        for place in wide:
            changes[place] = as_text
        for place in [n for n, change in enumerate(changes) if change is decimals]:
            changes[place] = _decimal_change(parquet, place, names[place])
        if not any(changes) and names == list(schema.names):
            shutil.copyfile(plain, out)
            return {}
        with pq.ParquetWriter(out, _plain_schema(parquet, changes, names)) as writer:
            for batch in parquet.iter_batches(batch_size=_BATCH):
                writer.write_table(pa.Table.from_arrays(_changed(batch, changes), names=names))
    notes = [
        Text("data.note_duration", column=n)
        for n, kind in zip(names, schema.types, strict=True)
        if pa.types.is_duration(kind)
    ]
    return {"notes": tuple(notes)}


def _changed(batch: pa.RecordBatch, changes: list[Change | None]) -> list[pa.Array]:
    columns = [
        column if change is None else change(column)
        for column, change in zip(batch.columns, changes, strict=True)
    ]
    for column in columns:
        column.validate(full=True)
    return columns


def _plain_schema(
    parquet: pq.ParquetFile, changes: list[Change | None], names: list[str]
) -> pa.Schema:
    import pyarrow as pa

    empty = [pa.array([], kind) for kind in parquet.schema_arrow.types]
    types = [
        array.type if change is None else change(array).type
        for array, change in zip(empty, changes, strict=True)
    ]
    return pa.schema(list(zip(names, types, strict=True)))


def _scan(parquet: pq.ParquetFile, changes: list[Change | None]) -> list[int]:
    """Decode all pages; columns of whole numbers beyond what floats hold, with missing values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wide: set[int] = set()
    holes: set[int] = set()
    for batch in parquet.iter_batches(batch_size=_BATCH):
        for place, column in enumerate(batch.columns):
            if changes[place] is None:
                column.validate(full=True)
            if not pa.types.is_integer(column.type) or column.type.bit_width < 64:
                continue
            if column.null_count:
                holes.add(place)
            if place not in wide:
                ends = pc.min_max(column).as_py()
                if max(-(ends["min"] or 0), ends["max"] or 0) > _EXACT:
                    wide.add(place)
    return sorted(wide & holes)


def _decimal_change(parquet: pq.ParquetFile, place: int, name: str) -> Change:
    """Whole numbers or floats where these say the same as the decimals, else text."""
    import pyarrow as pa

    batches = parquet.iter_batches(batch_size=_BATCH)
    texts = pa.chunked_array([decimals(batch.column(place)) for batch in batches], pa.string())
    typed = as_plain_type(texts, name)
    return decimals if typed is None else lambda column: decimals(column).cast(typed.type)
