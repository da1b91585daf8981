"""Show popular items less."""

from __future__ import annotations

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import ListIntervention
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["PopularityPenalty", "PopularityPenaltyParams"]

_USERS = 2_000
_CHUNK = 256


class PopularityPenaltyParams(Params):
    """How much."""

    strength: float = param(0.5, ge=0, le=5, help="whatif.param_penalty")


class PopularityPenalty(ListIntervention):
    """Subtract ``strength * log(popularity)`` from the logits.

    An item's popularity is its mean probability under the policy itself, over at most 2,000
    users evenly spaced in the order of codes, relative to an equal share.
    """

    name = "popularity-penalty"
    Params = PopularityPenaltyParams

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        return Text("whatif.say_popularity_penalty", strength=self.params.strength)

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        penalty = self.params.strength * np.log(_popularity(policy))

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            return np.asarray(logits - penalty)

        return change


def _popularity(policy: ScoringPolicy) -> np.ndarray:
    """Mean probability times the number of items, at least .01, (n_items,)."""
    n_users, n_items = len(policy.user_ids), len(policy.item_ids)
    users = np.unique(np.linspace(0, max(n_users - 1, 0), min(n_users, _USERS)).astype(np.int64))
    if n_users == 0:
        users = np.array([-1])
    total = np.zeros(n_items)
    for at in range(0, len(users), _CHUNK):
        total += policy.probabilities(users[at : at + _CHUNK]).sum(axis=0)
    return np.asarray(np.maximum(total / len(users) * n_items, 0.01))
