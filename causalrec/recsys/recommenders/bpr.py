"""BPR: hidden tastes by ranking what a user took above what they did not."""

from __future__ import annotations

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

__all__ = ["BPR"]

_TRIES = 8
_TINY = 1e-8
_LEARNT = ("users", "items", "users_square", "items_square")


class BPRParams(Params):
    """What BPR can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    epochs: int = param(100, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(0.05, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(0.01, help="recsys.help_bpr_regularization", ge=0.0, le=1.0)
    batch_size: int = param(2_048, help="recsys.help_batch_size", ge=1, le=1_048_576)
    patience: int = param(10, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class BPR(Recommender):
    """Maximises the sum of log σ(s(u, i) - s(u, j)), i taken, j not; s = u·v + b.

    Each interaction meets one fresh uniform negative an epoch (Rendle et al., 2009). A step
    touches only its own rows, with one Adagrad rate a row. A user who was not met in training
    gets the factors that a linear map, fitted on the users who were, predicts from the mean
    of their items' factors.
    """

    name: ClassVar[str] = "bpr"
    Params: ClassVar[type[Params]] = BPRParams
    takes_history: ClassVar[bool] = False
    uses_device: ClassVar[bool] = True
    params: BPRParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        size = self.params.factors + 1
        batch = min(self.params.batch_size, job.matrix.nnz)
        needed = 12.0 * (users + items) * size + 24.0 * batch * size + 40.0 * job.matrix.nnz
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        learner = _Learner(job, self.params)
        kept = train_epochs(job, learner, self.params.epochs, self.params.patience)
        met = job.matrix.getnnz(axis=1) > 0
        return {**kept, "met": met, "fold_in": _fold_in(job.matrix, kept, met)}

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"][:, :-1])

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        items, taste = self._arrays["items"], self._arrays["users"][users.clip(0)]
        strangers = (users < 0) | ~self._arrays["met"][users.clip(0)]
        if strangers.any():
            told = _described(sparse.csr_matrix(history[strangers]), items[:, :-1])
            taste = taste.copy()
            taste[strangers] = told @ self._arrays["fold_in"]
        return np.asarray(taste @ items[:, :-1].T + items[:, -1])


class _Learner:
    """Factors of users (n, d) and items (m, d + 1, the last column the bias)."""

    def __init__(self, job: FitJob, params: BPRParams) -> None:
        import torch

        self.job, self.params = job, params
        users, items = job.matrix.shape
        self.items_n = items
        rng = generator(job.seed, "bpr")
        self.random = torch.Generator(device=job.device).manual_seed(int(rng.integers(2**62)))

        def start(n: int) -> Tensor:
            drawn = rng.normal(0.0, 0.1 / np.sqrt(params.factors), (n, params.factors))
            return torch.from_numpy(drawn.astype(np.float32)).to(job.device)

        self.users = start(users)
        self.items = torch.cat([start(items), torch.zeros((items, 1), device=job.device)], dim=1)
        self.users_square = torch.zeros(users, device=job.device)
        self.items_square = torch.zeros(items, device=job.device)
        coo = job.matrix.tocoo()
        self.row = torch.from_numpy(coo.row.astype(np.int64)).to(job.device)
        self.column = torch.from_numpy(coo.col.astype(np.int64)).to(job.device)
        self.weight = torch.from_numpy(coo.data / np.float32(coo.data.mean(dtype=float))).to(
            job.device
        )
        self.taken = (self.row * items + self.column).sort().values

    def epoch(self) -> float:
        import torch

        order = torch.randperm(len(self.row), generator=self.random, device=self.row.device)
        losses = []
        for batch in torch.split(order, self.params.batch_size):
            losses.append(self._step(batch))
            self.job.beat()
        return float(torch.stack(losses).sum()) / max(len(order), 1)

    def score(self, users: np.ndarray) -> np.ndarray:
        scores = self.users[users] @ self.items[:, :-1].T + self.items[:, -1]
        made: np.ndarray = scores.cpu().numpy()
        return made

    def weights(self) -> dict[str, np.ndarray]:
        return {
            "users": self.users.cpu().numpy().copy(),
            "items": self.items.cpu().numpy().copy(),
        }

    def state(self) -> dict[str, np.ndarray]:
        made = {name: getattr(self, name).cpu().numpy().copy() for name in _LEARNT}
        return {**made, "random": self.random.get_state().cpu().numpy().copy()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        import torch

        for name in _LEARNT:
            setattr(self, name, torch.from_numpy(state[name]).to(self.row.device))
        self.random.set_state(torch.from_numpy(state["random"]))

    def _negatives(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """An item that each user did not take, and whether one was found."""
        import torch

        drawn = torch.empty_like(rows)
        wrong = torch.ones_like(rows, dtype=torch.bool)
        for _ in range(_TRIES):
            at = wrong.nonzero()[:, 0]
            fresh = torch.randint(
                self.items_n, (len(at),), generator=self.random, device=rows.device
            )
            drawn[at] = fresh
            keys = rows[at] * self.items_n + fresh
            place = torch.searchsorted(self.taken, keys).clamp_(max=len(self.taken) - 1)
            wrong[at] = self.taken[place] == keys
            if not bool(wrong.any()):
                break
        return drawn, ~wrong

    def _step(self, batch: Tensor) -> Tensor:
        import torch

        row, liked, weight = self.row[batch], self.column[batch], self.weight[batch]
        other, found = self._negatives(row)
        weight = weight * found
        taste = self.users[row]
        better, worse = self.items[liked], self.items[other]
        gap = better - worse
        margin = (taste * gap[:, :-1]).sum(dim=1) + gap[:, -1]
        pull = (-torch.sigmoid(-margin) * weight)[:, None]
        hold = self.params.regularization * weight[:, None]
        lifted = torch.cat([taste, torch.ones_like(pull)], dim=1)
        self._move(self.users, self.users_square, row, pull * gap[:, :-1] + hold * taste)
        items = torch.cat([liked, other])
        slopes = torch.cat([pull * lifted + hold * better, -pull * lifted + hold * worse])
        self._move(self.items, self.items_square, items, slopes)
        return (torch.nn.functional.softplus(-margin) * weight).sum()

    def _move(self, table: Tensor, square: Tensor, rows: Tensor, slopes: Tensor) -> None:
        """Row-wise Adagrad (Duchi et al., 2011) on the distinct rows of a batch."""
        import torch

        distinct, place = torch.unique(rows, return_inverse=True)
        total = torch.zeros((len(distinct), table.shape[1]), device=table.device)
        total.index_add_(0, place, slopes)
        grown = square[distinct] + (total**2).mean(dim=1)
        square[distinct] = grown
        table[distinct] -= self.params.learning_rate * total / (grown.sqrt() + _TINY)[:, None]


def _described(history: sparse.csr_matrix, items: np.ndarray) -> np.ndarray:
    """The mean of the factors of what each user took, and a 1: (n, d + 1)."""
    count = np.maximum(history.getnnz(axis=1), 1)[:, None]
    binary = sparse.csr_matrix(history, copy=True)
    binary.data[:] = 1.0
    mean = (binary @ items) / count
    return np.concatenate([mean, np.ones((len(mean), 1))], axis=1).astype(np.float32)


def _fold_in(matrix: sparse.csr_matrix, kept: dict[str, np.ndarray], met: np.ndarray) -> np.ndarray:
    """(d + 1, d): ridge regression of learnt user factors on `_described` histories."""
    known = _described(sparse.csr_matrix(matrix[met]), kept["items"][:, :-1]).astype(np.float64)
    gram = known.T @ known
    ridge = 1e-3 * (np.trace(gram) / len(gram) + _TINY) * np.eye(len(gram))
    return np.linalg.solve(gram + ridge, known.T @ kept["users"][met]).astype(np.float32)
