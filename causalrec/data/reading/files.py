"""From a file to one Parquet table: what was recognised is said, and can be corrected."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.machine.device import require_memory
from causalrec.core.results.display import ROWS
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text
from causalrec.data.reading.converters import converter
from causalrec.data.reading.plain_parquet import (
    frame_of,
    open_parquet,
    parquet_errors,
    parquet_shape,
)
from causalrec.data.reading.sources import file_kind, unpacked
from causalrec.data.reading.work_folder import work_folder
from causalrec.data.text.read_options import ReadOptions

__all__ = [
    "TableFile",
    "import_file",
    "load_parquet",
    "read_frame",
    "read_table",
    "spread_sample",
    "table_memory",
]


class TableFile(Result):
    """A table as it was read.

    Attributes:
        path: the Parquet file.
        name: the source's name.
        kind, delimiter, quote, header, encoding, packed: what was recognised or chosen.
        encoding_sure: "certain", "likely" or "unsure".
        encodings: other encodings that fit, best first.
        readings: some cells as each of the encodings that fit alike reads them, a column each.
        rows: number of rows.
        columns: names.
        skipped: lines that do not fit the table and were left out.
        examples: some of these, with text and reason.
        notes: what was guessed and may need a word from a person.
    """

    path: str
    name: str
    kind: str
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    encoding: str | None = None
    encoding_sure: str = "certain"
    encodings: tuple[str, ...] = ()
    readings: Frame | None = None
    packed: str = ""
    rows: int
    columns: tuple[str, ...]
    skipped: int = 0
    examples: Frame | None = None
    notes: tuple[Text, ...] = ()

    def summary(self, lang: str = "en") -> str:
        """What was read, in one sentence."""
        n = len(self.columns)
        return Text("data.read_summary", name=self.name, rows=self.rows, columns=n).to(lang)

    def kept_notes(self) -> tuple[Text, ...]:
        """What a dataset made of the table keeps: the lines that were left out, and the notes."""
        left = (Text("data.note_skipped_lines", n=self.skipped),) if self.skipped else ()
        return (*left, *self.notes)

    def head(self, n: int = 100) -> pd.DataFrame:
        """The first rows, without reading the rest.

        Raises:
            DataError: the table is gone or damaged meanwhile.
        """
        import pyarrow as pa

        parquet = open_parquet(Path(self.path), self.name)
        with parquet_errors(self.name):
            batch = next(parquet.iter_batches(batch_size=max(n, 1)), None)
            empty = parquet.schema_arrow.empty_table()
            return frame_of(empty if batch is None else pa.Table.from_batches([batch]))

    def to_frame(self) -> pd.DataFrame:
        """The whole table.

        Raises:
            MemoryBudgetError: it would take more than the memory budget.
        """
        return load_parquet(Path(self.path), self.name)

    def _first_rows(self) -> tuple[pd.DataFrame, int]:
        return self.head(ROWS), self.rows

    def _figure(self) -> str:
        return ""


def import_file(
    path: str | Path,
    out: str | Path,
    options: ReadOptions | None = None,
    *,
    name: str | None = None,
) -> TableFile:
    """Write a file's table as Parquet, streaming; memory stays within the budget.

    Args:
        path: CSV, TSV, Parquet or JSON lines, also .gz, or .zip with one table inside.
        out: the Parquet file to write; its folder must be there.
        options: what to read differently than guessed.
        name: the source's name for messages; None takes the file's.

    Raises:
        DataError: the file is missing, empty, damaged, unsafe, no table, or over a limit.
        MemoryBudgetError: reading takes more than the memory budget.
        ParamError: an environment variable that sets a limit is no number.
        StorageError: the table cannot be written.
    """
    path, out, options = Path(path), Path(out), options or ReadOptions()
    shown = name or path.name
    with work_folder(out.parent) as folder, unpacked(path, folder) as (plain, source):
        kind = options.kind or file_kind(plain, shown)
        ready = folder / "table.parquet"
        facts = converter(kind)(plain, ready, shown, options)
        rows, columns = parquet_shape(ready, shown)
        if not rows or not columns:
            raise DataError("data.empty_file", hint="data.empty_file_hint", name=shown)
        ready.replace(out)
    return TableFile(
        path=str(out),
        name=shown,
        kind=kind,
        packed=source.packed,
        rows=rows,
        columns=columns,
        **facts,
    )


def read_frame(path: str | Path, options: ReadOptions | None = None) -> pd.DataFrame:
    """A file's table as a frame.

    Raises:
        DataError: the file cannot be read as a table, or is over a limit.
        MemoryBudgetError: it would take more than the memory budget; nothing was allocated.
        ParamError: an environment variable that sets a limit is no number.
        StorageError: there is no room for the table on its way.
    """
    return read_table(path, options)[0]


def read_table(
    path: str | Path, options: ReadOptions | None = None
) -> tuple[pd.DataFrame, TableFile]:
    """A file's table as a frame, and how it was read (the Parquet file between is gone).

    Raises:
        CausalRecError: as `read_frame`.
    """
    with work_folder() as folder:
        table = import_file(Path(path), folder / "table.parquet", options)
        return table.to_frame(), table


def spread_sample(path: str | Path, n: int) -> pd.DataFrame:
    """About `n` rows from all over a Parquet table (whole row groups are read one at a time).

    Raises:
        DataError: the table is damaged.
    """
    import pyarrow as pa

    parquet = open_parquet(Path(path), Path(path).name)
    with parquet_errors(Path(path).name):
        groups = parquet.num_row_groups
        chosen = sorted({groups * place // 4 for place in range(min(groups, 4))})
        each = max(n // max(len(chosen), 1), 1)
        parts = [
            next(parquet.iter_batches(batch_size=each, row_groups=[group])) for group in chosen
        ]
        return frame_of(pa.Table.from_batches(parts, schema=parquet.schema_arrow))


def load_parquet(path: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A Parquet table as a frame.

    Raises:
        DataError: it is damaged.
        MemoryBudgetError: it would take more than the memory budget.
    """
    require_memory(table_memory(path, columns), Text("data.reading_work", name=name))
    parquet = open_parquet(path, name)
    with parquet_errors(name):
        return frame_of(parquet.read(columns=columns))


def table_memory(path: Path, columns: list[str] | None = None) -> float:
    """Bytes that a Parquet table needs as coded frame: 8 a number, its length + 40 a text."""
    meta = open_parquet(path, path.name).metadata
    total = 0.0
    for place in range(meta.num_columns):
        column = meta.schema.column(place)
        if columns is not None and column.path.split(".")[0] not in columns:
            continue
        each = 8.0 if column.physical_type not in ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY") else 40.0
        total += each * meta.num_rows
    return 3.0 * total  # the raw column, its coded form, and one copy while rows are cut
