"""Mix categories on the lists."""

from __future__ import annotations

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import ListIntervention
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["Diversify", "DiversifyParams"]


class DiversifyParams(Params):
    """How much, and how far down the list."""

    strength: float = param(0.3, ge=0, le=1, help="whatif.param_diversity")
    depth: int = param(30, ge=2, le=200, help="whatif.param_depth", advanced=True)


class Diversify(ListIntervention):
    """Re-rank a user's likeliest items by maximal marginal relevance.

    Item by item the list takes the largest ``(1 - strength) * relevance - strength * alike``:
    relevance is the logit scaled to 0..1 over the `depth` likeliest items, `alike` the share of
    the list so far with the item's category. The items then take over each other's
    probabilities: the first of the new list gets the largest, and so on. So single impressions
    have exact probabilities, rows still sum to 1 and what was never shown stays so.
    Carbonell and Goldstein (1998).
    """

    name = "diversify"
    Params = DiversifyParams
    needs = ("category",)
    source = "Carbonell and Goldstein (1998)"

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        return Text("whatif.say_diversify", strength=self.params.strength)

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        _, codes = np.unique(attributes.item_column("category"), return_inverse=True)
        strength, depth = self.params.strength, min(self.params.depth, len(codes))

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            best = np.argsort(-logits, axis=1, kind="stable")[:, :depth]
            values = np.take_along_axis(logits, best, axis=1)
            order = _marginal(values, codes[best], strength)
            changed = logits.copy()
            np.put_along_axis(changed, np.take_along_axis(best, order, axis=1), values, axis=1)
            return changed

        return change


def _marginal(values: np.ndarray, category: np.ndarray, strength: float) -> np.ndarray:
    """New order of each row's items, int (m, depth), places in the old order.

    Args:
        values: logits in falling order, (m, depth); -inf ones stay at the end.
        category: category codes, (m, depth).
        strength: weight of being unlike what is listed already.
    """
    rows, depth = np.arange(len(values)), values.shape[1]
    shown = np.isfinite(values)
    low = np.where(shown, values, np.inf).min(axis=1, keepdims=True)
    spread = values[:, :1] - low
    relevance = np.where(shown, values - low, -np.inf) / np.where(spread > 0, spread, 1.0)
    same = category[:, :, None] == category[:, None, :]
    alike = np.zeros(values.shape)
    free = np.ones(values.shape, dtype=bool)
    order = np.empty(values.shape, dtype=np.int64)
    for place in range(depth):
        gain = (1 - strength) * relevance - strength * alike / max(place, 1)
        gain = np.where(shown, gain, -1e9)
        chosen = np.where(free, gain, -np.inf).argmax(axis=1)
        order[:, place] = chosen
        free[rows, chosen] = False
        alike += same[rows, chosen]
    return order
