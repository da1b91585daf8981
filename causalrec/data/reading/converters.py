"""Which function writes a kind of file as Parquet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalrec.data.reading.csv_to_parquet import read_csv
from causalrec.data.reading.json_to_parquet import read_json
from causalrec.data.reading.plain_parquet import read_parquet

if TYPE_CHECKING:
    from causalrec.data.text.read_options import ReadOptions

    Converter = Callable[[Path, Path, str, ReadOptions], dict[str, Any]]

__all__ = ["converter"]


def converter(kind: str) -> Converter:
    """The function that writes a file of a kind as Parquet and tells what it recognised."""
    return {"parquet": read_parquet, "jsonl": read_json, "csv": read_csv}[kind]
