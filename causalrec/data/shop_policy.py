"""The sample shop's own policy: the one that made its log."""

from __future__ import annotations

import numpy as np

from causalrec.data.shop_world import ShopWorld

__all__ = ["ShopPolicy"]


class ShopPolicy:
    """The softmax that the shop shows items by, with the shape of a recommender's policy.

    Attributes:
        user_ids, item_ids: external ids, code = index.
    """

    name = "shop"

    def __init__(self, world: ShopWorld, user_ids: np.ndarray, item_ids: np.ndarray) -> None:
        self.world = world
        self.user_ids = user_ids
        self.item_ids = item_ids

    def logits(self, users: np.ndarray) -> np.ndarray:
        """Scores for user codes (m,), float64 (m, n_items)."""
        return self.world.logits(np.asarray(users))

    def probabilities(self, users: np.ndarray) -> np.ndarray:
        """P(item | user) for user codes (m,), float64 (m, n_items)."""
        return self.world.shown(np.asarray(users))
