"""The records of a text table, put in order before its columns get their types."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from causalrec.core.words import Text
from causalrec.data.column_names.role_names import restarts
from causalrec.data.text import text_format as tf
from causalrec.data.text.limits import limit, over_limit

if TYPE_CHECKING:
    import pyarrow as pa

    from causalrec.data.text.text_layout import Layout
    from causalrec.data.text.text_opening import Opening

__all__ = ["check_fields", "with_row_numbers", "without_headers", "without_runs"]

_LEAST_WIDTH = 2


def without_runs(text: Path, start: Opening, delimiter: str | None) -> tuple[Path, Opening]:
    """The text with one blank between cells, where runs of blanks put its columns in line."""
    head = start.head
    if (delimiter or " ") != " " or start.separator or '"' in head or "  " not in head:
        return text, start
    if tf.guess_delimiters(head)[:1] not in ([], [" "]):
        return text, start
    plain = "\n".join(re.sub(" {2,}", " ", line).strip(" ") for line in head.splitlines())
    widths = {len(row) for row in tf.records(plain, tf.Form(" "))}
    if len(widths) > 1 or max(widths, default=0) < _LEAST_WIDTH:
        return text, start
    out = text.with_name("runs.tmp")
    single = re.sub(rb" {2,}", b" ", text.read_bytes())
    out.write_bytes(re.sub(rb"(?m)^ | (?=\r?$)", b"", single))
    return out, replace(start, head=plain)


def check_fields(table: pa.Table, name: str) -> None:
    """Check the length of every cell.

    Raises:
        DataError: one is over the limit.
    """
    import pyarrow.compute as pc

    most = limit("field")
    for column in table.columns:
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest > most:
            refusal = over_limit("field", name, longest)
            raise refusal


def without_headers(table: pa.Table, layout: Layout) -> tuple[pa.Table, list[Text]]:
    """The table (of texts) without further rows of its names, and what is said of them.

    Exports written one below the other bring their names along.
    """
    import pyarrow.compute as pc

    if not layout.header:
        return table, []
    again = None
    for place, name in enumerate(layout.names):
        if layout.unnamed and not place:
            continue
        same = pc.fill_null(pc.equal(table.column(place), name), False)
        again = same if again is None else pc.and_(again, same)
        if not pc.any(again).as_py():
            return table, []
    kept = table.filter(pc.invert(again))
    return kept, [Text("data.note_headers_again", n=len(table) - len(kept))]


def with_row_numbers(table: pa.Table, layout: Layout) -> tuple[pa.Table, list[Text]]:
    """The table with a name for its row numbers, so that they are known, and what is said of it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = table.column(0)
    counts = pa.types.is_integer(first.type) and not first.null_count
    if not layout.unnamed or not counts or "row_number" in table.column_names:
        return table, []
    once = pc.count_distinct(first).as_py() >= max(len(first), 3)
    if not once and not restarts(first.to_numpy()):
        return table, []
    said = [] if once else [Text("data.note_row_numbers")]
    return table.rename_columns(["row_number", *table.column_names[1:]]), said
