"""Item and user tables, lined up with the codes of a log."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.data.ids import clean_text_ids

__all__ = ["align", "attribute_tables", "id_column"]

_KNOWN = {
    "title": ("title", "name", "item_name", "product_name", "title_en", "artist", "标题", "名称"),
    "title_zh": ("title_zh", "name_zh", "title_cn", "name_cn", "中文名"),
    "category": ("category", "genre", "genres", "categories", "cat", "type", "类目", "类别"),
    "price": ("price", "unit_price", "sale_price", "价格"),
}


def attribute_tables(
    made: pd.DataFrame,
    ids: dict[str, np.ndarray],
    items: pd.DataFrame | None,
    users: pd.DataFrame | None,
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Item and user tables with one row a code; items also learn category and price of the log."""
    item_table = None if items is None else _with_known_names(align(items, ids["item"]))
    user_table = None if users is None or "user" not in ids else align(users, ids["user"])
    learned = _learned(made, len(ids["item"]))
    if item_table is None:
        return (learned if len(learned.columns) else None), user_table
    for column in learned.columns.difference(item_table.columns):
        item_table[column] = learned[column]
    return item_table, user_table


def id_column(table: pd.DataFrame, ids: np.ndarray) -> tuple[str, float]:
    """The column of a table whose values are these ids, and the share of ids it holds.

    Among equal columns the one with fewer repeats, then the first, wins.

    Raises:
        DataError: no column holds even one in twenty of the ids.
    """
    known = pd.Index(ids)
    best: tuple[float, float, str] = (0.0, 0.0, "")
    for column in table.columns:
        values = clean_text_ids(table[column]).dropna()
        if not len(values):
            continue
        share = float(known.isin(values.unique()).mean())
        scored = (round(share, 6), float(values.nunique() / len(values)), str(column))
        best = max(best, scored, key=lambda s: s[:2])
    if best[0] < 0.05:
        raise DataError(
            "data.no_id_column",
            hint="data.no_id_column_hint",
            columns=", ".join(map(str, table.columns[:12])),
        )
    return best[2], best[0]


def align(table: pd.DataFrame, ids: np.ndarray, column: str | None = None) -> pd.DataFrame:
    """The table's rows in the order of the ids (first row of each id), NA where it lacks one.

    Args:
        table: any table with a column of ids.
        ids: external ids, shape (n,).
        column: the column of ids; None finds it by its values.

    Raises:
        DataError: no column of the table holds the ids.
    """
    table = table.rename(columns=str)
    column = column or id_column(table, ids)[0]
    keys = clean_text_ids(table[column])
    first = keys.notna() & ~keys.duplicated()
    rows = table[first].drop(columns=column)
    where = pd.Index(keys[first]).get_indexer(pd.Index(ids))
    taken: pd.DataFrame = rows.iloc[where].reset_index(drop=True)
    return taken.mask(pd.Series(where < 0), axis=0) if (where < 0).any() else taken


def _with_known_names(items: pd.DataFrame) -> pd.DataFrame:
    """Rename the columns that hold titles, categories and prices."""
    plain = {str(c).strip().lower(): c for c in items.columns}
    renames = {}
    for known, names in _KNOWN.items():
        if known not in items.columns:
            found = next((plain[n] for n in names if n in plain), None)
            if found is not None and found not in renames:
                renames[found] = known
    return items.rename(columns=renames)


def _learned(made: pd.DataFrame, n_items: int) -> pd.DataFrame:
    """Category (most frequent) and price (median) of each item in the log, shape (n_items, ≤2)."""
    learned = pd.DataFrame(index=range(n_items))
    if "category" in made.columns:
        pairs = made.groupby(["item", "category"], observed=True).size().reset_index(name="n")
        top = pairs.sort_values("n", kind="stable").drop_duplicates("item", keep="last")
        learned["category"] = top.set_index("item")["category"].reindex(learned.index)
    if "price" in made.columns:
        learned["price"] = made.groupby("item")["price"].median().reindex(learned.index)
    return learned
