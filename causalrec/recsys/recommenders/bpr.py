"""BPR: hidden tastes by ranking what a user took above what they did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.new_users import described, fold_in_map
from causalrec.recsys.arrays.topk import chunks
from causalrec.recsys.learning.pair_sampler import Untaken
from causalrec.recsys.learning.pairwise_kernel import PairLearner, Rates, has_compiler
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.model.fit_cost import FitCost, LogSize
from causalrec.recsys.model.recommender import Recommender

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["BPR"]

#: Pairs whose negatives are drawn at a time.
_DRAWN = 1_000_000
_TINY = 1e-8


class BPRParams(Params):
    """What BPR can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    epochs: int = param(100, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(0.05, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(0.012, help="recsys.help_bpr_regularization", ge=0.0, le=1.0)
    batch_size: int = param(2_048, help="recsys.help_batch_size", ge=1, le=1_048_576)
    patience: int = param(10, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class BPR(Recommender):
    """Maximises the sum of log σ(s(u, i) - s(u, j)), i taken, j not; s = u·v + b.

    Each interaction meets one fresh uniform negative an epoch (Rendle et al., 2009). A step
    touches only its own rows, with one Adagrad rate a row. On a processor it is one interaction,
    in compiled code (`PairLearner`); on a device, or where numba is missing, a batch of them.
    The fit's notes say which. A user who was not met in training
    gets the factors that a linear map, fitted on the users who were, predicts from the mean
    of their items' factors.
    """

    name: ClassVar[str] = "bpr"
    family: ClassVar[str] = "factors"
    source: ClassVar[str] = "Rendle et al., 2009"
    Params: ClassVar[type[Params]] = BPRParams
    suits: ClassVar[str] = "wide"
    takes_history: ClassVar[bool] = False
    uses_device: ClassVar[bool] = True
    params: BPRParams

    @classmethod
    def fit_cost(cls, log: LogSize) -> FitCost:
        """60 epochs of a step an interaction; the factors, the interactions and their sampler."""
        d = cls.Params.model_fields["factors"].default
        nodes = log.users + log.items
        return FitCost(60 * log.rows * d * 60, 12.0 * nodes * d + 40.0 * log.rows)

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        size = self.params.factors + 1
        batch = min(self.params.batch_size, job.matrix.nnz)
        # The table and the copy kept of it; a batch and its slopes; pairs and the sampler.
        needed = 8.0 * (users + items) * size + 36.0 * batch * size + 40.0 * job.matrix.nnz
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        learner = _learner(job, self.params)
        kept = train_epochs(job, learner, self.params.epochs, self.params.patience)
        met = job.matrix.getnnz(axis=1) > 0
        return {
            **kept,
            "met": met,
            "fold_in": fold_in_map(job.matrix, kept["users"], kept["items"][:, :-1]),
        }

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"][:, :-1])

    def _needs(self) -> dict[str, Need]:
        d = self.params.factors
        return {
            "users": need(self.n_users, d),
            "items": need(self.n_items, d + 1),
            "met": need(self.n_users, kind="b"),
            "fold_in": need(d + 1, d),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        items, taste = self._arrays["items"], self._arrays["users"][users.clip(0)]
        strangers = (users < 0) | ~self._arrays["met"][users.clip(0)]
        if strangers.any():
            inputs = described(sparse.csr_matrix(history[strangers]), items[:, :-1])
            taste = taste.copy()
            taste[strangers] = inputs @ self._arrays["fold_in"]
        return np.asarray(taste @ items[:, :-1].T + items[:, -1])


def _learner(job: FitJob, params: BPRParams) -> PairLearner | _Batches:
    """A pair at a time on a processor, in batches on a device; a note says which and why."""
    rng = generator(job.seed, "bpr")
    seed = int(rng.integers(2**62))
    users, items = job.matrix.shape
    table = np.empty((users + items, params.factors + 1), dtype=np.float32)
    for part in chunks(len(table), params.factors, bytes_each=12):
        size = (part.stop - part.start, params.factors)
        drawn = rng.standard_normal(size, dtype=np.float32) * np.float32(0.1)
        table[part, :-1] = drawn / np.float32(np.sqrt(params.factors))
    table[:users, -1], table[users:, -1] = 1.0, 0.0
    if job.device == "cpu" and has_compiler():
        job.notes.append(Text("recsys.note_bpr_pairs"))
        return PairLearner(job, table, Rates(params.learning_rate, params.regularization))
    key = "recsys.note_bpr_no_compiler" if job.device == "cpu" else "recsys.note_bpr_batches"
    job.notes.append(Text(key, batch=params.batch_size, device=job.device))
    return _Batches(job, params, table, seed)


class _Batches:
    """One table of users, then items: d factors and a last column, the items' bias (users: 1)."""

    def __init__(self, job: FitJob, params: BPRParams, table: np.ndarray, seed: int) -> None:
        import torch

        self.job, self.params = job, params
        self.users_n = job.matrix.shape[0]
        self.random = torch.Generator(device=job.device).manual_seed(seed)
        self.table = torch.from_numpy(table).to(job.device)
        self.square = torch.zeros(len(self.table), device=job.device)
        matrix = job.matrix
        rows = np.repeat(np.arange(self.users_n, dtype=np.int32), np.diff(matrix.indptr))
        self.row = torch.from_numpy(rows).to(job.device)
        self.column = torch.from_numpy(matrix.indices.astype(np.int32)).to(job.device)
        mean = np.float32(matrix.data.mean(dtype=float))
        self.weight = torch.from_numpy(matrix.data / mean).to(job.device)
        self.untaken = Untaken(matrix, job.device)
        self.steps_an_epoch = -(-matrix.nnz // params.batch_size)

    def epoch(self) -> float:
        import torch

        order = torch.randperm(len(self.row), generator=self.random, device=self.row.device)
        total = torch.zeros((), device=self.row.device)
        for part in torch.split(order, max(_DRAWN, self.params.batch_size)):
            users = self.row[part].long()
            others, free = self.untaken.draw(users, self.random)
            rows = torch.stack([users, self.column[part] + self.users_n, others + self.users_n])
            weights = self.weight[part] * free
            size = self.params.batch_size
            pieces = torch.split(rows, size, 1), torch.split(weights, size)
            for batch, weight in zip(*pieces, strict=True):
                total += self._step(batch, weight)
                self.job.beat()
        return float(total) / max(len(order), 1)

    def score(self, users: np.ndarray) -> np.ndarray:
        scores: np.ndarray = (self.table[users] @ self.table[self.users_n :].T).cpu().numpy()
        return scores

    def weights(self) -> dict[str, np.ndarray]:
        return {
            "users": self.table[: self.users_n, :-1].cpu().numpy().copy(),
            "items": self.table[self.users_n :].cpu().numpy().copy(),
        }

    def state(self) -> dict[str, np.ndarray]:
        arrays = {name: getattr(self, name).cpu().numpy().copy() for name in ("table", "square")}
        return {**arrays, "random": self.random.get_state().cpu().numpy().copy()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        import torch

        for name in ("table", "square"):
            setattr(self, name, torch.from_numpy(state[name]).to(self.row.device))
        self.random.set_state(torch.from_numpy(state["random"]))

    def _step(self, rows: Tensor, weight: Tensor) -> Tensor:
        """Learn from users, what they took and what not: rows (3, b); the sum of losses."""
        import torch

        flat = rows.reshape(-1)
        held = self.table.index_select(0, flat).view(3, len(weight), -1)
        taste, better, worse = held.unbind()
        gap = better - worse
        margin = torch.linalg.vecdot(taste, gap)
        pull = (torch.sigmoid(-margin) * weight)[:, None]
        ascent = held * (-self.params.regularization * weight)[:, None]
        lifted = taste * pull
        ascent[0].addcmul_(pull, gap)
        ascent[1].add_(lifted)
        ascent[2].sub_(lifted)
        ascent[0, :, -1] = 0.0
        self._move(flat, ascent.view(len(flat), -1))
        return (torch.nn.functional.softplus(-margin) * weight).sum()

    def _move(self, rows: Tensor, ascent: Tensor) -> None:
        """Row-wise Adagrad (Duchi et al., 2011); rows that occur again are summed."""
        import torch

        size = torch.linalg.vecdot(ascent, ascent) / ascent.shape[1]
        self.square.index_add_(0, rows, size)
        rate = self.params.learning_rate / (self.square[rows].sqrt() + _TINY)
        self.table.index_add_(0, rows, ascent.mul_(rate[:, None]))
