"""The sample shop as an object: its log, its tables, and what is true in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, ParamError, unknown_name
from causalrec.core.results.display import DisplayedLog
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.shop.draws import ShopVisits, draw_rows, draw_visits
from causalrec.shop.policy import ShopPolicy
from causalrec.shop.shown import Shown, Shows
from causalrec.shop.tables import START, user_table
from causalrec.shop.truth import (
    OUTCOMES,
    Weights,
    expected,
    per_user_effect,
    position_effect,
    price_effect,
    purchase_rates,
)
from causalrec.shop.world import DEVICES, SEGMENTS, ShopWorld

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["SampleShop"]

TREATMENTS = ("promotion", "position", "price")
Measure = Literal["any", "count", "mean"]


@dataclass(frozen=True, eq=False, repr=False)
class SampleShop(DisplayedLog):
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

    def summary(self, lang: str = "en") -> str:
        """Its size and seed."""
        return Text("shop.summary", **{"days": 0, **self.settings}).to(lang)

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

    def dataset(self, name: str = "shop") -> Dataset:
        """The log as a `Dataset`, with clicks and purchases as outcomes."""
        return Dataset.from_frame(
            self.frame, self.mapping(), items=self.items, users=self.users, name=name
        )

    def mapping(self) -> ColumnMapping:
        """The roles of the log's columns."""
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

    def logging_policy(self) -> ShopPolicy:
        """The shop's own policy, the one that made the log."""
        return ShopPolicy(self.world, self.users, self.items)

    def true_value(self, policy: Shows | ArrayLike, outcome: str = "click") -> float:
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
        _require("outcome", outcome, OUTCOMES)
        weights = Weights.of(self.visits, len(self.world.users))
        return expected(self.world, outcome, weights, Shown(policy, self.user_ids, self.item_ids))

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
            segment: only these users: a segment ("bargain"), a device, "new" or "old",
                "column=value" or {column: value} of `users`; None for all.
            levels: see above.
            measure: see above; revenue has no "any" and is counted as "count".

        Raises:
            NotFoundError: a name is unknown.
            ParamError: the levels do not suit the treatment.
        """
        _require("treatment", treatment, TREATMENTS)
        _require("outcome", outcome, OUTCOMES)
        _require("measure", measure, ("any", "count", "mean"))
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

    def true_change(
        self,
        treatment: str,
        value: float,
        outcome: str,
        segment: str | Mapping[str, Any] | None = None,
        *,
        measure: Measure = "any",
    ) -> float:
        """What setting a treatment changes per user of a segment, against who had it in the log.

        Args:
            treatment: "promotion".
            value: 1 gives it to everybody of the segment, 0 to nobody.
            outcome: "click", "purchase" or "revenue", counted as in `true_effect`.
            segment: as in `true_effect`.
            measure: as in `true_effect`.

        Raises:
            NotFoundError: a name is unknown.
        """
        _require("treatment", treatment, ("promotion",))
        _require("outcome", outcome, OUTCOMES)
        mine = self.segment_mask(segment)
        effect = per_user_effect(self.world, self.visits, outcome, measure)
        return float((effect * (value - self.visits.promotion))[mine].mean())

    def segment_mask(self, segment: str | Mapping[str, Any] | None) -> np.ndarray:
        """Which users belong to a segment, bool (n_users,).

        Raises:
            NotFoundError: no user table column or value has the name.
            DataError: no user belongs to it.
        """
        if segment is None:
            return np.ones(len(self.users), dtype=bool)
        if isinstance(segment, str):
            column, sign, value = segment.partition("=")
            segment = {column: value} if sign else _attribute(segment)
        mask = np.ones(len(self.users), dtype=bool)
        for column, value in segment.items():
            _require("column", column, self.users.columns)
            mask &= self.users[column].astype(str).to_numpy() == str(value)
        if not mask.any():
            raise DataError("shop.empty_segment", segment=str(dict(segment)))
        return mask

    def draw_log(self, seed: int, users: int = 500, impressions: int = 10_000) -> pd.DataFrame:
        """A fresh, smaller log of the same world, for coverage runs.

        Users are drawn from the population with replacement, so that across draws the truth is
        `population_value(policy)`. Columns: visitor, user and item (codes), position, propensity,
        click, purchase, in_window.
        """
        rng = generator(seed, "shop", "draw")
        user = rng.integers(0, len(self.world.users), users)
        visits = draw_visits(self.world, user, impressions, rng, least=0)
        rows = draw_rows(self.world, visits, rng)
        frame = pd.DataFrame(vars(rows))
        frame.insert(1, "user", user[rows.visitor])
        return frame

    def population_value(self, policy: Shows | ArrayLike, outcome: str = "click") -> float:
        """Expected outcome of one impression over draws of `draw_log`, without the promotion.

        Users count by their expected impressions. Clicks do not depend on the promotion; for
        purchases and revenue this is the value before `promotion_date`.
        """
        _require("outcome", outcome, OUTCOMES)
        rate = self.world.users.rate
        weights = Weights(rate, np.zeros_like(rate))
        return expected(self.world, outcome, weights, Shown(policy, self.user_ids, self.item_ids))

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
        table = user_table(self.world, visits)
        table["promotion"] = visits.promotion
        table["purchase"] = bought.astype(np.int64)
        return table, float(effect.mean())

    @cached_property
    def _purchase_rates(self) -> tuple[np.ndarray, np.ndarray]:
        return purchase_rates(self.world)

    def _buying(self, visits: ShopVisits) -> tuple[np.ndarray, np.ndarray]:
        """P(buys in the window) without the promotion, and the promotion's effect, (n,) each."""
        without, given = (rate[visits.user] for rate in self._purchase_rates)
        base = 1 - (1 - without) ** visits.window
        return base, 1 - (1 - given) ** visits.window - base


_NEWNESS = {"new": "1", "old": "0"}


def _attribute(word: str) -> dict[str, str]:
    """The column and value that a word such as "bargain", "mobile" or "new" stands for."""
    if word in _NEWNESS:
        return {"is_new": _NEWNESS[word]}
    _require("segment", word, (*SEGMENTS, *DEVICES, *_NEWNESS))
    return {"segment" if word in SEGMENTS else "device": word}


def _require(kind: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise unknown_name(Text(f"shop.kind_{kind}"), name, names)


def _positions(levels: tuple[int, int] | str | float | None) -> tuple[int, int] | str | None:
    fits = levels is None or levels == "step"
    if isinstance(levels, tuple) and len(levels) == 2:
        fits = all(level in range(1, 11) for level in levels)
    if not fits:
        raise ParamError("shop.bad_levels", treatment="position", levels=str(levels))
    return levels  # type: ignore[return-value]  # it fits
