"""JSON lines (or one array of objects) to Parquet, each value as it is written.

Arrow reads a file whose lines are well formed and whose keys keep one kind; any other is read
here, line by line, with every scalar as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.machine.device import require_memory
from causalrec.core.words import Text
from causalrec.data.characters.encodings import chunks_of_lines
from causalrec.data.characters.transcoding import as_utf8
from causalrec.data.text.limits import limit, over_limit
from causalrec.data.text.parquet_writer import encoding_facts, write_table
from causalrec.data.text.table_types import type_table
from causalrec.data.text.text_format import column_names

if TYPE_CHECKING:
    import pyarrow as pa

    from causalrec.data.text.read_options import ReadOptions

__all__ = ["read_json"]

_CHUNK = 20_000
_BLOCK = 4 << 20
_EXACT = 2**53
_LONG_LINE = 4
"""A line may be so many cells of the greatest length; longer ones take minutes to take apart."""


class _Number(str):
    """A number as it is written, so that no digit of an id is lost."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=lambda _: None, strict=False
)


def read_json(plain: Path, out: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    """Write JSON objects as a Parquet table, a column a key of the first level.

    Lists and objects inside become JSON text.

    Raises:
        DataError: no line holds an object, or a limit is passed.
        MemoryBudgetError: it takes more than the memory budget.
    """
    require_memory(3.0 * plain.stat().st_size, Text("data.reading_work", name=name))
    text, encoding, lost = as_utf8(plain, options.encoding, out.with_name("utf8.tmp"))
    table, examples, skipped = _by_arrow(text), [], 0
    if table is None:
        rows = _Rows(name)
        for parsed in _objects(text, rows):
            rows.add(parsed)
        table, examples, skipped = rows.table(), rows.examples, rows.skipped
    if table is None or not table.num_rows or not table.num_columns:
        raise DataError("data.bad_json", hint="data.bad_json_hint", name=name)
    if table.num_columns > limit("columns"):
        refusal = over_limit("columns", name, table.num_columns)
        raise refusal
    names = column_names(list(map(_clean, table.column_names)), header=True)
    table, notes = type_table(table.rename_columns(names), options.rule(""))
    write_table(table, out)
    stored, said = encoding_facts(encoding, lost)
    shown = pd.DataFrame(examples) if examples else None
    return {**stored, "skipped": skipped, "examples": shown, "notes": (*said, *notes)}


def _by_arrow(text: Path) -> pa.Table | None:
    """The table with numbers, truth values and texts as Arrow tells them, if it can be trusted."""
    import pyarrow as pa
    import pyarrow.json as pj

    with text.open("rb") as stream:
        first = stream.readline(1 << 20).removeprefix(b"\xef\xbb\xbf")
    try:
        keys = _DECODER.decode(first.decode())
        if not isinstance(keys, dict) or len(keys) > limit("columns") or not keys:
            return None
        # Texts are read as texts: a date is told from all of its column.
        texts = [(key, pa.string()) for key, value in keys.items() if type(value) is str]
        table = pj.read_json(
            pa.memory_map(str(text)),
            read_options=pj.ReadOptions(block_size=_BLOCK),
            parse_options=pj.ParseOptions(explicit_schema=pa.schema(texts)),
        )
    except (pa.ArrowException, OSError, ValueError, RecursionError):
        return None
    return table if all(map(_trusted, table.columns)) else None


def _trusted(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_int64(kind) or pa.types.is_floating(kind):
        ends = pc.min_max(column).as_py()
        large = max(-(ends["min"] or 0), ends["max"] or 0) >= _EXACT
        return not large or bool(pa.types.is_int64(kind) and not column.null_count)
    return bool(pa.types.is_string(kind) or pa.types.is_boolean(kind))


def _objects(text: Path, rows: _Rows) -> Iterator[list[Any]]:
    """Objects, some thousands at a time: one a line, else one array or objects in a row."""
    raw_lines = 0
    for chunk in chunks_of_lines(text):
        lines = [line for line in chunk.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]
        if not raw_lines and lines and not _is_object(lines[0][: _LONG_LINE * limit("field") + 1]):
            yield from _in_a_row(text, rows)
            return
        if lines and (longest := max(map(len, lines))) > _LONG_LINE * limit("field"):
            refusal = over_limit("field", rows.name, longest)
            raise refusal
        raw_lines += len(lines)
        for start in range(0, len(lines), _CHUNK):
            yield _parsed(lines[start : start + _CHUNK], rows)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_DECODER.decode(line.decode(errors="replace").strip()), dict)
    except (ValueError, RecursionError):
        # A first line that is broken by itself is a line; one that only begins is a document.
        return line.strip()[:1] == b"{" and len(line.strip()) > 1


def _parsed(lines: list[bytes], rows: _Rows) -> list[Any]:
    """The objects of some lines; lines that hold none are counted."""
    try:
        parsed = _DECODER.decode("[" + b",".join(lines).decode() + "]")
        if len(parsed) == len(lines) and all(type(one) is dict for one in parsed):
            return list(parsed)
    except (ValueError, RecursionError):
        pass  # one of them is broken: look at each
    return [one for line in lines for one in _one(line, rows)]


def _one(line: bytes, rows: _Rows) -> list[Any]:
    try:
        row = _DECODER.decode(line.decode(errors="replace").strip())
    except (ValueError, RecursionError):
        row = None
    if isinstance(row, dict):
        return [row]
    rows.skip(line.decode(errors="replace"))
    return []


def _in_a_row(text: Path, rows: _Rows) -> Iterator[list[Any]]:
    """Objects of one array, or written one after the other over several lines."""
    whole = text.read_text(encoding="utf-8-sig", errors="replace").strip()
    at, end = int(whole.startswith("[")), len(whole)
    objects: list[Any] = []
    while at < end:
        if whole[at] in " \t\r\n,]":
            at += 1
            continue
        try:
            one, at = _DECODER.raw_decode(whole, at)
        except (ValueError, RecursionError):
            rows.skip(whole[at : at + 200])
            break
        objects.extend([one] if isinstance(one, dict) else [])
        if not isinstance(one, dict):
            rows.skip(str(one))
        if len(objects) >= _CHUNK:
            yield objects
            objects = []
    yield objects


class _Rows:
    """Columns that grow while objects come: a key met late is missing in the rows before."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._parts: list[Any] = []
        self._places: dict[str, str] = {}
        self.skipped = 0
        self.examples: list[dict[str, Any]] = []

    def skip(self, line: str) -> None:
        """Count something that is no object."""
        self.skipped += 1
        if len(self.examples) < 20:
            self.examples.append({"text": line[:200], "cells": "JSON"})

    def add(self, objects: list[Any]) -> None:
        """Add rows.

        Raises:
            DataError: a cell is too long, or there are too many keys.
        """
        import pyarrow as pa

        filled = [one for one in objects if one]
        for _ in range(len(objects) - len(filled)):
            self.skip("{}")
        keys = dict.fromkeys(key for one in filled for key in one)
        for key in keys:
            self._places.setdefault(key, str(len(self._places)))
        if len(self._places) > limit("columns"):
            refusal = over_limit("columns", self.name, len(self._places))
            raise refusal
        cell = partial(_cell, name=self.name)
        arrays = [pa.array([cell(one.get(k)) for one in filled], pa.string()) for k in keys]
        if filled:
            names = [self._places[key] for key in keys]
            self._parts.append(pa.Table.from_arrays(arrays, names=names))

    def table(self) -> pa.Table | None:
        """All rows, None where there are none."""
        import pyarrow as pa

        if not self._parts:
            return None
        whole = pa.concat_tables(self._parts, promote_options="default")
        return whole.select(list(self._places.values())).rename_columns(list(self._places))


def _cell(value: object, name: str) -> str | None:
    text = value if value is None or isinstance(value, str) else _written(value)
    if text is None or (text.isascii() and len(text) < 100_000):
        return text
    if len(text) > limit("field"):
        refusal = over_limit("field", name, len(text))
        raise refusal
    return _clean(text)


def _clean(text: str) -> str:
    """The text without halves of signs, which no file can hold."""
    return text.encode("utf-8", errors="replace").decode()


def _written(value: object) -> str:
    """A value as JSON, its numbers as they were."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(k, ensure_ascii=False)}:{_written(v)}" for k, v in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)
