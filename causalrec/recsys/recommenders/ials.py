"""iALS: hidden tastes by alternating least squares on all user-item pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.fitting import FitJob, train_epochs
from causalrec.recsys.recommender import Recommender

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["IALS"]

_PADDED = 4_000_000


class IALSParams(Params):
    """What iALS can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    epochs: int = param(16, help="recsys.help_epochs", ge=1, le=2_000)
    regularization: float = param(0.01, help="recsys.help_ials_regularization", ge=1e-6, le=100.0)
    alpha: float = param(0.3, help="recsys.help_alpha", ge=1e-4, le=10.0)
    patience: int = param(5, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class IALS(Recommender):
    """Factors minimise Σ w (1 - u·v)² over pairs taken + α₀ Σ (u·v)² over all pairs + penalty.

    The penalty of a user or item is λ (n + α₀ N) |x|² with n its interactions and N the size
    of the other side (Rendle, Krichene, Zhang and Koren, 2021). A user is scored by one solve
    on the history, so that users never met need no training.
    """

    name: ClassVar[str] = "ials"
    Params: ClassVar[type[Params]] = IALSParams
    uses_device: ClassVar[bool] = True
    params: IALSParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        size = self.params.factors
        needed = 8.0 * (users + items) * size + 12.0 * _PADDED * 4 + 4.0 * items * size
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        return train_epochs(
            job, _Learner(job, self.params), self.params.epochs, self.params.patience
        )

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"])

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        items = self._arrays["items"]
        return np.asarray(taste_of(history, items, self.params) @ items.T)


class _Learner:
    """Alternates: items given users, users given items."""

    def __init__(self, job: FitJob, params: IALSParams) -> None:
        import torch

        self.params = params
        self.forward = job.matrix
        self.backward = sparse.csr_matrix(job.matrix.T)
        first = generator(job.seed, "ials").normal(
            0.0, 0.1 / np.sqrt(params.factors), (job.matrix.shape[1], params.factors)
        )
        self.items = torch.from_numpy(first.astype(np.float32)).to(job.device)
        self.users = solve_side(self.forward, self.items, params)

    def epoch(self) -> float:
        self.items = solve_side(self.backward, self.users, self.params)
        self.users = solve_side(self.forward, self.items, self.params)
        return self._loss()

    def score(self, users: np.ndarray) -> np.ndarray:
        scores: np.ndarray = (self.users[users] @ self.items.T).cpu().numpy()
        return scores

    def weights(self) -> dict[str, np.ndarray]:
        return {"items": self.items.cpu().numpy().copy()}

    def state(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, name).cpu().numpy().copy() for name in ("items", "users")}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        import torch

        for name in ("items", "users"):
            setattr(self, name, torch.from_numpy(state[name]).to(self.items.device))

    def _loss(self) -> float:
        """The squared error of the pairs taken plus α₀ times that of all pairs, a pair taken."""
        import torch

        users = self.users
        everything = float(((users.T @ users) * (self.items.T @ self.items)).sum())
        coo = self.forward.tocoo()
        total = 0.0
        for start in range(0, coo.nnz, 1_000_000):
            part = slice(start, start + 1_000_000)
            row = torch.from_numpy(coo.row[part].astype(np.int64)).to(users.device)
            column = torch.from_numpy(coo.col[part].astype(np.int64)).to(users.device)
            weight = torch.from_numpy(coo.data[part]).to(users.device)
            error = 1.0 - (users[row] * self.items[column]).sum(dim=1)
            total += float((weight * error**2).sum())
        loss: float = (total + self.params.alpha * everything) / max(coo.nnz, 1)
        return loss


def solve_side(matrix: sparse.csr_matrix, other: Tensor, params: IALSParams) -> Tensor:
    """The best factors of each row given those of the columns.

    Args:
        matrix: csr (n, m), the weights of the pairs taken.
        other: (m, d).
        params: regularisation and alpha.

    Returns:
        (n, d); zeros for rows without an entry.
    """
    import torch

    n, m = matrix.shape
    size = other.shape[1]
    common = params.alpha * (other.T @ other)
    eye = torch.eye(size, dtype=other.dtype, device=other.device)
    solved = torch.zeros((n, size), dtype=other.dtype, device=other.device)
    for rows, codes, weights in _padded(matrix, size):
        codes_on = torch.from_numpy(codes).to(other.device)
        weights_on = torch.from_numpy(weights).to(other.device)
        near = other[codes_on] * weights_on.sqrt()[:, :, None]
        count = weights_on.sum(dim=1)
        ridge = params.regularization * (count + params.alpha * m)
        left = near.transpose(1, 2) @ near + common + ridge[:, None, None] * eye
        right = (other[codes_on] * weights_on[:, :, None]).sum(dim=1)
        factor, failed = torch.linalg.cholesky_ex(left)
        factor[failed > 0] = torch.nan  # told as "not finite" where the scores are checked
        solved[torch.from_numpy(rows).to(other.device)] = torch.cholesky_solve(
            right[:, :, None], factor
        )[:, :, 0]
    return solved


def taste_of(history: sparse.csr_matrix, items: np.ndarray, params: IALSParams) -> np.ndarray:
    """`solve_side` in numpy, so that a page lists items without loading torch."""
    n, m = history.shape
    size = items.shape[1]
    common = params.alpha * (items.T @ items)
    solved = np.zeros((n, size), dtype=items.dtype)
    for rows, codes, weights in _padded(sparse.csr_matrix(history), size):
        near = items[codes] * np.sqrt(weights)[:, :, None]
        ridge = params.regularization * (weights.sum(axis=1) + params.alpha * m)
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
