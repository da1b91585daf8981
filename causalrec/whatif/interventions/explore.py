"""Leave a share of the impressions to chance."""

from __future__ import annotations

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.policies.policy import softmax
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import ListIntervention, Start
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["Explore", "ExploreParams"]


class ExploreParams(Params):
    """How much."""

    epsilon: float = param(0.1, ge=0, le=1, help="whatif.param_epsilon")


class Explore(ListIntervention):
    """``(1 - epsilon) P + epsilon / n`` over the n items that the policy may show at all."""

    name = "explore"
    Params = ExploreParams
    starts = 2

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.epsilon == 0)

    @property
    def sentence(self) -> Text:
        return Text("whatif.say_explore", epsilon=self.params.epsilon)

    @property
    def chance(self) -> float:
        return float(self.params.epsilon)

    @classmethod
    def start(cls, log: Dataset, treatment: str | None, lang: str) -> Start | None:
        """A tenth left to chance: what finding out costs, which most logs can judge.

        Of a log without users nobody asks it: what was shown there was left to chance already.
        """
        if not log.has("user"):
            return None
        return Start(cls.word("_start"), {"epsilon": 0.1})

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        epsilon = self.params.epsilon

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            shown = np.isfinite(logits)
            chance = shown / np.maximum(shown.sum(axis=1, keepdims=True), 1)
            mixed = (1 - epsilon) * softmax(logits) + epsilon * chance
            logged: np.ndarray = np.full_like(mixed, -np.inf)
            np.log(mixed, out=logged, where=mixed > 0)
            return logged

        return change
