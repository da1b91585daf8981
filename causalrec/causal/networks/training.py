"""One loop that trains K networks at once and keeps each as it was when it was best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causalrec.causal.networks.sample import Batch, Draws, Table
from causalrec.causal.networks.stacked import Weights, parameters

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Judge", "Pace", "train"]

Judge = Callable[[Weights, Batch], "Tensor"]
"""What each of K networks loses on its rows, (K,)."""


@dataclass(frozen=True)
class Pace:
    """How networks learn.

    Attributes:
        batch: rows of a step.
        rate: of AdamW (Loshchilov and Hutter, 2019); decay: of its weights.
        steps: at most.
        patience: looks at held-out rows without a better one, after which a network is done.
        between: steps between looks, at least; a pass over the rows where that is less than
            `steps` / 20.
        most_held: rows of an arm that are looked at.
    """

    batch: int = 64
    rate: float = 2e-3
    decay: float = 1e-3
    steps: int = 2_000
    patience: int = 5
    between: int = 20
    most_held: int = 2_000


class _Best:
    """Weights of each network where its held-out loss was least, and which still learn."""

    def __init__(self, weights: Weights, patience: int) -> None:
        import torch

        self._now = parameters(weights)
        self._kept = [tensor.detach().clone() for tensor in self._now]
        nets, device = len(self._now[0]), self._now[0].device
        self._least = torch.full((nets,), float("inf"), device=device)
        self._since = torch.zeros(nets, dtype=torch.long, device=device)
        self._patience = patience

    def look(self, loss: Tensor) -> bool:
        """Keep those that got better; whether any may still.

        One whose patience is over is left as it is, whatever the others need: it must not depend
        on its neighbours.
        """
        import torch

        better = (loss < self._least) & (self._since < self._patience)
        self._least = torch.where(better, loss, self._least)
        self._since = torch.where(better, 0, self._since + 1)
        for kept, now in zip(self._kept, self._now, strict=True):
            shaped = better.view(-1, *[1] * (now.dim() - 1))
            kept.copy_(torch.where(shaped, now.detach(), kept))
        return bool((self._since < self._patience).any())

    def restore(self) -> None:
        for kept, now in zip(self._kept, self._now, strict=True):
            now.requires_grad_(False).copy_(kept)


def train(
    weights: Weights, table: Table, draws: Draws, *, loss: Judge, judged: Judge, pace: Pace
) -> int:
    """Learn the weights, in place; each network ends as it was best on its held-out rows.

    Args:
        weights: of K networks.
        table: rows.
        draws: which rows each network learns from and which are held out.
        loss: what is made small.
        judged: what says on held-out rows which weights are best.
        pace: how they learn.

    Returns:
        Steps that were taken.
    """
    import torch

    optimiser = torch.optim.AdamW(
        parameters(weights), lr=pace.rate, weight_decay=pace.decay, fused=True
    )
    held = draws.held_out(table, pace.most_held)
    between = max(pace.between, min(draws.round, pace.steps // 20))
    best = _Best(weights, pace.patience)
    steps = 0
    while steps < pace.steps:
        controls, treated = draws.batches(between)
        for places in zip(controls, treated, strict=True):
            optimiser.zero_grad()
            torch.autograd.backward(loss(weights, draws.learned(table, places)).sum())
            optimiser.step()
        steps += between
        with torch.no_grad():
            if not best.look(judged(weights, held)):
                break
    best.restore()
    return steps
