"""The sample shop's own policy: the one that made its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.recsys.policies.policy import Policy
from causalrec.shop.world import ShopWorld

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["ShopPolicy"]


class ShopPolicy(Policy):
    """What the shop shows items by: a softmax with a share left to chance.

    A user who is not known (code -1) is shown what the shop shows somebody without tastes.

    Attributes:
        world: the population and its laws.
        users, items: attribute tables in the order of the codes.
    """

    def __init__(self, world: ShopWorld, users: pd.DataFrame, items: pd.DataFrame) -> None:
        super().__init__(users["user_id"].to_numpy(), items["item_id"].to_numpy(), "shop")
        self.world = world
        self.users = users
        self.items = items

    def logits(self, users: ArrayLike) -> np.ndarray:
        """Log weights for user codes (m,), float64 (m, n_items)."""
        codes = np.atleast_1d(np.asarray(users, dtype=np.int64))
        return np.asarray(np.log(self.world.shown(codes)))
