"""The sample shop's tables: users, items and the log, with external ids."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.shop.draws import ShopRows, ShopVisits
from causalrec.shop.titles import CATEGORIES, CATEGORIES_ZH, titles
from causalrec.shop.world import DEVICES, SEGMENTS, ShopWorld

__all__ = ["START", "draw_times", "ids", "item_table", "log_table", "user_table"]

START = pd.Timestamp("2026-01-05")
"""When the log begins."""


def user_table(world: ShopWorld, visits: ShopVisits) -> pd.DataFrame:
    """Attributes of the visitors known before the promotion date, one row each."""
    users, at = world.users, visits.user
    return pd.DataFrame(
        {
            "segment": np.array(SEGMENTS, dtype=object)[users.segment[at]],
            "device": np.array(DEVICES, dtype=object)[users.device[at]],
            "is_new": users.is_new[at],
            "activity": visits.before,
            "past_spend": users.past_spend[at],
        }
    )


def ids(letter: str, n: int) -> np.ndarray:
    """External ids ``letter0001`` …, (n,)."""
    width = max(4, len(str(n)))
    return np.array([f"{letter}{code:0{width}d}" for code in range(1, n + 1)], dtype=object)


def item_table(world: ShopWorld, seed: int) -> pd.DataFrame:
    """Items with titles in English and Chinese, one row each."""
    items = world.items
    english, chinese = titles(items.category, seed)
    return pd.DataFrame(
        {
            "item_id": ids("i", len(items)),
            "title": english,
            "title_zh": chinese,
            "category": np.array(CATEGORIES, dtype=object)[items.category],
            "category_zh": np.array(CATEGORIES_ZH, dtype=object)[items.category],
            "price": items.price,
            "quality": np.round(items.quality, 2),
        }
    )


def log_table(
    rows: ShopRows, users: pd.DataFrame, items: pd.DataFrame, times: np.ndarray
) -> pd.DataFrame:
    """The log ordered by time, with external ids and the user's attributes."""
    frame = pd.DataFrame(
        {
            "user_id": users["user_id"].to_numpy()[rows.visitor],
            "item_id": items["item_id"].to_numpy()[rows.item],
            "time": times,
            "click": rows.click,
            "purchase": rows.purchase,
            "propensity": rows.propensity,
            "position": rows.position,
            "price": items["price"].to_numpy()[rows.item],
            "category": items["category"].to_numpy()[rows.item],
        }
    )
    for column in ("promotion", "segment", "activity", "device", "is_new", "past_spend"):
        frame[column] = users[column].to_numpy()[rows.visitor]
    return frame.sort_values("time", kind="stable", ignore_index=True)


def draw_times(rows: ShopRows, days: int, rng: np.random.Generator) -> np.ndarray:
    """Times within each half of the log, more in the evening than at night, datetime64[s]."""
    half = days * 86_400 // 2
    day = rng.integers(0, max(half // 86_400, 1), len(rows.visitor))
    hour = np.clip(rng.normal(16, 4.5, len(rows.visitor)), 0, 23.99)
    second = np.minimum(day * 86_400 + (hour * 3600).astype(np.int64), half - 1)
    seconds = second + rows.in_window * half
    start = START.to_datetime64().astype("datetime64[s]")
    return np.asarray(start + seconds.astype("timedelta64[s]"))
