"""From a file to one Parquet table: what was recognised is said, and can be corrected."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from causalrec.core.device import require_memory
from causalrec.core.errors import DataError
from causalrec.core.params import Params, param
from causalrec.core.result import Frame, Result
from causalrec.core.words import Text
from causalrec.data.converting import converter, parquet_shape
from causalrec.data.sources import file_kind, unpacked
from causalrec.data.text_format import ENCODINGS
from causalrec.data.times import TIME_UNITS

__all__ = ["ReadOptions", "TableFile", "import_file", "read_frame", "spread_sample", "table_memory"]


class ReadOptions(Params):
    """How to read a file where the guess is wrong; None (or "auto") guesses."""

    kind: str | None = param(
        None, help="data.option_kind", choices=(None, "csv", "jsonl", "parquet")
    )
    delimiter: str | None = param(None, help="data.option_delimiter")
    header: bool | None = param(None, help="data.option_header")
    encoding: str | None = param(None, help="data.option_encoding", choices=(None, *ENCODINGS))
    time_unit: str | None = param(None, help="data.option_time_unit", choices=(None, *TIME_UNITS))


class TableFile(Result):
    """A table as it was read.

    Attributes:
        path: the Parquet file.
        name: the source's name.
        kind, delimiter, header, encoding, packed: what was recognised or chosen.
        rows: number of rows.
        columns: names.
        skipped: lines that do not fit the table and were left out.
        examples: some of these, with line number, text and reason.
    """

    path: str
    name: str
    kind: str
    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    packed: str = ""
    rows: int
    columns: tuple[str, ...]
    skipped: int = 0
    examples: Frame | None = None

    def summary(self, lang: str = "en") -> str:
        """What was read, in one sentence."""
        n = len(self.columns)
        return Text("data.read_summary", name=self.name, rows=self.rows, columns=n).to(lang)

    def head(self, n: int = 100) -> pd.DataFrame:
        """The first rows, without reading the rest."""
        import pyarrow.parquet as pq

        parquet = pq.ParquetFile(self.path)
        batch = next(parquet.iter_batches(batch_size=max(n, 1)), None)
        empty = parquet.schema_arrow.empty_table()
        frame: pd.DataFrame = (batch if batch is not None else empty).to_pandas()
        return frame

    def to_frame(self) -> pd.DataFrame:
        """The whole table.

        Raises:
            MemoryBudgetError: it would take more than the memory budget.
        """
        return load_parquet(Path(self.path), self.name)


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
        DataError: the file is empty, damaged, unsafe, or no table.
    """
    path, out, options = Path(path), Path(out), options or ReadOptions()
    shown = name or path.name
    with (
        tempfile.TemporaryDirectory(dir=out.parent, prefix=".read-") as folder,
        unpacked(path, Path(folder)) as (plain, source),
    ):
        kind = options.kind or file_kind(plain, shown)
        ready = Path(folder) / "table.parquet"
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
        DataError: the file cannot be read as a table.
        MemoryBudgetError: it would take more than the memory budget; nothing was allocated.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="causalrec-") as folder:
        return import_file(path, Path(folder) / "table.parquet", options).to_frame()


def spread_sample(path: str | Path, n: int) -> pd.DataFrame:
    """About `n` rows from all over a Parquet table (whole row groups are read one at a time)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(path)
    groups = parquet.num_row_groups
    chosen = sorted({groups * place // 4 for place in range(min(groups, 4))})
    each = max(n // max(len(chosen), 1), 1)
    parts = [next(parquet.iter_batches(batch_size=each, row_groups=[group])) for group in chosen]
    frame: pd.DataFrame = pa.Table.from_batches(parts).to_pandas()
    return frame


def load_parquet(path: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A Parquet table as a frame.

    Raises:
        MemoryBudgetError: it would take more than the memory budget.
    """
    require_memory(table_memory(path, columns), Text("data.reading_work", name=name))
    return pd.read_parquet(path, columns=columns)


def table_memory(path: Path, columns: list[str] | None = None) -> float:
    """Bytes that a Parquet table needs as coded frame: 8 a number, its length + 40 a text."""
    import pyarrow.parquet as pq

    meta = pq.ParquetFile(path).metadata
    total = 0.0
    for place in range(meta.num_columns):
        column = meta.schema.column(place)
        if columns is not None and column.path.split(".")[0] not in columns:
            continue
        each = 8.0 if column.physical_type not in ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY") else 40.0
        total += each * meta.num_rows
    return 3.0 * total  # the raw column, its coded form, and one copy while rows are cut
