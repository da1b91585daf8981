"""Items that users did not take, one a pair, drawn uniformly by rejection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from torch import Generator, Tensor

__all__ = ["Untaken"]

_TRIES = 8
_MOST_SLOTS = 2**27
_SLOTS_EACH = 16


class Untaken:
    """Answers most questions from one table of a byte a slot.

    The slot of a pair is its number modulo the size of the table; an empty slot says that the
    pair was not taken. Where the table has a slot for every pair that is all there is to it;
    else pairs in filled slots (few, with 16 slots an interaction) are looked up.

    Args:
        matrix: csr (n_users, n_items) of what users took.
        device: where the draws live.
    """

    def __init__(self, matrix: sparse.csr_matrix, device: str) -> None:
        import torch

        users, self.n_items = matrix.shape
        rows = np.repeat(np.arange(users, dtype=np.int64), np.diff(matrix.indptr))
        rows *= self.n_items
        rows += matrix.indices
        slots = min(max(_SLOTS_EACH * matrix.nnz, 2**24), _MOST_SLOTS)
        self.exact = users * self.n_items <= slots
        self.slots = users * self.n_items if self.exact else slots
        taken = torch.from_numpy(rows).to(device)
        self.filled = torch.zeros(self.slots, dtype=torch.bool, device=device)
        self.filled[taken if self.exact else taken % self.slots] = True
        self.taken = None if self.exact else taken.sort().values

    def draw(self, users: Tensor, random: Generator) -> tuple[Tensor, Tensor]:
        """For each user an item that they did not take.

        Args:
            users: codes, int64 (n,).
            random: drawn from; eight numbers a pair at most.

        Returns:
            Items, int64 (n,), and whether they were not taken, bool (n,): False where eight
            draws were all of items that the user took.
        """
        import torch

        base = users * self.n_items
        drawn = self._fresh(len(users), random)
        wrong = self._took(base + drawn)
        if users.is_cuda:  # to know how many are wrong would hold up the device
            for _ in range(_TRIES - 1):
                drawn = torch.where(wrong, self._fresh(len(users), random), drawn)
                wrong = wrong & self._took(base + drawn)
            return drawn, ~wrong
        at = wrong.nonzero()[:, 0]
        for _ in range(_TRIES - 1):
            if not len(at):
                break
            again = self._fresh(len(at), random)
            drawn[at] = again
            still = self._took(base[at] + again)
            wrong[at] = still
            at = at[still]
        return drawn, ~wrong

    def _fresh(self, n: int, random: Generator) -> Tensor:
        import torch

        return torch.randint(self.n_items, (n,), generator=random, device=self.filled.device)

    def _took(self, pairs: Tensor) -> Tensor:
        import torch

        if self.taken is None:
            return self.filled.take(pairs)
        maybe = self.filled.take(pairs % self.slots)
        if pairs.is_cuda:
            return maybe & self._is_taken(pairs)
        at = maybe.nonzero()[:, 0]
        maybe[at] = self._is_taken(torch.index_select(pairs, 0, at))
        return maybe

    def _is_taken(self, pairs: Tensor) -> Tensor:
        import torch

        assert self.taken is not None
        place = torch.searchsorted(self.taken, pairs).clamp_(max=len(self.taken) - 1)
        taken: Tensor = self.taken[place] == pairs
        return taken
