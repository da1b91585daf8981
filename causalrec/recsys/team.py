"""The processes that train one model together: one alone, or several under ``torchrun``.

Users are shared out, items are on every process; sums over users are added up by all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ALONE", "Team", "current_team"]


@dataclass(frozen=True)
class Team:
    """This process among its peers.

    Attributes:
        rank: which one it is, from 0.
        size: how many there are.
    """

    rank: int = 0
    size: int = 1

    def share(self, n: int) -> slice:
        """The rows of n that are this process's own; all processes together have each once."""
        return slice(self.rank * n // self.size, (self.rank + 1) * n // self.size)

    def sum_(self, tensors: Iterable[Tensor]) -> None:
        """Add each tensor up over the processes, in place."""
        if self.size == 1:
            return
        from torch import distributed

        for tensor in tensors:
            distributed.all_reduce(tensor)

    def total(self, values: np.ndarray) -> np.ndarray:
        """An array added up over the processes."""
        if self.size == 1:
            return values
        import torch

        tensor = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float64))
        self.sum_([tensor])
        return np.asarray(tensor.numpy())


ALONE = Team()


def current_team() -> Team:
    """The team that ``torchrun`` made of this process, else `ALONE`."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return ALONE
    from torch import distributed

    if not distributed.is_initialized():
        return ALONE
    return Team(distributed.get_rank(), distributed.get_world_size())
