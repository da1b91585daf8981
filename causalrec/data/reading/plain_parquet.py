"""Parquet of any type to Parquet of plain types: texts, numbers, truth values, times.

A file that is plain already is copied. Nothing merges on the way: whole numbers that floats cannot
tell apart become text where some are missing, decimals become whole numbers or text.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.words import Text
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
        changes = [_change(kind) for kind in schema.types]
        wide = _scan(parquet, changes)
        names = column_names(list(schema.names), header=True)
        for place in wide:
            changes[place] = _as_text
        for place in [n for n, change in enumerate(changes) if change is _decimals]:
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


Change = Callable[[Any], Any]


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


def _as_text(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    return column.cast(pa.string())


def _change(kind: pa.DataType) -> Change | None:
    """How a column of a type becomes one of a plain type; None where it is plain."""
    import pyarrow as pa

    t = pa.types
    if t.is_integer(kind) or t.is_boolean(kind) or t.is_string(kind) or t.is_large_string(kind):
        return None
    if t.is_float32(kind) or t.is_float64(kind):
        return None
    for fits, change in (
        (t.is_float16, _casting(pa.float32())),
        (t.is_null, _casting(pa.string())),
        (t.is_duration, _seconds),
        (t.is_timestamp, _moments),
        (t.is_date, _dates),
        (t.is_time, _casting(pa.string())),
        (t.is_decimal, _decimals),
        (_is_binary, _bytes),
    ):
        if fits(kind):
            if t.is_timestamp(kind) and kind.unit == "us" and kind.tz in (None, "UTC"):
                return None
            return change
    return _any


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    t = pa.types
    return bool(t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind))


def _casting(wanted: pa.DataType) -> Change:
    return lambda column: column.cast(wanted)


def _seconds(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    scale = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[column.type.unit]
    return pc.divide(column.cast(pa.int64()).cast(pa.float64(), safe=False), scale)


def _moments(column: pa.Array) -> pa.Array:
    """Times in microseconds, UTC where they name a zone; beyond that range missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.timestamp("us", tz="UTC" if column.type.tz else None)
    raw = column.view(pa.int64())
    if column.type.unit == "ns":
        return pc.divide(raw, 1000).view(wanted)
    scale = {"s": 1_000_000, "ms": 1_000, "us": 1}[column.type.unit]
    most = (2**63 - 1) // scale
    near = pc.and_(pc.less_equal(raw, most), pc.greater_equal(raw, -most))
    return pc.multiply(pc.if_else(near, raw, pa.scalar(None, pa.int64())), scale).view(wanted)


def _dates(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    days = column.cast(pa.timestamp("ms")) if str(column.type) != "date32[day]" else column
    return days.cast(pa.timestamp("us"), safe=False)


def _decimals(column: pa.Array) -> pa.Array:
    """Decimals as text, digit by digit."""
    import pyarrow as pa

    texts = [None if v is None else format(v, "f") for v in column.to_pylist()]
    return pa.array(texts, pa.string())


def _decimal_change(parquet: pq.ParquetFile, place: int, name: str) -> Change:
    """Whole numbers or floats where these say the same as the decimals, else text."""
    import pyarrow as pa

    batches = parquet.iter_batches(batch_size=_BATCH)
    texts = pa.chunked_array([_decimals(batch.column(place)) for batch in batches], pa.string())
    typed = as_plain_type(texts, name)
    return _decimals if typed is None else lambda column: _decimals(column).cast(typed.type)


def _bytes(column: pa.Array) -> pa.Array:
    """Bytes as the UTF-8 text they are, else as hexadecimal digits."""
    import pyarrow as pa

    return pa.array([_said(v) for v in column.to_pylist()], pa.string())


def _said(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _any(column: pa.Array) -> pa.Array:
    """Categories as their values; lists, objects and the rest as JSON text."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column, kind = column.storage, column.type.storage_type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    change = _change(kind)
    if change is None:
        return column
    if change is not _any:
        return change(column)
    return pa.array([_json(v) for v in column.to_pylist()], pa.string())


def _json(value: object) -> str | None:
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode("utf-8", errors="replace").decode()


def _plain(value: object) -> object:
    return _said(value) if isinstance(value, bytes) else str(value)
