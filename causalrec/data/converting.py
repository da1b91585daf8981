"""Each kind of file to Parquet, by pyarrow and DuckDB."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.device import memory_budget, require_memory
from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data import text_format as tf

if TYPE_CHECKING:
    from causalrec.data.reading import ReadOptions

    Converter = Callable[[Path, Path, str, ReadOptions], dict[str, Any]]

__all__ = ["converter", "parquet_shape"]

_SAMPLE_BYTES = 262_144
_CUT = "\x1f"
"""Stands for a delimiter of several characters, since readers know delimiters of one."""


def converter(kind: str) -> Converter:
    """The function that writes a file of a kind as Parquet and tells what it recognised."""
    return {"parquet": _parquet, "jsonl": _json, "csv": _csv}[kind]


def parquet_shape(path: Path, name: str) -> tuple[int, tuple[str, ...]]:
    """Rows and column names of a Parquet file.

    Raises:
        DataError: it is truncated or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(path)
        return parquet.metadata.num_rows, tuple(map(str, parquet.schema_arrow.names))
    except (pa.ArrowInvalid, OSError) as error:
        raise _bad_parquet(name) from error


def _bad_parquet(name: str) -> DataError:
    return DataError("data.truncated_parquet", hint="data.truncated_parquet_hint", name=name)


