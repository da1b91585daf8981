"""A policy whose logits are those of another one, changed; the other one stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.recsys.policies.policy import Policy
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["Change", "ChangedPolicy"]

Change = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""``(logits (m, n_items), user codes (m,)) -> logits (m, n_items)``, a new array."""


class ChangedPolicy(Policy):
    """Another policy with changed logits.

    Attributes:
        base: the policy that is changed.
        users, items: attribute tables by code, where known.
    """

    def __init__(
        self,
        base: ScoringPolicy,
        change: Change,
        name: str,
        attributes: PolicyAttributes,
        *,
        chance: float = 0.0,
    ) -> None:
        super().__init__(base.user_ids, base.item_ids, name)
        self.base = base
        self.ranked = bool(getattr(base, "ranked", False))
        self.takes_order = bool(getattr(base, "takes_order", False))
        self.chance = 1.0 - (1.0 - float(getattr(base, "chance", 0.0))) * (1.0 - chance)
        self._own_chance = chance
        self.users = attributes.users
        self.items = attributes.items
        self._change = change

    def logits(self, users: ArrayLike) -> np.ndarray:
        codes = np.atleast_1d(np.asarray(users, dtype=np.int64))
        return self._change(self.base.logits(codes), codes)

    def with_history(self, history: sparse.csr_matrix) -> ChangedPolicy:
        """The same change of the policy that knows another history."""
        attributes = PolicyAttributes(self.users, self.items)
        base = self.base.with_history(history)
        return ChangedPolicy(base, self._change, self.name, attributes, chance=self._own_chance)
