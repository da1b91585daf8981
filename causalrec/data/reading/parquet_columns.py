"""Columns of Parquet of any type as columns of plain types: how each type is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Change", "as_text", "decimals", "plain_change"]

Change = Callable[[Any], Any]


def as_text(column: pa.Array) -> pa.Array:
    """A column as text."""
    import pyarrow as pa

    return column.cast(pa.string())


def plain_change(kind: pa.DataType) -> Change | None:
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
        (t.is_decimal, decimals),
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


def decimals(column: pa.Array) -> pa.Array:
    """Decimals as text, digit by digit."""
    import pyarrow as pa

    texts = [None if v is None else format(v, "f") for v in column.to_pylist()]
    return pa.array(texts, pa.string())


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
    change = plain_change(kind)
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
