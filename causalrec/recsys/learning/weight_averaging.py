"""Learners that answer from the running mean of their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causalrec.recsys.learning.learner import TorchLearner, as_arrays, as_tensors, parameters
from causalrec.recsys.learning.training_loop import FitJob

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["AveragedLearner"]

_LONGEST = 1_000.0


class AveragedLearner(TorchLearner):
    """Steps by AdamW; scores, and what is kept, come from a running mean over the steps.

    The mean (Polyak and Juditsky, 1992; here exponential) is steadier than where the last step
    happened to lead, so that larger steps and fewer epochs do.

    Args:
        job: what is learnt from.
        first: named arrays, where learning starts.
        sizes: samples of an epoch and samples a step.
        learning_rate: of AdamW.
        regularization: weight decay.
        epochs: over how many epochs' steps the mean reaches back (at most 1,000 steps).

    Attributes:
        learnt: the parameters by name.
        mean: their running means by name.
    """

    def __init__(
        self,
        job: FitJob,
        first: dict[str, np.ndarray],
        sizes: tuple[int, int],
        *,
        learning_rate: float,
        regularization: float = 0.0,
        epochs: float = 1.0,
    ) -> None:
        import torch

        module = parameters(first, job.device)
        self.learnt: dict[str, Tensor] = dict(module.items())
        self.mean = as_tensors(first, job.device)
        self.steps = 0
        self.reach = min(max(epochs * sizes[0] / sizes[1], 1.0), _LONGEST)
        optimiser = torch.optim.AdamW(
            module.parameters(), lr=learning_rate, weight_decay=regularization, fused=True
        )
        optimiser.register_step_post_hook(self._take_in)
        super().__init__(job, module, optimiser, *sizes)

    def _take_in(self, *_: object) -> None:
        import torch

        self.steps += 1
        # The first steps count alike, so that the start is soon forgotten.
        share = max(1.0 / (self.reach + 1.0), 9.0 / (self.steps + 9.0))
        now = [self.learnt[name].detach() for name in self.mean]
        torch._foreach_lerp_(list(self.mean.values()), now, share)

    def weights(self) -> dict[str, np.ndarray]:
        """Copies of the means."""
        return as_arrays(self.mean)

    def state(self) -> dict[str, np.ndarray]:
        """See `TorchLearner.state`; the means too."""
        means = {f"mean.{name}": array for name, array in as_arrays(self.mean).items()}
        return {**super().state(), **means, "steps": np.array([self.steps])}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take up a `state`."""
        rest = dict(state)
        self.steps = int(rest.pop("steps")[0])
        means = {name: rest.pop(f"mean.{name}") for name in self.mean}
        self.mean = as_tensors(means, self.job.device)
        super().restore(rest)
