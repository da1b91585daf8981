"""Networks with one representation of the covariates and one head for each arm.

The frame of TARNet, CFR and their kin (Shalit, Johansson and Sontag, 2017): a body turns covariates
into a representation, a head an arm turns that into an outcome. Kinds differ in what they lose
beside the error of the outcome.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from causalrec.causal.learners.ensemble_learner import EnsembleLearner
from causalrec.causal.networks.sample import Batch
from causalrec.causal.networks.stacked import Weights, chain
from causalrec.causal.networks.training import Judge

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DeepLearner", "Reading", "outcome_of", "represented"]

HEADS = ("without", "with")


def represented(weights: Weights, x: Tensor) -> Tensor:
    """What the body makes of covariates (K, n, p): (K, n, d)."""
    return chain(weights, "body", x, bent=True)


def outcome_of(weights: Weights, arm: int, inside: Tensor) -> Tensor:
    """Expected outcome in an arm given the representation (K, n, d): (K, n)."""
    return chain(weights, HEADS[arm], inside)[..., 0]


@dataclass(frozen=True, eq=False)
class Reading:
    """What networks make of a batch.

    Attributes:
        inside: representation, (K, a + b, d).
        expected: outcome of each row in its own arm, (K, a + b).
    """

    inside: Tensor
    expected: Tensor


class DeepLearner(EnsembleLearner, ABC):
    """One kind of network; what it loses beside the outcome's error is its own.

    Attributes:
        width: of the representation; depth: layers of the body and of a head.
        strength: of what it loses beside the outcome's error.
    """

    width: ClassVar[int] = 64
    depth: ClassVar[int] = 3
    strength: ClassVar[float] = 1.0

    def chains(self, columns: int) -> dict[str, tuple[int, ...]]:
        """Widths of the layers for so many covariates."""
        width, half = self.width, self.width // 2
        head = (width, *[half] * (self.depth - 1), 1)
        return {"body": (columns, *[width] * self.depth), HEADS[0]: head, HEADS[1]: head}

    def beside(self, weights: Weights, batch: Batch, reading: Reading) -> Tensor | None:
        """What each network loses beside the outcome's error, (K,); None: nothing."""
        return None

    def read(self, weights: Weights, batch: Batch) -> Reading:
        """Representation and expected outcomes of a batch."""
        import torch

        inside = represented(weights, batch.x)
        arms = batch.by_arm(inside)
        control = outcome_of(weights, 0, arms.control)
        treated = outcome_of(weights, 1, arms.treated)
        return Reading(inside, torch.cat([control, treated], dim=1))

    def both(self, weights: Weights, x: Tensor) -> Tensor:
        import torch

        inside = represented(weights, x)
        return torch.stack([outcome_of(weights, arm, inside) for arm in (0, 1)], dim=2)

    def losing(self, streams: Sequence[np.random.Generator]) -> Judge:
        return self.loss

    def loss(self, weights: Weights, batch: Batch) -> Tensor:
        """What is made small: the outcome's error, and what the kind loses beside it, (K,)."""
        reading = self.read(weights, batch)
        error = batch.mean((batch.y - reading.expected) ** 2)
        beside = self.beside(weights, batch, reading)
        return error if beside is None else error + self.strength * beside

    def judged(self, weights: Weights, batch: Batch) -> Tensor:
        """The outcome's error on held-out rows, (K,)."""
        return batch.mean((batch.y - self.read(weights, batch).expected) ** 2)
