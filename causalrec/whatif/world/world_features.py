"""What a world knows about users and items: a constant, categories, standardised figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.whatif.world.response_model import Array

__all__ = ["item_features", "mean_price", "user_features"]

_LEVELS = 24
_NOT_FEATURES = {"title", "title_zh", "price"}


def user_features(data: Dataset) -> Array:
    """A constant and what the user table or the log says of a user, shape (n_users, p)."""
    attributes = _attributes(data, "user", data.users, data.n_users)
    columns: list[Array] = [np.ones((data.n_users, 1))]
    columns += [_columns(attributes[name]) for name in attributes.columns]
    return np.hstack(columns)


def item_features(data: Dataset) -> tuple[Array, int]:
    """A constant, categories first, then log price and what else is said of an item.

    Returns:
        Features of shape (n_items, q), and how many columns the constant and categories take.
    """
    attributes = _attributes(data, "item", data.items, data.n_items)
    category = _columns(attributes.pop("category")) if "category" in attributes.columns else None
    columns: list[Array] = [np.ones((data.n_items, 1))] + ([] if category is None else [category])
    own = sum(block.shape[1] for block in columns)
    price = mean_price(data)
    if price is not None and np.nanmin(price) > 0:
        columns.append(_standard(np.log(price))[:, None])
    columns += [_columns(attributes[name]) for name in attributes.columns]
    return np.hstack(columns), own


def mean_price(data: Dataset) -> Array | None:
    """Price of each item (money), shape (n_items,): mean over its rows, else the item table's.

    Items without any price have the mean one. None: no price is known at all.
    """
    listed = _listed_price(data)
    if "price" not in data.frame.columns:
        return listed
    price = data.frame["price"].to_numpy(dtype=float)
    item = data.frame["item"].to_numpy()
    priced = np.isfinite(price)
    if not priced.any():
        return listed
    count = np.bincount(item[priced], minlength=data.n_items)
    total = np.bincount(item[priced], price[priced], minlength=data.n_items)
    fallback = np.full(data.n_items, float(price[priced].mean())) if listed is None else listed
    return np.where(count > 0, total / np.maximum(count, 1), fallback)


def _listed_price(data: Dataset) -> Array | None:
    if data.items is None or "price" not in data.items.columns:
        return None
    price = pd.to_numeric(data.items["price"], errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(price).any():
        return None
    return np.where(np.isfinite(price), price, np.nanmean(price))


def _attributes(data: Dataset, role: str, listed: pd.DataFrame | None, size: int) -> pd.DataFrame:
    """Columns of the user or item table, and columns of the log that are constant for each code."""
    attributes = pd.DataFrame(index=range(size))
    if listed is not None:
        attributes = listed.reset_index(drop=True).copy()
    rows = [*data.covariates, *(["category"] if role == "item" else [])]
    for name in rows:
        if name not in attributes.columns and name in data.frame.columns:
            grouped = data.frame.groupby("item" if role == "item" else "user", observed=True)[name]
            if int(grouped.nunique().max()) <= 1:
                attributes[name] = grouped.first().reindex(range(size)).to_numpy()
    usable = [
        name
        for name in attributes.columns
        if name not in _NOT_FEATURES and _usable(attributes[name])
    ]
    return attributes[usable]


def _usable(column: pd.Series) -> bool:
    """Numbers that vary, or categories with at most 24 levels."""
    levels = int(column.nunique())
    return levels > 1 and (pd.api.types.is_numeric_dtype(column) or levels <= _LEVELS)


def _columns(column: pd.Series) -> Array:
    """A standardised number, shape (n, 1), or one indicator a level, shape (n, levels)."""
    if pd.api.types.is_numeric_dtype(column):
        return _standard(column.to_numpy(dtype=float))[:, None]
    levels = sorted(set(labels(column.dropna())))
    same = labels(column).to_numpy(dtype=object)[:, None] == np.array(levels, dtype=object)[None, :]
    return np.asarray(same, dtype=float)


def _standard(values: Array) -> Array:
    """Mean 0 and standard deviation 1, long tails by their logarithm, at most 3 from the mean."""
    values = np.where(np.isfinite(values), values, np.nanmean(values))
    spread = values.std()
    lowest = float(values.min())
    if spread > 0 and lowest >= 0 and np.mean(((values - values.mean()) / spread) ** 3) > 2:
        values = np.log1p(values)
    spread = values.std()
    return np.asarray(np.clip((values - values.mean()) / (spread if spread > 0 else 1.0), -3, 3))
