"""The sample shop: a made-up world that can prove itself.

Each impression is one independent draw: an item from a softmax over the whole catalogue, with a
share of .15 left to chance, a position uniform on 1..10 whatever the item, so that the logged
propensity P(item | user) is exact and never below .15 of an equal share. A click needs a look
(examination of the position) and liking; a purchase given a click depends on price and, from
`promotion_date` on, on the promotion. The promotion is given once a user, at `promotion_date`,
with a probability that depends only on `activity` (impressions before that date) and `past_spend`
(money spent before the log begins).
"""

from __future__ import annotations

import numpy as np

from causalrec.core.errors import ParamError
from causalrec.core.machine.device import require_memory
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.shop.draws import draw_rows, draw_visits
from causalrec.shop.sample import SampleShop
from causalrec.shop.tables import draw_times, ids, item_table, log_table, user_table
from causalrec.shop.world import make_world

__all__ = ["IMPRESSIONS_A_USER", "SampleShop", "sample_shop"]

IMPRESSIONS_A_USER = 60
"""Rows of the log a user, where nobody says how many."""


def sample_shop(
    seed: int = 0,
    users: int = 5_000,
    items: int = 1_000,
    impressions: int | None = None,
    *,
    days: int = 60,
) -> SampleShop:
    """A made-up shop with a known truth; equal arguments give an equal shop.

    Args:
        seed: everything random follows from it.
        users: users, at least 20.
        items: items, at least 10.
        impressions: rows of the log, at least two a user (None: 60 a user); half fall before the
            promotion date.
        days: length of the log; the outcome window is its second half.

    Raises:
        ParamError: a size is too small.
        MemoryBudgetError: the shop needs more memory than there is.
    """
    impressions = IMPRESSIONS_A_USER * users if impressions is None else impressions
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
    people = user_table(world, visits)
    people.insert(0, "user_id", ids("u", users))
    people["promotion"] = visits.promotion
    catalogue = item_table(world, seed)
    frame = log_table(rows, people, catalogue, draw_times(rows, days, rng))
    return SampleShop({"seed": seed, **asked}, world, visits, frame, people, catalogue)
