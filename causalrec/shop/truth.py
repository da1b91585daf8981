"""What is true in the sample shop: exact expectations, never estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from causalrec.shop.draws import ShopVisits
from causalrec.shop.world import ShopWorld

__all__ = [
    "OUTCOMES",
    "Weights",
    "expected",
    "per_user_effect",
    "position_effect",
    "price_effect",
    "purchase_rates",
]

OUTCOMES = ("click", "purchase", "revenue")


@dataclass(frozen=True, eq=False)
class Weights:
    """How much each user of the population counts, and how.

    Attributes:
        plain, promoted: expected impressions without and with the promotion in force, (n_users,).
    """

    plain: np.ndarray
    promoted: np.ndarray

    @classmethod
    def of(cls, visits: ShopVisits, n_users: int) -> Weights:
        """The weights of the visits that happened: a mean over the log's own users and times."""
        in_force = visits.window * visits.promotion
        plain = np.bincount(visits.user, visits.before + visits.window - in_force, n_users)
        return cls(plain, np.bincount(visits.user, in_force, n_users))


def _per_impression(
    world: ShopWorld,
    users: np.ndarray,
    outcome: str,
    *,
    promoted: float,
    price_factor: float = 1.0,
) -> np.ndarray:
    """Expected outcome of showing each item at a looked-at position, (m, n_items)."""
    liking = world.liking(users)
    if outcome == "click":
        return liking
    bought = liking * world.buying(users, np.full(len(users), promoted), price_factor=price_factor)
    worth = world.items.price * price_factor if outcome == "revenue" else 1.0
    return np.asarray(bought * worth)


def _rate(
    world: ShopWorld,
    users: np.ndarray,
    shown: np.ndarray,
    outcome: str,
    *,
    promoted: float,
    price_factor: float = 1.0,
) -> np.ndarray:
    """Expected outcome of one impression at a looked-at position, under P(item | user), (m,)."""
    table = _per_impression(world, users, outcome, promoted=promoted, price_factor=price_factor)
    return np.asarray(np.einsum("ui,ui->u", shown, table))


def expected(
    world: ShopWorld,
    outcome: str,
    weights: Weights,
    shown: Callable[[np.ndarray], np.ndarray] | None = None,
) -> float:
    """Expected outcome of one impression: users by weight, positions uniform, items from `shown`.

    Args:
        world: the population.
        outcome: "click", "purchase" or "revenue" (money).
        weights: how much each user counts.
        shown: user codes (m,) -> P(item | user) (m, n_items); None is the shop's own policy.
    """
    total = 0.0
    for users in world.chunks():
        probabilities = (shown or world.shown)(users)
        plain = _rate(world, users, probabilities, outcome, promoted=0.0)
        promoted = plain
        if outcome != "click":
            promoted = _rate(world, users, probabilities, outcome, promoted=1.0)
        total += float(plain @ weights.plain[users] + promoted @ weights.promoted[users])
    weight = float(weights.plain.sum() + weights.promoted.sum())
    return float(world.examination.mean()) * total / weight


def purchase_rates(world: ShopWorld, outcome: str = "purchase") -> tuple[np.ndarray, np.ndarray]:
    """Expected outcome of one impression without and with the promotion, (n_users,) each."""
    seen = float(world.examination.mean())
    without, given = np.empty(len(world.users)), np.empty(len(world.users))
    for users in world.chunks():
        shown = world.shown(users)
        without[users] = seen * _rate(world, users, shown, outcome, promoted=0.0)
        given[users] = seen * _rate(world, users, shown, outcome, promoted=1.0)
    return without, given


def per_user_effect(world: ShopWorld, visits: ShopVisits, outcome: str, measure: str) -> np.ndarray:
    """Effect of the promotion on each visitor's buying in the window, exact, (n_visitors,).

    Args:
        world: the population.
        visits: who comes, and how often in the window.
        outcome: "click", "purchase" or "revenue".
        measure: "any" (bought at least once), "count" (purchases; money for revenue)
            or "mean" (per impression in the window).
    """
    if outcome == "click":
        return np.zeros(len(visits.user))
    without, given = (rate[visits.user] for rate in purchase_rates(world, outcome))
    if measure == "any" and outcome == "purchase":
        return np.asarray((1 - without) ** visits.window - (1 - given) ** visits.window)
    times = (visits.window > 0).astype(float) if measure == "mean" else visits.window
    return np.asarray(times * (given - without))


def position_effect(
    world: ShopWorld, outcome: str, weights: Weights, levels: tuple[int, int] | str | None
) -> float:
    """Effect of the position on one impression's outcome, items as the shop shows them.

    Args:
        world: the population.
        outcome: "click", "purchase" or "revenue".
        weights: how much each user counts.
        levels: (to, from): that position against another; None: position 1 against the mean of the
            others; "step": the mean change for one position further down (least squares slope).
    """
    looked = world.examination
    base = expected(world, outcome, weights) / float(looked.mean())
    if levels is None:
        return base * float(looked[0] - looked[1:].mean())
    if isinstance(levels, str):
        place = np.arange(1, len(looked) + 1, dtype=float)
        return base * float(np.cov(place, looked, bias=True)[0, 1] / place.var())
    return base * float(looked[levels[0] - 1] - looked[levels[1] - 1])


def price_effect(world: ShopWorld, outcome: str, weights: Weights, factor: float) -> float:
    """Change of one impression's outcome when every price is multiplied by `factor` at checkout."""
    total = 0.0
    for users in world.chunks():
        shown = world.shown(users)
        for promoted, weight in ((0.0, weights.plain), (1.0, weights.promoted)):
            after = _rate(world, users, shown, outcome, promoted=promoted, price_factor=factor)
            before = _rate(world, users, shown, outcome, promoted=promoted)
            total += float((after - before) @ weight[users])
    weight_sum = float(weights.plain.sum() + weights.promoted.sum())
    return float(world.examination.mean()) * total / weight_sum
