"""Items that users did not take, drawn for losses that do not go over the whole catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from torch import Generator, Tensor

__all__ = ["Negatives"]

_TRIES = 8


class Negatives:
    """Draws from a generator that every process of a team has alike.

    Args:
        matrix: csr (n_users, n_items) of what users took.
        device: where the draws live.
        evenness: items are drawn with probability proportional to (1 + users who took it) to
            the power of this; 0 is uniform.
        only: items that may be drawn, bool (n_items,); None: all.
    """

    def __init__(
        self,
        matrix: sparse.csr_matrix,
        device: str,
        evenness: float = 0.0,
        only: np.ndarray | None = None,
    ) -> None:
        import torch

        self.n_items = matrix.shape[1]
        rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
        #: user * n_items + item of every interaction, rising.
        self.taken = torch.from_numpy(np.sort(rows * self.n_items + matrix.indices)).to(device)
        share = (1.0 + matrix.getnnz(axis=0)) ** evenness
        share = share if only is None else share * only
        share = share / share.sum()
        self.edges = torch.from_numpy(np.cumsum(share)).to(device)
        log_share = np.log(np.maximum(share, 1e-30)).astype(np.float32)
        self.log_share = torch.from_numpy(log_share).to(device)
        codes = np.arange(self.n_items) if only is None else np.flatnonzero(only)
        self.codes = torch.from_numpy(codes).to(device)

    def shared(self, n: int, random: Generator) -> tuple[Tensor, Tensor]:
        """Items for a whole batch, with repeats.

        Returns:
            Codes int64 (n,), and the logarithm of how often each was expected, float32 (n,).
        """
        import torch

        place = torch.rand(n, generator=random, device=self.edges.device, dtype=torch.float64)
        codes = torch.searchsorted(self.edges, place).clamp_(max=self.n_items - 1)
        return codes, self.log_share[codes] + float(np.log(n))

    def apart(
        self, rows: Tensor, part: slice, whole: int, random: Generator, *, each: int = 1
    ) -> Tensor:
        """For each user items that they did not take, drawn uniformly.

        Args:
            rows: users of this process's share of a batch, int64 (b,).
            part: where the share lies in the batch.
            whole: size of the batch; that much is drawn on every process.
            random: the team's generator.
            each: items a user.

        Returns:
            Codes int64 (b, each); -1 where eight draws were all of items that the user took.
        """
        import torch

        shape = (_TRIES, whole, each)
        drawn = torch.randint(len(self.codes), shape, generator=random, device=self.edges.device)
        drawn = self.codes[drawn]
        items, *others = drawn[:, part].unbind()
        keys = rows[:, None] * self.n_items
        wrong = self._took(keys + items)
        for again in others:
            at = wrong.nonzero(as_tuple=True)
            if not len(at[0]):
                break
            items[at] = again[at]
            wrong[at] = self._took(keys[at[0], 0] + again[at])
        return items.masked_fill(wrong, -1)

    def _took(self, keys: Tensor) -> Tensor:
        import torch

        place = torch.searchsorted(self.taken, keys).clamp_(max=len(self.taken) - 1)
        taken: Tensor = self.taken[place] == keys
        return taken
