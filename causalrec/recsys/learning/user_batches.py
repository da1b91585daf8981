"""What each user took, laid end to end on a device, for models that learn a user at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from causalrec.recsys.interactions.sequences import spans

if TYPE_CHECKING:
    from scipy import sparse
    from torch import Tensor

__all__ = ["Baskets"]


class Baskets:
    """Users with something taken, their items and weights.

    Args:
        matrix: csr (n_users, n_items), weighted.
        device: where the tensors lie.

    Attributes:
        met: codes of users with something taken, int64.
        starts, counts: where a user's items begin and how many they are, int64 (n_users,).
        items, weight: item codes and weights of mean 1, (nnz,).
        each: interactions a user met.
    """

    def __init__(self, matrix: sparse.csr_matrix, device: str) -> None:
        import torch

        count = np.diff(matrix.indptr).astype(np.int64)
        met = np.flatnonzero(count)
        self.met = torch.from_numpy(met).to(device)
        self.starts = torch.from_numpy(matrix.indptr[:-1].astype(np.int64)).to(device)
        self.counts = torch.from_numpy(count).to(device)
        self.items = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        weight = matrix.data / np.float32(matrix.data.mean(dtype=float))
        self.weight = torch.from_numpy(weight).to(device)
        self.each = matrix.nnz / len(met)

    def sizes(self, interactions: int) -> tuple[int, int]:
        """Users of an epoch, and of a batch of about so many interactions."""
        return len(self.met), max(1, round(interactions / self.each))

    def of(self, users: Tensor) -> tuple[Tensor, Tensor]:
        """For each interaction of users: whose it is (its place among them), and which it is."""
        return spans(self.starts[users], self.counts[users])
