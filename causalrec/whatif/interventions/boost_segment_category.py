"""Show a category more, or less, to some users only."""

from __future__ import annotations

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.core.words.conditions import people
from causalrec.whatif.interventions.category_items import category_mask
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import ListIntervention
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.interventions.strength import STOPS, shown
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["BoostSegmentCategory", "BoostSegmentCategoryParams"]


class BoostSegmentCategoryParams(Params):
    """Whom, which category, and how much."""

    segment: str = param(help="whatif.param_segment", picks="segment")
    category: str = param(help="whatif.param_category", picks="category")
    strength: float = param(1.0, ge=-20, le=20, help="whatif.param_strength", stops=STOPS)


class BoostSegmentCategory(ListIntervention):
    """Add `strength` to the logits of a category's items, for the users of a segment."""

    name = "boost-segment-category"
    Params = BoostSegmentCategoryParams
    needs = ("category", "segment")

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        return Text(
            "whatif.say_boosted_segment_category",
            segment=people(self.params.segment),
            category=self.params.category,
            much=shown(self.params.strength),
            strength=self.params.strength,
        )

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        lift = self.params.strength * category_mask(attributes, self.params.category)
        members = np.append(attributes.user_mask(self.params.segment), False)  # last: code -1

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            return np.asarray(logits + members[users][:, None] * lift)

        return change
