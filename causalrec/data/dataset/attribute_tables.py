"""Item and user tables, lined up with the codes of a log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError
from causalrec.data.column_names.role_names import has_row_name, is_id_name, is_sequence, same_name
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.values.ids import clean_text_ids, readable
from causalrec.data.values.oddity import Oddity

__all__ = ["Join", "SideTables", "align", "attribute_tables", "joined"]

_LEAST = 0.05

_KNOWN = {
    "title": ("title", "name", "item_name", "product_name", "title_en", "artist", "标题", "名称"),
    "title_zh": ("title_zh", "name_zh", "title_cn", "name_cn", "中文名"),
    "category": ("category", "genre", "genres", "categories", "cat", "type", "类目", "类别"),
    "price": ("price", "unit_price", "sale_price", "价格"),
}


@dataclass(frozen=True, eq=False)
class SideTables:
    """Tables of items and of users as they came, one row each; None where there is none."""

    items: pd.DataFrame | None = None
    users: pd.DataFrame | None = None


@dataclass(frozen=True)
class Join:
    """How a table of items or users was joined to the log.

    Attributes:
        column: its column of ids.
        missing: bool (n_ids,): ids of the log that the table lacks.
    """

    column: str
    missing: np.ndarray

    def oddity(self, role: str) -> Oddity:
        """What is told of it."""
        n = int((~self.missing).sum())
        few = "_few" if 2 * n < len(self.missing) else ""
        values = {"column": self.column, "found": n}
        empty = pd.DataFrame()
        return Oddity(f"{role}s_joined{few}", self.missing, values, empty)


def attribute_tables(
    log: pd.DataFrame,
    ids: dict[str, np.ndarray],
    sides: SideTables,
    mapping: ColumnMapping | None = None,
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Item and user tables with one row a code; items also learn category and price of the log.

    Raises:
        DataError: no column of a table holds the ids.
    """
    names = {role: None if mapping is None else getattr(mapping, role) for role in ids}
    items, users = sides.items, sides.users
    item_table = user_table = None
    if items is not None:
        join = joined(items, ids["item"], "item", names.get("item"))
        item_table = _with_known_names(align(items, ids["item"], join.column))
    if users is not None and "user" in ids and len(ids["user"]):
        join = joined(users, ids["user"], "user", names.get("user"))
        user_table = align(users, ids["user"], join.column)
    learned = _learned(log, len(ids["item"]))
    if item_table is None:
        return (learned if len(learned.columns) else None), user_table
    for column in learned.columns.difference(item_table.columns):
        item_table[column] = learned[column]
    return item_table, user_table


def joined(table: pd.DataFrame, ids: np.ndarray, role: str, name: str | None = None) -> Join:
    """The column of a table that holds these ids.

    The column called like the log's wins, then those called like ids of the role, then any
    other; row numbers hold no ids. Among equals, the one that holds more of the ids, then the
    one with fewer repeats, then the first.

    Args:
        table: of items or users.
        ids: of the log, object array of str (n,).
        role: "item" or "user".
        name: the log's column of these ids.

    Raises:
        DataError: no column holds even one in twenty of the ids.
    """
    log_ids = pd.Index(ids)
    ranked: list[tuple[int, float, float, str]] = []
    for column in map(str, table.columns):
        rank = _rank(column, table, role, name)
        values = None if rank is None else _ids_of(table, column)
        if rank is None or values is None or not len(values):
            continue
        share = float(log_ids.isin(values.unique()).mean())
        if share >= _LEAST:
            repeats = float(values.nunique() / len(values))
            ranked.append((rank, round(share, 6), repeats, column))
    if not ranked:
        raise DataError(
            "data.no_id_column",
            hint="data.no_id_column_hint",
            columns=", ".join(map(str, table.columns[:12])),
        )
    best = max(ranked, key=lambda one: one[:3])[3]
    held = _ids_of(table, best)
    assert held is not None
    return Join(best, ~log_ids.isin(held.unique()))


def _ids_of(table: pd.DataFrame, column: str) -> pd.Series | None:
    """A column's ids, None where its values cannot be ids."""
    values = table.rename(columns=str)[column]
    try:
        return clean_text_ids(values).dropna()
    except DataError:
        return None


def _rank(column: str, table: pd.DataFrame, role: str, name: str | None) -> int | None:
    """How far a name speaks for ids; None for a row number."""
    if name is not None and same_name(column, name):
        return 3
    if has_row_name(column):
        return None
    if is_id_name(role, column):
        return 2
    numbers = pd.to_numeric(readable(table.rename(columns=str)[column]), errors="coerce")
    real = numbers.to_numpy(dtype=float, na_value=np.nan)
    return None if is_sequence(real) else 1


def align(table: pd.DataFrame, ids: np.ndarray, column: str) -> pd.DataFrame:
    """The table's rows in the order of the ids (first row of each id), NA where it lacks one.

    Args:
        table: any table with a column of ids.
        ids: external ids, shape (n,).
        column: the column of ids.
    """
    table = table.rename(columns=str)
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
    for usual, names in _KNOWN.items():
        if usual not in items.columns:
            column = next((plain[n] for n in names if n in plain), None)
            if column is not None and column not in renames:
                renames[column] = usual
    return items.rename(columns=renames)


def _learned(log: pd.DataFrame, n_items: int) -> pd.DataFrame:
    """Category (most frequent) and price (median) of each item in the log, shape (n_items, ≤2)."""
    learned = pd.DataFrame(index=range(n_items))
    if "category" in log.columns:
        pairs = log.groupby(["item", "category"], observed=True).size().reset_index(name="n")
        top = pairs.sort_values("n", kind="stable").drop_duplicates("item", keep="last")
        learned["category"] = top.set_index("item")["category"].reindex(learned.index)
    if "price" in log.columns:
        learned["price"] = log.groupby("item")["price"].median().reindex(learned.index)
    return learned
