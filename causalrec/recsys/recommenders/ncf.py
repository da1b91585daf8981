"""NeuMF: a product of hidden tastes and a network over them, side by side."""

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
from causalrec.recsys.learning.learner import TorchLearner
from causalrec.recsys.learning.shared_negatives import Negatives
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.model.recommender import Recommender

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["NCF", "batch_for"]

_START = 0.05
_STEPS = 32


class NCFParams(Params):
    """What NeuMF can be told."""

    factors: int = param(32, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    negatives: int = param(4, help="recsys.help_negatives", ge=1, le=1_024)
    loss: str = param("bce", help="recsys.help_ncf_loss", choices=("bce", "sampled"))
    epochs: int = param(60, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(0.002, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(0.1, help="recsys.help_weight_decay", ge=0.0, le=100.0)
    batch_size: int = param(0, help="recsys.help_batch_size_sized", ge=0, le=1_048_576)
    patience: int = param(5, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


def batch_for(n_interactions: int) -> int:
    """Interactions a step where 0 leaves it open: a 32nd of the log, from 32 to 2,048.

    The power of two nearest to it. A pass over a small log is about 32 steps then; with a batch
    of a fixed 2,048 it would be one or two, and the network would be stopped before it learns.
    """
    return int(2 ** np.clip(np.log2(max(n_interactions, 1) / _STEPS).round(), 5, 11))


class NCF(Recommender):
    """Score: w·(g_u g_i) + network([h_u, h_i]), two hidden layers (He et al., 2017, fused).

    Learnt on each interaction and a few items that the user did not take: whether each was
    taken (binary cross-entropy), or which of them was (softmax). A batch of 0 is chosen by the
    log's size (`batch_for`). A user who was not met in
    training gets the vectors that a linear map predicts from those of the items.
    """

    name: ClassVar[str] = "ncf"
    family: ClassVar[str] = "factors"
    source: ClassVar[str] = "He et al., 2017"
    Params: ClassVar[type[Params]] = NCFParams
    takes_history: ClassVar[bool] = False
    uses_device: ClassVar[bool] = True
    params: NCFParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        params = job.settle(self.params, batch_size=batch_for(job.matrix.nnz))
        size, batch = params.factors, min(params.batch_size, job.matrix.nnz)
        tables = 4.0 * (users + items) * 2 * size * 5
        needed = tables + 4.0 * batch * (1 + params.negatives) * size * 20
        needed += 40.0 * job.matrix.nnz
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        learner = _Learner(job, params)
        kept = train_epochs(job, learner, params.epochs, params.patience)
        met = job.matrix.getnnz(axis=1) > 0
        return {
            **kept,
            "met": met,
            "fold_in": fold_in_map(job.matrix, kept["user_rows"], kept["item_rows"]),
        }

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["item_rows"])

    def _needs(self) -> dict[str, Need]:
        d, half = self.params.factors, max(self.params.factors // 2, 1)
        return {
            "user_rows": need(self.n_users, 2 * d),
            "item_rows": need(self.n_items, 2 * d),
            "first": need(d, 2 * d),
            "first_bias": need(d),
            "second": need(half, d),
            "second_bias": need(half),
            "last": need(d + half),
            "met": need(self.n_users, kind="b"),
            "fold_in": need(2 * d + 1, 2 * d),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        taste = self._arrays["user_rows"][users.clip(0)]
        strangers = (users < 0) | ~self._arrays["met"][users.clip(0)]
        if strangers.any():
            inputs = described(sparse.csr_matrix(history[strangers]), self._arrays["item_rows"])
            taste[strangers] = inputs @ self._arrays["fold_in"]
        return scored(self._arrays, taste)


def scored(weights: dict[str, np.ndarray], users: np.ndarray) -> np.ndarray:
    """Scores (n, n_items) of users' vectors (n, 2 d), in numpy.

    The first layer is a part of the user's plus a part of the item's, each worked out once.
    """
    items = weights["item_rows"]
    size = items.shape[1] // 2
    first, second = weights["first"], weights["second"]
    product, network = np.split(weights["last"], [size])
    scores = (users[:, :size] * product) @ items[:, :size].T
    mine = users[:, size:] @ first[:, :size].T + weights["first_bias"]
    theirs = items[:, size:] @ first[:, size:].T
    for part in chunks(len(users), len(items) * len(first), bytes_each=16):
        hidden = np.maximum(mine[part, None, :] + theirs[None, :, :], 0.0)
        deeper = hidden.reshape(-1, len(first)) @ second.T + weights["second_bias"]
        scores[part] += (np.maximum(deeper, 0.0) @ network).reshape(-1, len(items))
    return np.asarray(scores)


class _Learner(TorchLearner):
    """A sample is an interaction."""

    #: The tables start near 0, and so do their slopes: nothing is to be seen for many steps.
    fewest_steps = 300

    def __init__(self, job: FitJob, params: NCFParams) -> None:
        import torch

        matrix, device, size = job.matrix, job.device, params.factors
        rng = generator(job.seed, "ncf")

        def drawn(n: int, m: int, scale: float) -> Tensor:
            numbers = rng.standard_normal((n, m), dtype=np.float32) * np.float32(scale)
            return torch.from_numpy(numbers)

        half, (users, items) = max(size // 2, 1), matrix.shape
        start = {
            "user_rows": drawn(users, 2 * size, _START),
            "item_rows": drawn(items, 2 * size, _START),
            "first": drawn(size, 2 * size, np.sqrt(1.0 / size)),
            "first_bias": torch.zeros(size),
            "second": drawn(half, size, np.sqrt(2.0 / size)),
            "second_bias": torch.zeros(half),
            "last": drawn(1, size + half, np.sqrt(2.0 / size))[0],
        }
        module = torch.nn.ParameterDict({name: t.to(device) for name, t in start.items()})
        optimiser = torch.optim.AdamW(
            module.parameters(),
            lr=params.learning_rate,
            weight_decay=params.regularization,
            fused=True,
        )
        super().__init__(job, module, optimiser, matrix.nnz, params.batch_size)
        self.params = params
        who = np.repeat(np.arange(users, dtype=np.int64), matrix.getnnz(axis=1))
        self.users = torch.from_numpy(who).to(device)
        self.liked = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        weight = matrix.data / np.float32(matrix.data.mean(dtype=float))
        self.weight = torch.from_numpy(weight).to(device)
        self.negatives = Negatives(matrix, device)

    def loss(self, batch: Tensor, whole: int) -> Tensor:
        """See `TorchLearner.loss`."""
        import torch

        users, part = self.users[batch], self.job.team.share(whole)
        others = self.negatives.apart(users, part, whole, self.random, each=self.params.negatives)
        items = torch.cat([self.liked[batch, None], others], dim=1)
        scores = self._scores(users, items.clamp(min=0))
        missing = items < 0
        if self.params.loss == "sampled":
            scores = scores.masked_fill(missing, -torch.inf)
            losses = scores.logsumexp(dim=1) - scores[:, 0]
        else:
            targets = torch.zeros_like(scores)
            targets[:, 0] = 1.0
            each = torch.nn.functional.binary_cross_entropy_with_logits(
                scores, targets, reduction="none"
            )
            losses = each.masked_fill(missing, 0.0).sum(dim=1)
        total: Tensor = (losses * self.weight[batch]).sum() / whole
        return total

    def score(self, users: np.ndarray) -> np.ndarray:
        """Scores (n, n_items) of user codes (n,) as things stand."""
        weights = self.weights()
        return scored(weights, weights["user_rows"][users])

    def _scores(self, users: Tensor, items: Tensor) -> Tensor:
        """(b, k) of users (b,) and items (b, k)."""
        import torch

        weights = dict(self.module.named_parameters())
        size = self.params.factors
        mine = torch.nn.functional.embedding(users, weights["user_rows"])
        theirs = torch.nn.functional.embedding(items, weights["item_rows"])
        first, second = weights["first"], weights["second"]
        product, network = weights["last"][:size], weights["last"][size:]
        together = theirs[..., :size] @ (mine[:, :size] * product)[:, :, None]
        shared = mine[:, size:] @ first[:, :size].T + weights["first_bias"]
        hidden = torch.relu(theirs[..., size:] @ first[:, size:].T + shared[:, None, :])
        deeper = torch.relu(hidden @ second.T + weights["second_bias"])
        scores: Tensor = together[..., 0] + deeper @ network
        return scores
