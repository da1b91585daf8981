"""Show one item more, or less."""

from __future__ import annotations

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.asked_ids import Id
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import (
    ListIntervention,
    Start,
    item_code,
)
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.interventions.strength import STOPS, shown
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["BoostItem", "BoostItemParams"]

_OVERWHELMING = 12.0
"""Added to a logit it makes an item's odds 160,000 times what they were."""


class BoostItemParams(Params):
    """Which item, and how much."""

    item: Id = param(help="whatif.param_item", picks="item")
    strength: float = param(1.0, ge=-20, le=20, help="whatif.param_strength", stops=STOPS)


class BoostItem(ListIntervention):
    """Add `strength` to the item's logit: its odds are multiplied by ``exp(strength)``."""

    name = "boost-item"
    Params = BoostItemParams
    starts = 3

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        return Text(
            "whatif.say_boosted_item",
            item=self.params.item,
            much=shown(self.params.strength),
            strength=self.params.strength,
        )

    @classmethod
    def start(cls, log: Dataset, treatment: str | None, lang: str) -> Start | None:
        """The rarest item for everybody, a push that no log can judge.

        A log without users judges items alone: there the one that is shown most is shown more.
        """
        counts = np.bincount(log.frame["item"].to_numpy(), minlength=log.n_items)
        if not log.has("user"):
            often = int(counts.argmax())
            name = cls.word("_start_often", item=log.titles([often], lang)[0])
            return Start(name, {"item": str(log.item_ids[often]), "strength": 1.0})
        rare = str(log.item_ids[int(counts.argmin())])
        return Start(cls.word("_start"), {"item": rare, "strength": _OVERWHELMING})

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        code, strength = item_code(policy, self.params.item), self.params.strength

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            boosted = logits.copy()
            boosted[:, code] += strength
            return boosted

        return change
