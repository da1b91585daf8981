"""Text tables to Parquet: every form is tried on the whole file, and the one that fits is kept."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.machine.device import require_memory
from causalrec.core.words import Text
from causalrec.data.characters.transcoding import as_utf8
from causalrec.data.text import text_format as tf
from causalrec.data.text.column_types import NULL_WORDS
from causalrec.data.text.limits import over_limit
from causalrec.data.text.parquet_writer import encoding_facts, write_table
from causalrec.data.text.table_types import type_table
from causalrec.data.text.text_layout import (
    Layout,
    UnfitError,
    beginning,
    forms_of,
    is_wide,
    layout_of,
    one_column,
)
from causalrec.data.text.text_opening import Opening
from causalrec.data.text.text_rows import (
    check_fields,
    with_row_numbers,
    without_headers,
    without_runs,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.csv import InvalidRow

    from causalrec.data.text.read_options import ReadOptions

__all__ = ["read_csv"]

_BLOCKS = (4 << 20, 128 << 20)
_CUT = "\x1f"


@dataclass
class _Skipped:
    """Lines with another number of cells than the table has columns."""

    header: str = ""
    n: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, row: InvalidRow) -> str:
        if self.header and str(row.text).strip().endswith(self.header):
            self.header = ""
            return "skip"
        self.n += 1
        if len(self.examples) < 20:
            reason = f"{row.actual_columns} ≠ {row.expected_columns}"
            self.examples.append({"text": str(row.text)[:200], "cells": reason})
        return "skip"


@dataclass(frozen=True)
class _Source:
    """A text table before its form is known: its file, how it begins, and what was asked of it."""

    text: Path
    start: Opening
    name: str
    options: ReadOptions


@dataclass(frozen=True)
class _Read:
    """One way of reading the whole file."""

    form: tf.Form
    layout: Layout
    table: Any
    skipped: _Skipped

    @property
    def fit(self) -> int:
        """Rows that fit less those that do not."""
        return int(self.table.num_rows) - self.skipped.n


def read_csv(plain: Path, out: Path, name: str, options: ReadOptions) -> dict[str, Any]:
    """Write a text table as Parquet; what was recognised and what a person should know.

    Raises:
        DataError: it has one column only, or does not fit any form, or goes over a limit.
        MemoryBudgetError: it takes more than the memory budget.
    """
    require_memory(2.0 * plain.stat().st_size, Text("data.reading_work", name=name))
    text, encoding, lost = as_utf8(plain, options.encoding, out.with_name("utf8.tmp"))
    if not text.stat().st_size:
        raise DataError("data.empty_file", hint="data.empty_file_hint", name=name)
    text, start = without_runs(text, beginning(text, options), options.delimiter)
    best = _best(_Source(text, start, name, options))
    if best.skipped.n > best.table.num_rows:
        raise DataError(
            "data.wrong_delimiter",
            hint="data.wrong_delimiter_hint",
            name=name,
            delimiter=tf.shown_delimiter(best.form.delimiter),
            n=best.skipped.n,
        )
    rule = replace(options.rule(best.form.delimiter), plain=not best.form.quote)
    table, again = without_headers(best.table.rename_columns(best.layout.names), best.layout)
    table, notes = type_table(table, rule)
    table, numbered = with_row_numbers(table, best.layout)
    write_table(table, out)
    stored, said = encoding_facts(encoding, lost)
    return {
        **stored,
        "delimiter": best.form.delimiter,
        "quote": best.form.quote,
        "header": best.layout.header,
        "skipped": best.skipped.n,
        "examples": pd.DataFrame(best.skipped.examples) if best.skipped.n else None,
        "notes": (*start.notes, *said, *again, *numbered, *notes),
    }


def _best(source: _Source) -> _Read:
    """The way of reading under which most rows of the whole file fit.

    Raises:
        DataError: there is none.
    """
    head = source.start.head
    guessed = tf.guess_delimiters(head)
    chosen = source.options.delimiter or source.start.separator
    delimiters = [chosen] if chosen else guessed[:2]
    if not delimiters or not is_wide(head, delimiters[0]):
        refusal = one_column(source.name, chosen or ",", guessed, head)
        raise refusal
    best: _Read | None = None
    for delimiter in delimiters:
        best = _best_of(source, delimiter, best)
        if best is not None and best.skipped.n <= 0.1 * best.table.num_rows:
            return best
    if best is None:
        raise DataError("data.bad_csv", hint="data.bad_csv_hint", name=source.name)
    return best


def _best_of(source: _Source, delimiter: str, best: _Read | None) -> _Read | None:
    """The best of the ways to quote with one delimiter, and of the best so far."""
    for form in forms_of(source.text, delimiter, source.options):
        try:
            read = _read(source, form)
        except UnfitError:
            continue
        if best is None or read.fit > best.fit:
            best = read
        if _settled(best, source.text):
            break
    return best


def _settled(read: _Read, text: Path) -> bool:
    """Whether every line is a row of the table, so that no other way can fit better."""
    if read.skipped.n:
        return False
    if not read.form.quote:
        return True
    raw = text.read_bytes()
    ends = max(raw.count(b"\n"), raw.count(b"\r"))
    blank = raw.count(b"\n\n") + raw.count(b"\r\n\r\n")
    return int(read.table.num_rows) + 1 + read.layout.skip + blank >= ends


def _read(source: _Source, form: tf.Form) -> _Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    text, name = source.text, source.name
    layout = layout_of(source.start, form, name, source.options)
    cut = form.delimiter
    if len(cut.encode()) > 1:
        short = text.with_name("cut.tmp")
        short.write_bytes(text.read_bytes().replace(cut.encode(), _CUT.encode()))
        text, cut = short, _CUT
    if form.quote and cut.strip():
        text = _without_gaps(text, cut, form.quote)
    words = [""]
    if source.options.missing is None:
        words += [word for word in NULL_WORDS if word != "NA" or layout.quoted]
    for block in _BLOCKS:
        skipped = _Skipped(layout.first)
        table = _arrow(text, form, layout, cut=cut, words=words, block=block, skipped=skipped)
        if table is not None:
            break
    else:
        refusal = over_limit("field", name, _BLOCKS[-1])
        raise refusal
    if layout.header and not layout.first:
        table = table.slice(1)
    check_fields(table, name)
    if cut == _CUT and form.quote:
        whole = [pc.replace_substring(c, _CUT, form.delimiter) for c in table.columns]
        table = pa.Table.from_arrays(whole, names=table.column_names)
    return _Read(form, layout, table, skipped)


def _without_gaps(text: Path, cut: str, quote: str) -> Path:
    """The text without blanks before opening quotes, where it has such."""
    with text.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
        if view.find(f"{cut} {quote}".encode()) < 0:
            return text
        # A doubled quote stands inside a cell, whose blanks are its own.
        gap = rf"({re.escape(cut)}) +({re.escape(quote)})(?!{re.escape(quote)})".encode()
        out = text.with_name("gaps.tmp")
        out.write_bytes(re.sub(gap, rb"\1\2", view[:]))
    return out


def _arrow(
    text: Path,
    form: tf.Form,
    layout: Layout,
    *,
    cut: str,
    words: list[str],
    block: int,
    skipped: _Skipped,
) -> pa.Table | None:
    """The whole file as texts; None where a record is longer than a block.

    Args:
        text: the file.
        form: how its cells are written.
        layout: what its lines are.
        cut: the sign between cells.
        words: cells that are missing.
        block: bytes that are read at a time.
        skipped: takes the lines that do not fit.

    Raises:
        UnfitError: a quote is never closed, or bytes break a record.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    places = [str(place) for place in range(len(layout.names))]
    try:
        # Opened here, since by name Arrow would unpack a text that is called .gz.
        return pc.read_csv(
            pa.memory_map(str(text)),
            read_options=pc.ReadOptions(
                column_names=places, skip_rows=layout.skip, block_size=block
            ),
            parse_options=pc.ParseOptions(
                delimiter=cut,
                quote_char=form.quote or False,
                double_quote=not form.escape,
                escape_char=form.escape or False,
                newlines_in_values=bool(form.quote),
                invalid_row_handler=skipped,
            ),
            convert_options=pc.ConvertOptions(
                null_values=words,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                check_utf8=False,
                column_types=dict.fromkeys(places, pa.string()),
            ),
        )
    except (pa.ArrowException, OSError) as error:
        if "straddling" in str(error):
            return None
        raise UnfitError from error
