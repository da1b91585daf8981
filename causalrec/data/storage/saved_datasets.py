"""Short lists from a saved dataset, with titles instead of ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from causalrec.data.storage.store import ROWS

__all__ = ["first_rows", "top_items"]


def top_items(folder: Path, n: int = 10, lang: str = "en") -> pd.DataFrame:
    """The items with most rows: title, rows, share of all rows.

    Args:
        folder: of a saved dataset.
        n: how many.
        lang: language of the titles, where both are known.
    """
    import duckdb

    table = "read_parquet('" + str(folder / ROWS).replace("'", "''") + "')"
    with duckdb.connect() as connection:
        frame: pd.DataFrame = connection.execute(
            "SELECT item, count(*) AS rows, count(*) / sum(count(*)) OVER () AS share "  # noqa: S608
            f"FROM {table} GROUP BY item ORDER BY rows DESC, item LIMIT {int(n)}"
        ).df()
    names = _titles(folder, frame["item"].to_numpy(), lang)
    return frame.assign(item=names)[["item", "rows", "share"]]


def first_rows(folder: Path, n: int = 100, lang: str = "en") -> pd.DataFrame:
    """The first rows, users by id and items by title."""
    import pyarrow.parquet as pq

    batch = next(pq.ParquetFile(folder / ROWS).iter_batches(batch_size=n))
    frame: pd.DataFrame = batch.to_pandas()
    frame["item"] = _titles(folder, frame["item"].to_numpy(), lang)
    if "user" in frame.columns:
        frame["user"] = _ids(folder, "users")[frame["user"].to_numpy()]
    return frame


def _ids(folder: Path, kind: str) -> np.ndarray:
    return np.asarray(pd.read_parquet(folder / f"{kind}.ids.parquet")["id"], dtype=object)


def _titles(folder: Path, codes: np.ndarray, lang: str) -> list[str]:
    names = pd.Series(_ids(folder, "items")[codes], dtype=object)
    path = folder / "items.parquet"
    table = pd.read_parquet(path) if path.exists() else pd.DataFrame()
    for column in ("title", "title_zh") if lang == "zh" else ("title",):
        if column in table.columns:
            titles = table[column].iloc[codes].reset_index(drop=True).astype(object)
            names = titles.where(titles.notna() & (titles != ""), names)
    return [str(name) for name in names]
