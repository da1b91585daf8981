"""What a policy must be able to do, whoever wrote it: a model's, a shop's, a changed one."""

from __future__ import annotations

from typing import Protocol, TypeGuard

import numpy as np
from scipy import sparse

from causalrec.recsys.policies.drawn import Listing

__all__ = ["AnyPolicy", "ListingPolicy", "ScoringPolicy", "shows_lists"]


class AnyPolicy(Protocol):
    """What is shown to whom.

    Attributes:
        name: what it is called.
        user_ids, item_ids: external ids; code = index.
    """

    name: str
    user_ids: np.ndarray
    item_ids: np.ndarray

    def probabilities(self, users: np.ndarray) -> np.ndarray:
        """P(item | user), (m, n_items), for user codes (m,)."""


class ListingPolicy(AnyPolicy, Listing, Protocol):
    """One that shows lists as well, so that they have figures of their own."""


class ScoringPolicy(AnyPolicy, Protocol):
    """One that says its logits, so that they can be changed."""

    def logits(self, users: np.ndarray) -> np.ndarray:
        """Log weights of the items, (m, n_items), for user codes (m,)."""

    def with_history(self, history: sparse.csr_matrix) -> ScoringPolicy:
        """The same policy knowing another history, csr (n_users, n_items)."""


def shows_lists(policy: AnyPolicy | None) -> TypeGuard[ListingPolicy]:
    """Whether it is a policy that shows lists."""
    return hasattr(policy, "top")
