"""A hidden cause that covariates are noisy signs of, by a variational autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from causalrec.causal.learners.ensemble_learner import EnsembleLearner
from causalrec.causal.networks.sample import Batch
from causalrec.causal.networks.stacked import Weights, chain
from causalrec.causal.networks.training import Judge

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["CEVAE"]

HIDDEN, WIDTH = 5, 32
"""Hidden numbers of a row; width of the layers."""


class CEVAE(EnsembleLearner):
    """Causal effect variational autoencoder.

    Hidden normal numbers z draw covariates, treatment and outcome, and the effect is that at the z
    which a row's covariates suggest. It is right where the covariates tell all of the hidden cause
    in such a model; no data can say so, and it was seen to fail where they do not (Rissanen and
    Marttinen, 2021). No interval is valid.
    """

    name = "cevae"
    source = "Louizos et al., 2017; Rissanen and Marttinen, 2021 (critique)"
    experimental = True
    assumption = "causal.assume_signs"

    def chains(self, columns: int) -> dict[str, tuple[int, ...]]:
        """Widths: what z draws, what tells z, and what stands in for outcome and treatment."""
        draws = dict.fromkeys(("without", "with", "chance"), (HIDDEN, WIDTH, 1))
        tells = dict.fromkeys(("z_without", "z_with"), (WIDTH, 2 * HIDDEN))
        guesses = dict.fromkeys(("guess_without", "guess_with", "assigned"), (columns, WIDTH, 1))
        return {
            "covariates": (HIDDEN, WIDTH, columns), "spread": (0, columns), "noise": (0, 1),
            "signs": (columns + 1, WIDTH, WIDTH), **draws, **tells, **guesses,
        }  # fmt: skip

    def losing(self, streams: Sequence[np.random.Generator]) -> Judge:
        """The bound with z drawn once a row, each network from its own numbers."""
        own = [rng.spawn(1)[0] for rng in streams]
        return partial(_bound, streams=own)

    def judged(self, weights: Weights, batch: Batch) -> Tensor:
        """The bound at the mean of z, (K,)."""
        return _bound(weights, batch)

    def both(self, weights: Weights, x: Tensor) -> Tensor:
        """Outcomes at the mean of z, whose treatment and outcome are those that x suggests."""
        import torch

        chance = torch.sigmoid(chain(weights, "assigned", x))
        means = []
        for arm in ("without", "with"):
            z = _told(weights, arm, x, chain(weights, f"guess_{arm}", x))[..., :HIDDEN]
            means.append(torch.cat([chain(weights, to, z) for to in ("without", "with")], dim=2))
        return (1.0 - chance) * means[0] + chance * means[1]


def _told(weights: Weights, arm: str, x: Tensor, y: Tensor) -> Tensor:
    """Means and logarithms of variances of z, (K, n, 2 x hidden), by x (K, n, p), y (K, n, 1)."""
    import torch

    signs = chain(weights, "signs", torch.cat([x, y], dim=2), bent=True)
    return chain(weights, f"z_{arm}", signs)


def _bound(
    weights: Weights, batch: Batch, *, streams: Sequence[np.random.Generator] = ()
) -> Tensor:
    """Less the evidence's lower bound of each network, with what guesses the outcome, (K,)."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as unlike

    xs, ys = batch.by_arm(batch.x), batch.by_arm(batch.y[..., None])
    parts = [("without", xs.control, ys.control), ("with", xs.treated, ys.treated)]
    about = torch.cat([_told(weights, arm, x, y) for arm, x, y in parts], dim=1)
    mean, spread = about[..., :HIDDEN], about[..., HIDDEN:].clamp(-8.0, 8.0)
    z = mean
    if streams:
        drawn = np.stack([rng.standard_normal(mean.shape[1:], dtype=np.float32) for rng in streams])
        z = mean + torch.exp(0.5 * spread) * torch.from_numpy(drawn).to(mean.device)
    hidden = batch.by_arm(z)
    outcome = torch.cat(
        [chain(weights, "without", hidden.control), chain(weights, "with", hidden.treated)], dim=1
    )
    guessed = torch.cat([chain(weights, f"guess_{arm}", x) for arm, x, _ in parts], dim=1)
    treated = batch.t.expand_as(batch.y)
    lost = (
        _normal(batch.x - chain(weights, "covariates", z), weights["spread"][0][1]).sum(2)
        + _normal(batch.y[..., None] - outcome, weights["noise"][0][1])[..., 0]
        + 0.5 * (mean**2 + torch.exp(spread) - spread - 1.0).sum(2)
        + 0.5 * (batch.y - guessed[..., 0]) ** 2
    )
    for name, x in (("chance", z), ("assigned", batch.x)):
        lost = lost + unlike(chain(weights, name, x)[..., 0], treated, reduction="none")
    return batch.everyone(lost)


def _normal(left: Tensor, spread: Tensor) -> Tensor:
    """Less the logarithm of a normal density, but for its constant."""
    import torch

    return 0.5 * (left**2 * torch.exp(-spread) + spread)
