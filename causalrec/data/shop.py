"""The sample shop: a made-up world that can prove itself.

Each impression is one independent draw: an item from a softmax over the user's candidates (the
whole catalogue), a position uniform on 1..10 whatever the item, so that the logged propensity
P(item | user) is exact. A click needs a look (examination of the position) and liking; a purchase
given a click depends on price and, from `promotion_date` on, on the promotion. The promotion is
given once a user, at `promotion_date`, with a probability that depends only on `activity`
(impressions before that date) and `past_spend` (money spent before the log begins).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from causalrec.core.device import require_memory
from causalrec.core.errors import DataError, ParamError, unknown_name
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.data.shop_draw import ShopRows, ShopVisits, draw_rows, draw_visits
from causalrec.data.shop_titles import CATEGORIES, CATEGORIES_ZH, titles
from causalrec.data.shop_truth import (
    OUTCOMES,
    Weights,
    expected,
    per_user_effect,
    position_effect,
    price_effect,
)
from causalrec.data.shop_world import DEVICES, SEGMENTS, ShopWorld, make_world

__all__ = ["SampleShop", "sample_shop"]

START = pd.Timestamp("2026-01-05")
TREATMENTS = ("promotion", "position", "price")
Measure = Literal["any", "count", "mean"]


@dataclass(frozen=True, eq=False)
class SampleShop:
    """A shop that knows the truth about itself; made by `sample_shop`.

    Attributes:
        settings: the arguments that make the same shop again.
        world: the population and its laws.
        visits: how often each user came, and who got the promotion.
        frame: the log, one row an impression, external ids, ordered by time.
        users, items: attribute tables, one row each, external ids.
    """

    settings: dict[str, int]
    world: ShopWorld
    visits: ShopVisits
    frame: pd.DataFrame
    users: pd.DataFrame
    items: pd.DataFrame

    @property
    def promotion_date(self) -> pd.Timestamp:
        """When the promotion was given; the outcome window begins here and ends with the log."""
        return START + pd.Timedelta(days=self.settings["days"]) / 2

    @property
    def user_ids(self) -> np.ndarray:
        """External user ids, (n_users,)."""
        return self.users["user_id"].to_numpy()

    @property
    def item_ids(self) -> np.ndarray:
        """External item ids, (n_items,)."""
        return self.items["item_id"].to_numpy()

    def dataset(self, name: str = "shop") -> Any:
        """The log as a `Dataset`, with clicks and purchases as outcomes."""
        from causalrec.data.dataset import Dataset

        return Dataset.from_frame(
            self.frame, self.mapping(), items=self.items, users=self.users, name=name
        )

    def mapping(self) -> Any:
        """The roles of the log's columns."""
        from causalrec.data.mapping import ColumnMapping

        return ColumnMapping(
            user="user_id",
            item="item_id",
            time="time",
            outcomes={"click": "click", "purchase": "purchase"},
            propensity="propensity",
            position="position",
            price="price",
            category="category",
            covariates=("promotion", "segment", "activity", "device", "is_new", "past_spend"),
        )

    def logging_policy(self) -> Any:
        """The shop's own policy, the one that made the log."""
        from causalrec.data.shop_policy import ShopPolicy

        return ShopPolicy(self.world, self.user_ids, self.item_ids)

    def true_value(self, policy: Any, outcome: str = "click") -> float:
        """Expected outcome of one impression under a policy, exact.

        Users and times as in the log, the promotion as it was given, positions uniform.

        Args:
            policy: anything with `.probabilities(user_codes) -> (m, n_items)`, `.user_ids` and
                `.item_ids` (external ids in any order); items it does not know have probability
                0; or an array (n_users, n_items) in the order of `user_ids` and `item_ids`.
            outcome: "click", "purchase" or "revenue" (money).

        Raises:
            NotFoundError: the outcome is none of these.
            DataError: the policy lacks a user of the shop, or knows an item that the shop lacks.
        """
        _known("outcome", outcome, OUTCOMES)
        weights = Weights.of(self.visits, len(self.world.users))
        return expected(self.world, outcome, weights, _Shown(self, policy))

    def true_effect(
        self,
        treatment: str,
        outcome: str,
        segment: str | Mapping[str, Any] | None = None,
        *,
        levels: tuple[int, int] | Literal["step"] | float | None = None,
        measure: Measure = "any",
    ) -> float:
        """True average effect of a treatment on an outcome.

        * "promotion" (1 against 0): per user, on buying from `promotion_date` on. `measure` is
          "any" (share of users who buy at least once), "count" (purchases a user; money a user
          for "revenue") or "mean" (per impression).
        * "position": per impression. `levels` is (to, from), None for position 1 against the mean
          of the others, or "step" for one position further down.
        * "price": per impression, for all prices multiplied by `levels` (None: 1.1).

        Args:
            treatment: one of these.
            outcome: "click", "purchase" or "revenue".
            segment: only these users: a segment ("bargain"), a device, "new" or "old", or
                {column of `users`: value}; None for all.
            levels: see above.
            measure: see above; revenue has no "any" and is counted as "count".

        Raises:
            NotFoundError: a name is unknown.
            ParamError: the levels do not suit the treatment.
        """
        _known("treatment", treatment, TREATMENTS)
        _known("outcome", outcome, OUTCOMES)
        _known("measure", measure, ("any", "count", "mean"))
        mine = self.segment_mask(segment)
        if treatment == "promotion":
            effect = per_user_effect(self.world, self.visits, outcome, measure)
            return float(effect[mine].mean())
        weights = Weights.of(self.visits, len(self.world.users))
        weights = Weights(weights.plain * mine, weights.promoted * mine)
        if treatment == "position":
            return position_effect(self.world, outcome, weights, _positions(levels))
        factor = 1.1 if levels is None else levels
        if isinstance(factor, (str, tuple)) or factor <= 0:
            raise ParamError("shop.bad_levels", treatment=treatment, levels=str(levels))
        return price_effect(self.world, outcome, weights, float(factor))

    def segment_mask(self, segment: str | Mapping[str, Any] | None) -> np.ndarray:
        """Which users belong to a segment, bool (n_users,).

        Raises:
            NotFoundError: no user table column or value has the name.
        """
        if segment is None:
            return np.ones(len(self.users), dtype=bool)
        if isinstance(segment, str):
            segment = {_column_of(segment): _NEWNESS.get(segment, segment)}
        mask = np.ones(len(self.users), dtype=bool)
        for column, value in segment.items():
            _known("column", column, self.users.columns)
            mask &= self.users[column].astype(str).to_numpy() == str(value)
        if not mask.any():
            raise DataError("shop.empty_segment", segment=str(dict(segment)))
        return mask

    def draw_log(self, seed: int, users: int = 500, impressions: int = 10_000) -> pd.DataFrame:
        """A fresh, smaller log of the same world, for coverage runs.

        Users are drawn from the population with replacement, so that across draws the truth is
        `population_value`. Columns: visitor, user and item (codes), position, propensity,
        click, purchase, in_window.
        """
        rng = generator(seed, "shop", "draw")
        user = rng.integers(0, len(self.world.users), users)
        visits = draw_visits(self.world, user, impressions, rng)
        rows = draw_rows(self.world, visits, rng)
        frame = pd.DataFrame(vars(rows))
        frame.insert(1, "user", user[rows.visitor])
        return frame

    def draw_users(self, seed: int, users: int = 500) -> tuple[pd.DataFrame, float]:
        """A fresh table of users as `causal_table` would make it, with its true effect.

        Returns:
            Columns activity, past_spend, segment, device, is_new, promotion, purchase (bought in
            the window, 0/1); and the true mean effect of the promotion on it, these users.
        """
        rng = generator(seed, "shop", "draw users")
        user = rng.integers(0, len(self.world.users), users)
        each = self.settings["impressions"] / len(self.world.users)
        visits = draw_visits(self.world, user, round(each * users), rng)
        without, effect = self._buying(visits)
        bought = rng.random(users) < without + visits.promotion * effect
        table = _user_table(self.world, visits)
        table["promotion"] = visits.promotion
        table["purchase"] = bought.astype(np.int64)
        return table, float(effect.mean())

    def _buying(self, visits: ShopVisits) -> tuple[np.ndarray, np.ndarray]:
        """P(buys in the window) without the promotion, and the promotion's effect, (n,) each."""
        from causalrec.data.shop_truth import purchase_rates

        without, given = (rate[visits.user] for rate in purchase_rates(self.world))
        base = 1 - (1 - without) ** visits.window
        return base, 1 - (1 - given) ** visits.window - base


