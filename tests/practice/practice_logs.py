"""A log to try steps and findings on, and a shop's with the usual dirt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.steps.apply import StepEffect, prepare
from causalrec.data.steps.draft import Draft


def frame(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "u": rng.integers(0, 20, n),
            "i": rng.integers(0, 15, n),
            "t": 1_600_000_000 + np.arange(n) * 3600,
            "r": rng.integers(1, 6, n),
            "p": rng.uniform(0.1, 1, n),
            "price": rng.uniform(1, 9, n),
            "age": rng.normal(40, 10, n),
            "city": rng.choice(["x", "y", "z"], n),
        }
    )


MAPPING = ColumnMapping(
    user="u", item="i", time="t", outcome="r", propensity="p", price="price",
    covariates=("age", "city"),
)  # fmt: skip


def draft(rows: pd.DataFrame | None = None, mapping: ColumnMapping = MAPPING, **more: Any) -> Draft:
    return Draft(frame() if rows is None else rows, mapping, **more)


def run(name: str, rows: pd.DataFrame | None = None, **params: Any) -> tuple[Draft, StepEffect]:
    more = {"key": b"k"}
    done, effects = prepare(draft(rows, **more), [{"name": name, "params": params}])
    return done, effects.steps[0]


def dirty_shop(n: int = 4_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Views, carts and purchases of a shop as it exports them, and its table of items.

    Of the n + n / 50 rows every fiftieth is there twice, n / 100 name no customer, n / 200 are of
    1970-01-01 and n / 1000 of 2099; prices of a thousand and more have a comma.
    """
    rng = np.random.default_rng(1)
    price = np.round(np.exp(rng.normal(5, 1.5, 120)), 2)
    item = np.minimum((rng.pareto(1.0, n) * 12).astype(int), 119)
    times = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 15_000_000, n), unit="s")
    rows = pd.DataFrame(
        {
            "customer_id": [f"C{code:04d}" for code in rng.integers(0, n // 12, n)],
            "sku": [f"SKU-{code:04d}" for code in item],
            "event_type": rng.choice(["view", "cart", "purchase"], n, p=[0.8, 0.12, 0.08]),
            "event_time": pd.Series(times).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "price": [f"{price[code]:,.2f}" for code in item],
            "promo": rng.integers(0, 2, n),
        }
    )
    ends = np.cumsum([n // 100, n // 200, n // 1000])
    odd = np.split(rng.permutation(n), ends)
    rows.loc[odd[0], "customer_id"] = ""
    rows.loc[odd[1], "event_time"] = "1970-01-01 00:00:00"
    rows.loc[odd[2], "event_time"] = "2099-12-31 00:00:00"
    items = pd.DataFrame({"sku": [f"SKU-{code:04d}" for code in range(120)]})
    items["title"] = [f"Lamp {code}" for code in range(120)]
    items["list_price"] = [f"{one:,.2f}" for one in price]
    twice = rows.loc[odd[3][: n // 50]]
    return pd.concat([rows, twice], ignore_index=True), items
