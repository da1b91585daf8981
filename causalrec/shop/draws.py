"""Draws from the sample shop: who comes, who is promoted to, what is shown, clicked, bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.shop.world import POSITIONS, ShopWorld

__all__ = ["ShopRows", "ShopVisits", "draw_rows", "draw_visits", "promotion_probability"]


@dataclass(frozen=True, eq=False)
class ShopVisits:
    """What is settled before the outcome window opens, one entry a visitor.

    Attributes:
        user: code in the world's population, int (n,).
        before, window: impressions before the promotion date and from it on, int (n,).
        promotion: got the promotion, 0/1 (n,).
    """

    user: np.ndarray
    before: np.ndarray
    window: np.ndarray
    promotion: np.ndarray


@dataclass(frozen=True, eq=False)
class ShopRows:
    """Impressions, (n,) each: visitor (index into the visits), item, position 1..10, outcomes."""

    visitor: np.ndarray
    in_window: np.ndarray
    item: np.ndarray
    position: np.ndarray
    propensity: np.ndarray
    click: np.ndarray
    purchase: np.ndarray


def promotion_probability(activity: np.ndarray, past_spend: np.ndarray, scale: float) -> np.ndarray:
    """P(promotion | activity, past spend), between .08 and .92, (n,).

    Args:
        activity: impressions before the promotion date, (n,).
        past_spend: money spent before the log begins, (n,).
        scale: mean activity of the shop, which makes the rule the same at any size.
    """
    score = -0.35 + 1.2 * np.log((activity + 1) / (scale + 1)) + 0.55 * (np.log1p(past_spend) - 3.2)
    return np.asarray(0.08 + 0.84 / (1.0 + np.exp(-score)))


def draw_visits(
    world: ShopWorld,
    user: np.ndarray,
    impressions: int,
    rng: np.random.Generator,
    *,
    least: int = 2,
) -> ShopVisits:
    """Counts of impressions and the promotion for some users of the population.

    Args:
        world: the population.
        user: codes of the visitors (repeats are different visitors), int (n,).
        impressions: impressions in total; half fall before the promotion date.
        rng: random stream.
        least: impressions that everybody has in each half, as far as there are enough.
    """
    first, second = impressions // 2, impressions - impressions // 2
    rate = world.users.rate[user]
    before, window = (_counts(total, rate, least, rng) for total in (first, second))
    chance = promotion_probability(before, world.users.past_spend[user], first / len(user))
    promotion = (rng.random(len(user)) < chance).astype(np.int64)
    return ShopVisits(user, before, window, promotion)


def _counts(total: int, rate: np.ndarray, least: int, rng: np.random.Generator) -> np.ndarray:
    """Impressions of each visitor: at first `least` for everybody, the rest by rate."""
    least = min(least, total // len(rate))
    rest = rng.multinomial(total - least * len(rate), rate / rate.sum())
    return np.asarray(least + rest)


def draw_rows(world: ShopWorld, visits: ShopVisits, rng: np.random.Generator) -> ShopRows:
    """Every impression of the visits, ordered by visitor.

    Item from the shop's policy, position uniform, click by examination and liking, purchase
    given click.
    """
    visitor = np.repeat(np.arange(len(visits.user)), visits.before + visits.window)
    starts = np.concatenate([[0], np.cumsum(visits.before + visits.window)[:-1]])
    in_window = np.arange(len(visitor)) - starts[visitor] >= visits.before[visitor]
    item, propensity = _shown(world, visits.user, visitor, rng.random(len(visitor)))
    position = rng.integers(1, POSITIONS + 1, len(visitor))
    user = visits.user[visitor]
    seen = world.examination[position - 1]
    click = rng.random(len(visitor)) < seen * world.liking(user, item)
    promoted = visits.promotion[visitor] * in_window
    purchase = click & (rng.random(len(visitor)) < world.buying(user, promoted, item))
    return ShopRows(
        visitor,
        in_window,
        item,
        position,
        propensity,
        click.astype(np.int64),
        purchase.astype(np.int64),
    )


def _shown(
    world: ShopWorld, user: np.ndarray, visitor: np.ndarray, dice: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Item and its exact propensity for each row, by inverting each visitor's distribution."""
    item = np.empty(len(visitor), dtype=np.int64)
    propensity = np.empty(len(visitor))
    size = max(16, 512_000 // len(world.items))
    for start in range(0, len(user), size):
        low, high = np.searchsorted(visitor, [start, start + size])
        shown = world.shown(user[start : start + size])
        steps = np.cumsum(shown, axis=1)
        steps /= steps[:, -1:]
        row = visitor[low:high] - start
        ladder = (steps + np.arange(len(steps))[:, None]).ravel()
        at = np.searchsorted(ladder, row + dice[low:high], side="right")
        chosen = np.clip(at - row * len(world.items), 0, len(world.items) - 1)
        item[low:high] = chosen
        propensity[low:high] = shown[row, chosen]
    return item, propensity