def _parquet(plain: Path, out: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    parquet_shape(plain, name)
    try:
        for _ in pq.ParquetFile(plain).iter_batches(batch_size=65_536):
            pass  # every page is decoded once, so that damage shows now and not later
    except (pa.ArrowInvalid, OSError) as error:
        raise _bad_parquet(name) from error
    shutil.copyfile(plain, out)
    return {}


def _connect(folder: Path) -> Any:
    import duckdb

    limit = max(int(memory_budget() * 0.8), 256_000_000)
    return duckdb.connect(
        config={
            "memory_limit": f"{limit // 1_000_000}MB",
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
        }
    )


def _json(plain: Path, out: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    import duckdb

    encoding = options.encoding or tf.guess_encoding(plain)
    if encoding != "utf-8":
        tf.to_utf8(plain, encoding, out.with_name("utf8.tmp"))
        plain = out.with_name("utf8.tmp")
    source = f"read_json({_quote(plain)}, ignore_errors=true, maximum_object_size=16777216)"
    with _connect(out.parent) as connection:
        try:
            described = connection.execute(f"DESCRIBE FROM {source}").fetchall()
            selected = ", ".join(_flat(row[0], row[1]) for row in described)
            present = " OR ".join(f"{_ident(row[0])} IS NOT NULL" for row in described)
            query = f"SELECT {selected} FROM {source} WHERE {present}"  # noqa: S608
            _copy(connection, query, out)
            lines = _count(connection, f"SELECT count(*) FROM {source}")  # noqa: S608
        except duckdb.Error as error:
            raise DataError("data.bad_json", hint="data.bad_json_hint", name=name) from error
    rows, _ = parquet_shape(out, name)
    return {"encoding": encoding, "skipped": lines - rows}


def _flat(column: str, kind: str) -> str:
    """A column, lists and nested objects as JSON text."""
    ident = _ident(column)
    nested = "[" in kind or kind.startswith(("STRUCT", "MAP", "JSON", "UNION"))
    return f"CAST(to_json({ident}) AS VARCHAR) AS {ident}" if nested else ident


def _copy(connection: Any, query: str, out: Path) -> None:
    connection.execute(f"COPY ({query}) TO {_quote(out)} (FORMAT parquet, ROW_GROUP_SIZE 122880)")


def _count(connection: Any, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _quote(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class _Text:
    """How a text table is written."""

    delimiter: str
    header: bool
    quoted: bool
    names: list[str]
    padded: list[str]


@dataclass
class _Skipped:
    """Lines with another number of cells than the table has columns."""

    n: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, row: Any) -> str:
        self.n += 1
        if len(self.examples) < 20:
            reason = f"{row.actual_columns} ≠ {row.expected_columns}"
            self.examples.append({"text": str(row.text)[:200], "cells": reason})
        return "skip"


def _csv(plain: Path, out: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.csv as pc

    require_memory(2.0 * plain.stat().st_size, Text("data.reading_work", name=name))
    encoding = options.encoding or tf.guess_encoding(plain)
    if encoding != "utf-8":
        tf.to_utf8(plain, encoding, out.with_name("utf8.tmp"))
        plain = out.with_name("utf8.tmp")
    written = _text_of(plain, name, options)
    cut = written.delimiter
    if len(cut) > 1:
        tf.replace_delimiter(plain, cut, _CUT, out.with_name("cut.tmp"))
        plain, cut = out.with_name("cut.tmp"), _CUT
    skipped = _Skipped()
    quote = '"' if written.quoted else False
    try:
        read = pc.read_csv(
            plain,
            read_options=pc.ReadOptions(
                column_names=written.names, skip_rows=int(written.header), block_size=4 << 20
            ),
            parse_options=pc.ParseOptions(
                delimiter=cut,
                quote_char=quote,
                newlines_in_values=written.quoted,
                invalid_row_handler=skipped,
            ),
            convert_options=pc.ConvertOptions(
                null_values=list(tf.NULLS),
                strings_can_be_null=True,
                check_utf8=False,
                column_types={c: pa.string() for c in written.padded},
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError("data.bad_csv", hint="data.bad_csv_hint", name=name) from error
    if skipped.n > read.num_rows:
        raise DataError(
            "data.wrong_delimiter",
            hint="data.wrong_delimiter_hint",
            name=name,
            delimiter=_shown(written.delimiter),
            n=skipped.n,
        )
    _write(read, out)
    return {
        "encoding": encoding,
        "delimiter": written.delimiter,
        "header": written.header,
        "skipped": skipped.n,
        "examples": pd.DataFrame(skipped.examples) if skipped.n else None,
    }


def _write(read: Any, out: Path) -> None:
    """Write an Arrow table, dates as times and times of day and empty columns as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for place, column in enumerate(read.schema):
        kind = column.type
        if pa.types.is_date(kind):
            wanted = pa.timestamp("us")
        elif pa.types.is_time(kind) or pa.types.is_null(kind):
            wanted = pa.string()
        else:
            continue
        read = read.set_column(place, column.name, read.column(place).cast(wanted))
    texts = [column.name for column in read.schema if pa.types.is_string(column.type)]
    # Dictionaries of numbers take twice the time to write and hardly save space.
    pq.write_table(read, out, row_group_size=122_880, use_dictionary=texts or False)


def _text_of(plain: Path, name: str, options: ReadOptions) -> _Text:
    """Look at the beginning of a UTF-8 text table.

    Raises:
        DataError: with this delimiter there is one column only.
    """
    with plain.open("rb") as stream:
        head = stream.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="ignore")
    lines = [line for line in re.split(r"\r\n|\n|\r", head) if line.strip()]
    lines = lines[:-1] if plain.stat().st_size > _SAMPLE_BYTES and len(lines) > 1 else lines
    guessed = tf.guess_delimiter(lines)
    delimiter = options.delimiter or guessed
    rows = tf.split_lines(lines, delimiter)
    width = max((len(row) for row in rows[:2]), default=0)
    if width < 2:
        raise _one_column(name, delimiter, guessed, lines)
    header = tf.guess_header(rows[:500]) if options.header is None else options.header
    names = tf.column_names(rows[0] + [""] * (width - len(rows[0])), header=header)
    padded = tf.padded_columns(rows[1:] if header else rows, names)
    return _Text(delimiter, header, tf.is_quoted(lines, delimiter), names, padded)


def _one_column(name: str, delimiter: str, guessed: str, lines: list[str]) -> DataError:
    other = len(tf.split_lines(lines[:1], guessed)[0])
    return DataError(
        "data.one_column",
        hint="data.one_column_other_hint" if other > 1 else "data.one_column_hint",
        name=name,
        delimiter=_shown(delimiter),
        other=_shown(guessed),
        n=other,
    )


def _shown(delimiter: str) -> str:
    return {"\t": "\\t", " ": "␠"}.get(delimiter, delimiter)