_NEWNESS = {"new": "1", "old": "0"}


def _column_of(segment: str) -> str:
    if segment in _NEWNESS:
        return "is_new"
    _known("segment", segment, (*SEGMENTS, *DEVICES, *_NEWNESS))
    return "segment" if segment in SEGMENTS else "device"


def _known(kind: str, name: str, known: Any) -> None:
    if name not in known:
        raise unknown_name(Text(f"shop.kind_{kind}"), name, known)


def _positions(levels: Any) -> tuple[int, int] | str | None:
    fits = levels is None or levels == "step"
    if isinstance(levels, tuple) and len(levels) == 2:
        fits = all(level in range(1, 11) for level in levels)
    if not fits:
        raise ParamError("shop.bad_levels", treatment="position", levels=str(levels))
    return levels  # type: ignore[no-any-return]


class _Shown:
    """A policy's probabilities in the shop's own order of users and items."""

    def __init__(self, shop: SampleShop, policy: Any) -> None:
        self.table = (
            np.asarray(policy, dtype=float) if not hasattr(policy, "probabilities") else None
        )
        self.policy = policy
        n_users, n_items = len(shop.users), len(shop.items)
        if self.table is not None:
            if self.table.shape != (n_users, n_items):
                raise DataError("shop.policy_shape", users=n_users, items=n_items)
            return
        self.rows = pd.Index(policy.user_ids).get_indexer(pd.Index(shop.user_ids))
        self.columns = pd.Index(shop.item_ids).get_indexer(pd.Index(policy.item_ids))
        self.n_items = n_items
        if (self.rows < 0).any() or (self.columns < 0).any():
            raise DataError("shop.policy_ids")

    def __call__(self, users: np.ndarray) -> np.ndarray:
        if self.table is not None:
            return self.table[users]
        shown = np.zeros((len(users), self.n_items))
        shown[:, self.columns] = self.policy.probabilities(self.rows[users])
        return shown


