"""The Parquet table that every kind of file becomes, and what was recognised of its characters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.words import Text
from causalrec.data.characters.encodings import Encoding

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["encoding_facts", "write_table"]


def write_table(table: pa.Table, out: Path) -> None:
    """Write an Arrow table of plain types, without the notes of other programs."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [column.name for column in table.schema if pa.types.is_string(column.type)]
    # Dictionaries of numbers take twice the time to write and hardly save space.
    pq.write_table(
        table.replace_schema_metadata(None),
        out,
        row_group_size=122_880,
        use_dictionary=texts or False,
    )


def encoding_facts(encoding: Encoding, lost: int) -> tuple[dict[str, Any], list[Text]]:
    """Fields of a `TableFile` on its encoding, and sentences where a person should look."""
    notes = []
    if encoding.broken:
        notes.append(
            Text("data.note_encoding_mixed", n=encoding.n_broken, encoding=encoding.broken)
        )
    elif encoding.sure != "certain":
        others = ", ".join(encoding.others) or "-"
        notes.append(
            Text(f"data.note_encoding_{encoding.sure}", encoding=encoding.name, others=others)
        )
        if encoding.readings:
            shown = "; ".join(f"{name}: “{cells[0]}”" for name, cells in encoding.readings)
            notes.append(Text("data.note_encoding_readings", shown=shown))
    if lost:
        notes.append(Text("data.note_lost", n=lost, encoding=encoding.name))
    facts = {
        "encoding": encoding.name,
        "encoding_sure": encoding.sure,
        "encodings": encoding.others,
        "readings": pd.DataFrame(dict(encoding.readings)) if encoding.readings else None,
    }
    return facts, notes
