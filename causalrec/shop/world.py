"""The sample shop's population: its users, its items and the laws that connect them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from causalrec.core.seeds import generator
from causalrec.shop.titles import CATEGORIES

__all__ = ["DEVICES", "POSITIONS", "SEGMENTS", "ShopItems", "ShopUsers", "ShopWorld", "make_world"]

SEGMENTS = ("bargain", "family", "enthusiast", "casual")
DEVICES = ("mobile", "desktop", "tablet")
POSITIONS = 10

_TASTES = 6
_SEGMENT_SHARE = np.array([0.25, 0.25, 0.2, 0.3])
_SEGMENT_RATE = np.array([0.05, 0.1, 0.4, -0.35])
_SEGMENT_LIFT = np.array([0.75, 0.45, 0.15, 0.55])
_NEW_LIFT = 0.2
_DEVICE_LEANING = np.array([-0.05, 0.1, 0.0])
_CHANCE = 0.15
_FAVOURITE = CATEGORIES.index("Home")
_CHARM, _SHYNESS = 1.6, 0.2
_EXAMINATION = np.arange(1, POSITIONS + 1, dtype=float) ** -0.7
_CHUNK = 512


@dataclass(frozen=True, eq=False)
class ShopUsers:
    """Users, one entry each.

    Attributes:
        segment, device: codes into `SEGMENTS`, `DEVICES`, int (n,).
        is_new: joined in the month before the log, 0/1 (n,).
        rate: expected share of impressions up to a constant, (n,).
        taste: (n, 6); leaning: click log-odds, (n,); thrift: purchase log-odds, (n,).
        past_spend: money spent before the log begins, (n,).
        lift: change of the purchase log-odds that the promotion makes, (n,).
    """

    segment: np.ndarray
    device: np.ndarray
    is_new: np.ndarray
    rate: np.ndarray
    taste: np.ndarray
    leaning: np.ndarray
    thrift: np.ndarray
    past_spend: np.ndarray
    lift: np.ndarray

    def __len__(self) -> int:
        return len(self.segment)


@dataclass(frozen=True, eq=False)
class ShopItems:
    """Items, one entry each.

    Attributes:
        category: code into `CATEGORIES`, int (n,).
        price: money, (n,).
        quality: z-score, (n,); fame: how much the shop pushes it, (n,).
        charm: click log-odds that the shop does not know of, (n,): one category is liked by
            everybody and pushed too little.
        taste: (n, 6).
    """

    category: np.ndarray
    price: np.ndarray
    quality: np.ndarray
    fame: np.ndarray
    charm: np.ndarray
    taste: np.ndarray

    def __len__(self) -> int:
        return len(self.category)


@dataclass(frozen=True, eq=False)
class ShopWorld:
    """Users, items and the laws: what is shown, seen, liked and bought.

    Attributes:
        examination: probability that a position is looked at, (10,), from position 1 on.
    """

    users: ShopUsers
    items: ShopItems
    examination: np.ndarray

    def shown(self, users: np.ndarray) -> np.ndarray:
        """P(item | user) of the shop's own policy, float64 (m, n_items), rows sum to 1.

        A softmax of taste, quality and fame, with 15 % of the impressions left to chance over
        the whole catalogue: no probability is below 15 % of an equal share, so every policy has
        support.

        Args:
            users: codes (m,); -1 is somebody without tastes.
        """
        match = self.users.taste[users] @ self.items.taste.T
        match[users < 0] = 0.0
        shown = match + 0.35 * self.items.quality + 0.3 * self.items.fame
        shown -= shown.max(axis=1, keepdims=True)
        np.exp(shown, out=shown)
        shown *= (1 - _CHANCE) / shown.sum(axis=1, keepdims=True)
        shown += _CHANCE / len(self.items)
        return np.asarray(shown)

    def liking(self, users: np.ndarray, items: np.ndarray | None = None) -> np.ndarray:
        """P(click | looked at): (m, n_items), or (m,) for the pairs of users and items."""
        at = slice(None) if items is None else items
        quality, price = self._of(items)
        match = _dot(self.users.taste[users], self.items.taste[at], items is not None)
        base = self._per_user(self.users.leaning[users], items)
        pull = self.items.charm[at] + 0.35 * quality - 0.12 * price
        return np.asarray(expit(-2.0 + base + 1.6 * match + pull))

    def buying(
        self,
        users: np.ndarray,
        promoted: np.ndarray,
        items: np.ndarray | None = None,
        price_factor: float = 1.0,
    ) -> np.ndarray:
        """P(purchase | click): (m, n_items), or (m,) for pairs; `promoted` is 0/1 (m,)."""
        quality, price = self._of(items)
        base = self.users.thrift[users] + promoted * self.users.lift[users]
        shift = 0.3 * quality - 0.6 * (price + np.log(price_factor))
        return np.asarray(expit(-2.5 + self._per_user(base, items) + shift))

    def _of(self, items: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Quality and centred log price of the items (None: all)."""
        at = slice(None) if items is None else items
        return self.items.quality[at], np.log(self.items.price[at] / 25.0)

    @staticmethod
    def _per_user(values: np.ndarray, items: np.ndarray | None) -> np.ndarray:
        return values[:, None] if items is None else values

    def chunks(self) -> list[np.ndarray]:
        """User codes in pieces small enough for a (piece, n_items) table."""
        size = max(16, _CHUNK * 1000 // max(len(self.items), 1))
        codes = np.arange(len(self.users))
        return [codes[at : at + size] for at in range(0, len(codes), size)]


def _dot(left: np.ndarray, right: np.ndarray, pairs: bool) -> np.ndarray:
    return np.asarray(np.einsum("ud,ud->u", left, right) if pairs else left @ right.T)


def _make_users(n: int, seed: int) -> ShopUsers:
    rng = generator(seed, "shop", "users")
    segment = rng.choice(len(SEGMENTS), n, p=_SEGMENT_SHARE)
    is_new = (rng.random(n) < np.where(segment == 3, 0.35, 0.2)).astype(np.int64)
    rate = np.exp(_SEGMENT_RATE[segment] - 0.35 * is_new + 0.6 * rng.standard_normal(n))
    centres = generator(0, "shop", "centres").standard_normal((len(SEGMENTS), _TASTES))
    centres -= _SEGMENT_SHARE @ centres  # no taste is everybody's: that would be popularity
    taste = (0.55 * centres[segment] + 0.85 * rng.standard_normal((n, _TASTES))) / np.sqrt(_TASTES)
    device = rng.choice(len(DEVICES), n, p=[0.6, 0.32, 0.08])
    thrift = _DEVICE_LEANING[device] + 0.45 * rng.standard_normal(n)
    log_spend = 3.4 + 0.6 * np.log(rate) + 0.9 * thrift + 0.5 * rng.standard_normal(n)
    return ShopUsers(
        segment=segment,
        device=device,
        is_new=is_new,
        rate=rate,
        taste=taste,
        leaning=0.12 * rng.standard_normal(n),
        thrift=thrift + 0.15 * np.log(rate),
        past_spend=np.round(np.exp(log_spend - 1.2 * is_new), 2),
        lift=_SEGMENT_LIFT[segment] + _NEW_LIFT * is_new,
    )


def _make_items(n: int, seed: int) -> ShopItems:
    rng = generator(seed, "shop", "items")
    category = rng.permutation(np.arange(n) % len(CATEGORIES))
    fixed = generator(0, "shop", "categories")
    centres = fixed.standard_normal((len(CATEGORIES), _TASTES))
    level = 3.2 + 0.45 * fixed.standard_normal(len(CATEGORIES))
    favourite = category == _FAVOURITE
    quality = rng.standard_normal(n)
    price = np.exp(level[category] + 0.15 * quality + 0.45 * rng.standard_normal(n))
    return ShopItems(
        category=category,
        price=np.maximum(np.round(price), 3.0) - 0.05,
        quality=quality,
        fame=rng.standard_normal(n) - _SHYNESS * favourite,
        charm=_CHARM * favourite,
        taste=0.75 * centres[category] + 0.65 * rng.standard_normal((n, _TASTES)),
    )


def make_world(seed: int, users: int, items: int) -> ShopWorld:
    """A population of users and items, equal for equal arguments."""
    return ShopWorld(_make_users(users, seed), _make_items(items, seed), _EXAMINATION)
