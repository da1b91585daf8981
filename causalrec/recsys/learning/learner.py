"""One pass over the data by gradient steps, for models written as a torch module.

A model says what a sample is and what its loss is; batches, steps, sums over processes, the
state for a checkpoint and the reaction to a person who stops are here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from causalrec.core.seeds import generator
from causalrec.recsys.learning.training_loop import FitJob

if TYPE_CHECKING:
    from torch import Tensor, nn, optim

__all__ = ["TorchLearner", "as_arrays", "as_tensors", "parameters"]


def as_arrays(state: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """Copies of tensors as arrays."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in state.items()}


def as_tensors(arrays: dict[str, np.ndarray], device: str) -> dict[str, Tensor]:
    """Arrays as tensors on a device."""
    import torch

    return {name: torch.from_numpy(np.array(array)).to(device) for name, array in arrays.items()}


def parameters(first: dict[str, np.ndarray], device: str) -> nn.ParameterDict:
    """A module of named arrays, for networks written as functions of them."""
    from torch import nn

    tensors = {name: nn.Parameter(tensor) for name, tensor in as_tensors(first, device).items()}
    return nn.ParameterDict(tensors)


class TorchLearner(ABC):
    """What `train_epochs` trains, made of a module and an optimiser.

    Every process of a team goes through the same batches and takes its share of each; the
    loss is a sum over samples divided by the whole batch, so that summed gradients are those
    of one process.

    Args:
        job: what is learnt from.
        module: the network, on the job's device, its start drawn from the seed.
        optimiser: of its parameters.
        samples: how many samples an epoch has.
        batch_size: samples a step.
    """

    def __init__(
        self, job: FitJob, module: nn.Module, optimiser: optim.Optimizer, *sizes: int
    ) -> None:
        import torch

        self.job, self.module, self.optimiser = job, module, optimiser
        self.samples, self.batch_size = sizes
        seed = int(generator(job.seed, type(self).__module__, "batches").integers(2**62))
        #: Drawn from on every process alike: order of samples, shared negatives.
        self.random = torch.Generator(device=job.device).manual_seed(seed)

    @property
    def steps_an_epoch(self) -> int:
        """How many steps a pass takes."""
        return -(-self.samples // self.batch_size)

    @abstractmethod
    def loss(self, batch: Tensor, whole: int) -> Tensor:
        """Sum of the losses of samples (their numbers, int64 (b,)), divided by ``whole``."""

    @abstractmethod
    def score(self, users: np.ndarray) -> np.ndarray:
        """Scores (n, n_items) of user codes (n,) as things stand."""

    def weights(self) -> dict[str, np.ndarray]:
        """Copies of the module's parameters and buffers."""
        return as_arrays(self.module.state_dict())

    def batches(self) -> Iterator[Tensor]:
        """Sample numbers of each step of an epoch, on every process alike."""
        import torch

        order = torch.randperm(self.samples, generator=self.random, device=self.job.device)
        yield from torch.split(order, self.batch_size)

    def epoch(self) -> float:
        """One pass; the mean loss of a sample."""
        import torch

        self.module.train()
        total = torch.zeros((), device=self.job.device)
        for batch in self.batches():
            mine = batch[self.job.team.share(len(batch))]
            self.optimiser.zero_grad(set_to_none=True)
            loss = self.loss(mine, len(batch))
            loss.backward()  # type: ignore[no-untyped-call]
            parameters = [p for p in self.module.parameters() if p.requires_grad]
            self.job.team.sum_(_gradients(parameters))
            self.optimiser.step()
            total += loss.detach() * len(batch)
            self.job.beat()
        self.job.team.sum_([total])
        self.module.eval()
        return float(total) / max(self.samples, 1)

    def state(self) -> dict[str, np.ndarray]:
        """Module, optimiser and random state, as arrays."""
        module = as_arrays(self.module.state_dict())
        arrays = {f"module.{name}": array for name, array in module.items()}
        for place, kept in self.optimiser.state_dict()["state"].items():
            arrays.update({f"optimiser.{place}.{k}": v for k, v in as_arrays(kept).items()})
        arrays["random"] = self.random.get_state().cpu().numpy().copy()
        return arrays

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take up a `state`."""
        groups: dict[str, dict[str, Any]] = {"module": {}, "optimiser": {}, "random": {}}
        tensors = as_tensors(state, "cpu")
        for name, tensor in tensors.items():
            group, _, key = name.partition(".")
            groups[group][key] = tensor
        self.module.load_state_dict(groups["module"])
        kept: dict[int, dict[str, Tensor]] = {}
        for name, tensor in groups["optimiser"].items():
            place, _, key = name.partition(".")
            kept.setdefault(int(place), {})[key] = tensor
        whole = self.optimiser.state_dict()
        self.optimiser.load_state_dict({"state": kept, "param_groups": whole["param_groups"]})
        self.random.set_state(tensors["random"])


def _gradients(parameters: list[nn.Parameter]) -> Iterator[Tensor]:
    import torch

    for parameter in parameters:
        if parameter.grad is None:  # a process without a sample still takes part in the sum
            parameter.grad = torch.zeros_like(parameter)
        yield parameter.grad