def _user_table(world: ShopWorld, visits: ShopVisits) -> pd.DataFrame:
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


def _ids(letter: str, n: int) -> np.ndarray:
    width = max(4, len(str(n)))
    return np.array([f"{letter}{code:0{width}d}" for code in range(1, n + 1)], dtype=object)


def _item_table(world: ShopWorld, seed: int) -> pd.DataFrame:
    items = world.items
    english, chinese = titles(items.category, seed)
    return pd.DataFrame(
        {
            "item_id": _ids("i", len(items)),
            "title": english,
            "title_zh": chinese,
            "category": np.array(CATEGORIES, dtype=object)[items.category],
            "category_zh": np.array(CATEGORIES_ZH, dtype=object)[items.category],
            "price": items.price,
            "quality": np.round(items.quality, 2),
        }
    )


def _log(
    rows: ShopRows, users: pd.DataFrame, items: pd.DataFrame, times: np.ndarray
) -> pd.DataFrame:
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


def _times(rows: ShopRows, days: int, rng: np.random.Generator) -> np.ndarray:
    """Times within each half of the log, more in the evening than at night, datetime64[s]."""
    half = days * 86_400 // 2
    day = rng.integers(0, max(half // 86_400, 1), len(rows.visitor))
    hour = np.clip(rng.normal(16, 4.5, len(rows.visitor)), 0, 23.99)
    second = np.minimum(day * 86_400 + (hour * 3600).astype(np.int64), half - 1)
    seconds = second + rows.in_window * half
    return START.to_datetime64().astype("datetime64[s]") + seconds.astype("timedelta64[s]")


def sample_shop(
    seed: int = 0,
    users: int = 5_000,
    items: int = 1_000,
    impressions: int = 300_000,
    days: int = 60,
) -> SampleShop:
    """A made-up shop with a known truth; equal arguments give an equal shop.

    Args:
        seed: everything random follows from it.
        users: users, at least 20.
        items: items, at least 10.
        impressions: rows of the log, at least two a user; half fall before the promotion date.
        days: length of the log; the outcome window is its second half.

    Raises:
        ParamError: a size is too small.
        MemoryBudgetError: the shop needs more memory than there is.
    """
    least = {"users": 20, "items": 10, "impressions": 2 * users, "days": 2}
    asked = {"users": users, "items": items, "impressions": impressions, "days": days}
    for name, low in least.items():
        if asked[name] < low:
            raise ParamError("shop.too_small", name=name, value=asked[name], least=low)
    require_memory(impressions * 400.0 + (users + items) * 2_000.0, Text("shop.name"))
    world = make_world(seed, users, items)
    rng = generator(seed, "shop", "log")
    visits = draw_visits(world, np.arange(users), impressions, rng)
    rows = draw_rows(world, visits, rng)
    people = _user_table(world, visits)
    people.insert(0, "user_id", _ids("u", users))
    people["promotion"] = visits.promotion
    catalogue = _item_table(world, seed)
    frame = _log(rows, people, catalogue, _times(rows, days, rng))
    return SampleShop({"seed": seed, **asked}, world, visits, frame, people, catalogue)
