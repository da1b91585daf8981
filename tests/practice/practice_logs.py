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
    rows, items = _sold(rng, n)
    times = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 15_000_000, n), unit="s")
    rows.insert(0, "customer_id", [f"C{code:04d}" for code in rng.integers(0, n // 12, n)])
    rows["event_type"] = rng.choice(["view", "cart", "purchase"], n, p=[0.8, 0.12, 0.08])
    rows["event_time"] = pd.Series(times).dt.strftime(_STAMP)
    rows["promo"] = rng.integers(0, 2, n)
    return _soiled(rng, rows)[0], items


_STAMP = "%Y-%m-%d %H:%M:%S"


def _sold(rng: np.random.Generator, n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """n rows of items and prices, and the table of items."""
    price = np.round(np.exp(rng.normal(5, 1.5, 120)), 2)
    item = np.minimum((rng.pareto(1.0, n) * 12).astype(int), 119)
    written = np.array([f"{one:,.2f}" for one in price])
    skus = np.array([f"SKU-{code:04d}" for code in range(120)])
    items = pd.DataFrame({"sku": skus, "title": [f"Lamp {code}" for code in range(120)]})
    items["list_price"] = written
    return pd.DataFrame({"sku": skus[item], "price": written[item]}), items


def _soiled(rng: np.random.Generator, rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows with a shop's dirt, those that are there twice at the end; which were clean, bool."""
    n = len(rows)
    odd = np.split(rng.permutation(n), np.cumsum([n // 100, n // 200, n // 1000]))
    rows.loc[odd[0], "customer_id"] = ""
    rows.loc[odd[1], "event_time"] = "1970-01-01 00:00:00"
    rows.loc[odd[2], "event_time"] = "2099-12-31 00:00:00"
    twice = rows.loc[odd[3][: n // 50]]
    return pd.concat([rows, twice], ignore_index=True), np.isin(np.arange(n), odd[3])


GIVEN = "2025-04-15"
"""When the campaign of `campaign_shop` begins."""


def campaign_shop(customers: int = 1_500) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """A dirty shop whose members get a promotion more often and buy more anyway; what it does.

    Until `GIVEN` nobody has the promotion; from then on each event of a customer who has it is a
    purchase with probability .12 more. Its dirt is that of `dirty_shop`.

    Returns:
        Its rows, its items, and how many more of the customers who came before buy at least once
        from then on if everybody has the promotion than if nobody has (a share of them).
    """
    rng = np.random.default_rng(4)
    member = rng.random(customers) < 0.4
    promoted = rng.random(customers) < np.where(member, 0.7, 0.3)
    base = 0.05 + 0.08 * member
    who = [np.repeat(np.arange(customers), rng.poisson(3, customers) + 1) for _ in range(2)]
    starts = [pd.Timestamp("2025-01-01"), pd.Timestamp(GIVEN)]
    codes, late = np.concatenate(who), np.repeat([False, True], [len(one) for one in who])
    seconds = rng.integers(0, 86_400 * np.where(late, 60, 104))
    times = pd.DatetimeIndex(np.where(late, *starts[::-1])) + pd.to_timedelta(seconds, "s")
    promo, draws = late & promoted[codes], rng.random(len(codes))
    bought = draws < base[codes] + 0.12 * promo
    rows, items = _sold(rng, len(codes))
    rows.insert(0, "customer_id", [f"C{code:04d}" for code in codes])
    rows["event_type"] = np.where(bought, "purchase", np.where(draws > 0.85, "cart", "view"))
    rows["event_time"] = times.strftime(_STAMP)
    rows["promo"], rows["member"] = promo.astype(int), member[codes].astype(int)
    rows, clean = _soiled(rng, rows)
    events = np.bincount(codes[late & clean], minlength=customers)
    came = np.bincount(codes[~late & clean], minlength=customers) > 0
    plain, given = ((1 - base - more) ** events for more in (0.0, 0.12))
    return rows, items, float((plain - given)[came].mean())
