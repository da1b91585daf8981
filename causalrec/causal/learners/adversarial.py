"""A representation from which a critic cannot tell who is treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.causal.learners.deep_learner import DeepLearner, Reading
from causalrec.causal.networks.sample import Batch
from causalrec.causal.networks.stacked import Weights, chain

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Adversarial"]


class Adversarial(DeepLearner):
    """Balance by a critic that learns to tell the arms apart, and a body that learns to deceive it.

    The critic's gradient is turned around where it enters the body (Ganin et al., 2016), so that
    one step serves both.
    """

    name = "adversarial"
    source = "Ganin et al., 2016; Atan, Jordon and van der Schaar, 2018"
    turned = 0.3

    def chains(self, columns: int) -> dict[str, tuple[int, ...]]:
        """Widths: beside the heads the critic's."""
        return {**super().chains(columns), "critic": (self.width, self.width // 2, 1)}

    def beside(self, weights: Weights, batch: Batch, reading: Reading) -> Tensor:
        """The critic's error, in which both arms count alike."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        inside, turned = reading.inside, self.turned
        mirrored = (1.0 + turned) * inside.detach() - turned * inside
        logit = chain(weights, "critic", mirrored)[..., 0]
        error = binary_cross_entropy_with_logits(logit, batch.t.expand_as(logit), reduction="none")
        return batch.mean(error)
