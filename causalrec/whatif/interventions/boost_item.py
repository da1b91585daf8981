"""Show one item more, or less."""

from __future__ import annotations

from typing import Any

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.data.values.asked_ids import Id
from causalrec.whatif.interventions.base import (
    Attributes,
    Change,
    ListIntervention,
    item_code,
    odds,
)

__all__ = ["BoostItem", "BoostItemParams"]


class BoostItemParams(Params):
    """Which item, and how much."""

    item: Id = param(help="whatif.param_item")
    strength: float = param(1.0, ge=-20, le=20, help="whatif.param_strength")


class BoostItem(ListIntervention):
    """Add `strength` to the item's logit: its odds are multiplied by ``exp(strength)``."""

    name = "boost-item"
    Params = BoostItemParams

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        return Text(
            "whatif.say_boost_item", item=self.params.item, factor=odds(self.params.strength)
        )

    def _change(self, policy: Any, known: Attributes) -> Change:
        code, strength = item_code(policy, self.params.item), self.params.strength

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            boosted = logits.copy()
            boosted[:, code] += strength
            return boosted

        return change
