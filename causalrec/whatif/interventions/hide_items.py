"""Take items off the shelf."""

from __future__ import annotations

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.data.values.asked_ids import Ids
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import ListIntervention, item_code
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["HideItems", "HideItemsParams"]

_NAMED = 3


class HideItemsParams(Params):
    """Which items."""

    items: Ids = param((), help="whatif.param_items", picks="items")


class HideItems(ListIntervention):
    """Never show these items; the others share their probability in proportion."""

    name = "hide-items"
    Params = HideItemsParams

    @property
    def is_neutral(self) -> bool:
        return not self.params.items

    @property
    def sentence(self) -> Text:
        items = self.params.items
        shown: str = ", ".join(items[:_NAMED])
        if len(items) > _NAMED:
            shown = Text("core.and_more", shown=shown, n=len(items) - _NAMED)
        return Text("whatif.say_hide_items", items=shown or "-")

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        codes = [item_code(policy, item) for item in self.params.items]

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            left = logits.copy()
            left[:, codes] = -np.inf
            return left

        return change
