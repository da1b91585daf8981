"""What somebody's policy shows, in the sample shop's own order of users and items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Shown", "Shows"]


@runtime_checkable
class Shows(Protocol):
    """What a policy has: its ids, and what it shows to whom."""

    @property
    def user_ids(self) -> np.ndarray:
        """External user ids, (n_users,)."""

    @property
    def item_ids(self) -> np.ndarray:
        """External item ids, (n_items,)."""

    def probabilities(self, users: np.ndarray, /) -> np.ndarray:
        """P(item | user) for user codes (m,), float64 (m, n_items)."""


class Shown:
    """Probabilities of a policy by the shop's user codes, (m, n_items) in the shop's item codes.

    Args:
        policy: anything with `.probabilities(user_codes)`, `.user_ids` and `.item_ids`, or an
            array (n_users, n_items).
        user_ids, item_ids: the shop's external ids.

    Raises:
        DataError: the array has another shape, the policy lacks a user of the shop, or it knows
            an item that the shop lacks.
    """

    def __init__(
        self, policy: Shows | ArrayLike, user_ids: np.ndarray, item_ids: np.ndarray
    ) -> None:
        self._table: np.ndarray | None = None
        self._n_items = len(item_ids)
        if not isinstance(policy, Shows):
            self._table = np.asarray(policy, dtype=float)
            if self._table.shape != (len(user_ids), len(item_ids)):
                raise DataError("shop.policy_shape", users=len(user_ids), items=len(item_ids))
            return
        self._policy = policy
        self._rows = _index(policy.user_ids).get_indexer(_index(user_ids))
        self._columns = _index(item_ids).get_indexer(_index(policy.item_ids))
        if (self._rows < 0).any() or (self._columns < 0).any():
            raise DataError("shop.policy_ids")

    def __call__(self, users: np.ndarray) -> np.ndarray:
        """P(item | user) for the shop's user codes (m,)."""
        if self._table is not None:
            return np.asarray(self._table[users])
        shown = np.zeros((len(users), self._n_items))
        shown[:, self._columns] = self._policy.probabilities(self._rows[users])
        return shown


def _index(ids: ArrayLike) -> pd.Index:
    index: pd.Index = pd.Index(np.asarray(ids).astype(str))
    return index
