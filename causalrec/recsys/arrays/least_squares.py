"""One side of alternating least squares: the factors of all rows given those of the columns.

For a row with weights w over the columns taken, the factors x minimise
Σ w (1 - x·v)² + α₀ Σ (x·v)² + λ (Σ w + α₀ m) |x|², the second sum over all m columns. That is a
linear system a row; conjugate gradients (Hestenes and Stiefel, 1952) from the factors so far
get near its solution in a few steps, which are sparse and dense products for all rows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from causalrec.recsys.arrays.propagation import csr_tensor

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Side", "taste_of"]

_ENTRIES = 4_000_000
_PADDED = 4_000_000
_TINY = 1e-20


class Side:
    """Rows whose factors are improved, some at a time.

    Args:
        matrix: csr (n, m), the weights of the pairs taken.
        alpha: α₀, the weight of all pairs.
        regularization: λ.
        device: where it lives.
    """

    def __init__(
        self, matrix: sparse.csr_matrix, alpha: float, regularization: float, device: str
    ) -> None:
        import torch

        self.alpha = alpha
        total = np.asarray(matrix.sum(axis=1)).ravel()
        ridge = (regularization * (total + alpha * matrix.shape[1])).astype(np.float32)
        self.parts: list[tuple[slice, Tensor, Tensor]] = []
        start = 0
        while start < matrix.shape[0]:
            most = int(matrix.indptr[start]) + _ENTRIES
            stop = max(start + 1, int(np.searchsorted(matrix.indptr, most, side="right")) - 1)
            rows = slice(start, stop)
            held = torch.from_numpy(ridge[rows, None]).to(device)
            self.parts.append((rows, csr_tensor(matrix[rows], device), held))
            start = stop

    def improve(self, mine: Tensor, other: Tensor, steps: int, beat: Callable[[], None]) -> None:
        """Move factors (n, d), in place, towards the best ones given the columns' (m, d).

        Args:
            mine: factors of the rows.
            other: factors of the columns.
            steps: of conjugate gradients.
            beat: called after each part of the rows.
        """
        common = self.alpha * (other.T @ other)
        for rows, taken, ridge in self.parts:
            weights = taken.values()

            def left(x: Tensor, taken: Tensor = taken, ridge: Tensor = ridge) -> Tensor:
                product: Tensor = (ridge * x).addmm_(x, common)
                explained = _at(taken, x, other)
                explained.values().mul_(taken.values())
                return product.add_(explained @ other)

            if len(weights):
                _descend(mine[rows], taken @ other, left, steps)
            beat()

    def error(self, mine: Tensor, other: Tensor) -> float:
        """Σ w (1 - x·v)² over the pairs taken plus α₀ Σ (x·v)² over all pairs of these rows."""
        total = self.alpha * float(((mine.T @ mine) * (other.T @ other)).sum())
        for rows, taken, _ in self.parts:
            if len(taken.values()):
                wrong = 1.0 - _at(taken, mine[rows], other).values()
                total += float((taken.values() * wrong**2).sum())
        return total


def _at(pattern: Tensor, mine: Tensor, other: Tensor) -> Tensor:
    """The products mine otherᵀ at a csr's entries."""
    import torch

    products: Tensor = torch.sparse.sampled_addmm(pattern, mine, other.T, beta=0.0)
    return products


def _descend(x: Tensor, right: Tensor, left: Callable[[Tensor], Tensor], steps: int) -> None:
    """Conjugate gradients for ``left(x) = right``, each row on its own, ``x`` in place."""
    residual = right - left(x)
    towards = residual.clone()
    size = (residual**2).sum(dim=1, keepdim=True)
    for step in range(steps):
        image = left(towards)
        length = size / (towards * image).sum(dim=1, keepdim=True).clamp_(min=_TINY)
        x.addcmul_(length, towards)
        if step + 1 == steps:
            return
        residual.addcmul_(length, image, value=-1.0)
        shrunk = (residual**2).sum(dim=1, keepdim=True)
        towards = residual + shrunk / size.clamp_(min=_TINY) * towards
        size = shrunk


def taste_of(
    history: sparse.csr_matrix, items: np.ndarray, alpha: float, regularization: float
) -> np.ndarray:
    """The exact factors of rows, in numpy, so that a page lists items without loading torch.

    Args:
        history: csr (n, m), weights.
        items: factors (m, d).
        alpha: α₀.
        regularization: λ.

    Returns:
        (n, d); zeros for rows without an entry.
    """
    n, m = history.shape
    size = items.shape[1]
    common = alpha * (items.T @ items)
    solved = np.zeros((n, size), dtype=items.dtype)
    for rows, codes, weights in _padded(sparse.csr_matrix(history), size):
        near = items[codes] * np.sqrt(weights)[:, :, None]
        ridge = regularization * (weights.sum(axis=1) + alpha * m)
        left = near.transpose(0, 2, 1) @ near + common
        left += ridge[:, None, None] * np.eye(size, dtype=items.dtype)
        right = (items[codes] * weights[:, :, None]).sum(axis=1)
        solved[rows] = np.linalg.solve(left, right[:, :, None])[:, :, 0]
    return solved


def _padded(
    matrix: sparse.csr_matrix, size: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Rows of like length together: row numbers (b,), column codes and weights (b, longest).

    Padding has weight 0. A batch holds at most about 4 million numbers once gathered.
    """
    counts = np.diff(matrix.indptr)
    order = np.argsort(counts, kind="stable")
    order = order[counts[order] > 0]
    start = 0
    while start < len(order):
        # Lengths rise along the order, so the last row of a batch is its longest.
        lengths = counts[order[start:]]
        cost = (np.arange(len(lengths)) + 1) * (lengths + size) * size
        take = max(1, int(np.searchsorted(cost, _PADDED, side="right")))
        rows = order[start : start + take]
        longest = int(counts[rows[-1]])
        place = np.arange(longest)
        inside = place[None, :] < counts[rows][:, None]
        where = np.where(inside, matrix.indptr[rows][:, None] + place[None, :], 0)
        weights = np.where(inside, matrix.data[where], 0.0).astype(np.float32)
        yield rows, matrix.indices[where].astype(np.int64), weights
        start += take
