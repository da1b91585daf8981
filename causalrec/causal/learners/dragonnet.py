"""A representation that also has to say who is treated, and outcomes that fit its average."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.learners.deep_learner import DeepLearner, Reading
from causalrec.causal.networks.sample import Batch
from causalrec.causal.networks.stacked import Weights, chain, constant

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Dragonnet"]

SURE = 0.02
"""Chances of the treatment are kept in [SURE, 1 - SURE] where a row is divided by them."""


class Dragonnet(DeepLearner):
    """A third head for the treatment, and targeted regularisation.

    The targeted error moves each outcome by one number times the row's weight, treated against
    control; where it is least that number is 0 and the outcomes solve the efficient score. A unit's
    effect is the difference of the heads: the shift serves averages, which are told by doubly
    robust scores.
    """

    name = "dragonnet"
    source = "Shi, Blei and Veitch, 2019"

    def chains(self, columns: int) -> dict[str, tuple[int, ...]]:
        """Widths: beside the heads the treatment's, one layer, and the shift."""
        return {**super().chains(columns), "chance": (self.width, 1), "shift": (0, 1)}

    def beside(self, weights: Weights, batch: Batch, reading: Reading) -> Tensor:
        """Error of the treatment's chance, and of the outcomes as they are shifted."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits

        logit = chain(weights, "chance", reading.inside)[..., 0]
        treated = batch.t.expand_as(logit)
        unlike = binary_cross_entropy_with_logits(logit, treated, reduction="none")
        # The chance learns from who is treated alone: rows must not be moved to where they fit.
        chance = torch.sigmoid(logit.detach()).clamp(SURE, 1 - SURE)
        pull = torch.where(treated > 0, 1.0 / chance, -1.0 / (1.0 - chance))
        shifted = reading.expected + constant(weights, "shift") * pull
        return batch.everyone(unlike + (batch.y - shifted) ** 2)
