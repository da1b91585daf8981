"""MultVAE: what a user took, squeezed into a few hidden tastes and unfolded again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.learning.losses import full_softmax
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.learning.user_batches import Baskets
from causalrec.recsys.learning.weight_averaging import AveragedLearner
from causalrec.recsys.model.fit_cost import FitCost, LogSize
from causalrec.recsys.model.recommender import Recommender

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MultVAE"]

#: Learning goes through tensors, scoring through arrays.
Array = TypeVar("Array", np.ndarray, "Tensor")

#: A history has length 1, so that sums of first-layer rows start with this spread, whatever
#: the catalogue's size.
_ENTER = 0.3
#: Epochs that the running mean of the weights reaches back.
_REACH = 2.0


class MultVAEParams(Params):
    """What MultVAE can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    width: int = param(300, help="recsys.help_width", ge=1, le=8_192)
    dropout: float = param(0.5, help="recsys.help_dropout", ge=0.0, le=0.9)
    beta: float = param(1.0, help="recsys.help_beta", ge=0.0, le=10.0)
    anneal: int = param(0, help="recsys.help_anneal", ge=0, le=2_000, advanced=True)
    epochs: int = param(100, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(4e-3, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(0.0, help="recsys.help_weight_decay", ge=0.0, le=100.0)
    batch_size: int = param(16_384, help="recsys.help_batch_size", ge=1, le=1_048_576)
    patience: int = param(6, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class MultVAE(Recommender):
    """Chances π of all items from a hidden z, with Σ w log π of what was taken as likelihood.

    Variational autoencoder with one hidden layer on either side (Liang, Krishnan, Hoffman and
    Jebara, 2018): input at length 1 with entries left out at random, tanh, divergence weighted
    by β. A user is scored from the mean of z given the history, so that users never met need
    no training.
    """

    name: ClassVar[str] = "multvae"
    family: ClassVar[str] = "factors"
    source: ClassVar[str] = "Liang et al., 2018"
    Params: ClassVar[type[Params]] = MultVAEParams
    suits: ClassVar[str] = "dense"
    uses_device: ClassVar[bool] = True
    params: MultVAEParams

    @classmethod
    def fit_cost(cls, log: LogSize) -> FitCost:
        """60 epochs over all of the matrix; the layers that meet the items, with their moments."""
        layer = log.items * 2 * cls.Params.model_fields["width"].default
        return FitCost(60 * log.users * layer * 6, 4.0 * 2 * layer * 9 + 2e8)

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        items, params = job.matrix.shape[1], self.params
        learnt = (2.0 * items + 3.0 * params.factors + 4.0) * params.width
        # Numbers learnt, slope, two moments, copies kept; pieces of the softmax; the log.
        needed = 4.0 * learnt * 9 + 1.3e8 + 40.0 * job.matrix.nnz
        require_memory(needed, Text("recsys.work_autoencoder", items=items))
        return train_epochs(job, _Learner(job, params), params.epochs, params.patience)

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["leave"][:, :-1])

    def _needs(self) -> dict[str, Need]:
        d, wide = self.params.factors, self.params.width
        return {
            "enter": need(self.n_items, wide),
            "enter_bias": need(wide),
            "squeeze": need(wide, 2 * d),
            "squeeze_bias": need(2 * d),
            "unfold": need(d, wide),
            "unfold_bias": need(wide),
            "leave": need(self.n_items, wide + 1),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        binary = sparse.csr_matrix(history, copy=True)
        binary.data[:] = 1.0
        root = np.sqrt(np.maximum(history.getnnz(axis=1), 1)).astype(np.float32)
        entered = (binary @ self._arrays["enter"]) / root[:, None]
        mean = _hidden(self._arrays, entered, np.tanh)[:, : self.params.factors]
        out = _unfolded(self._arrays, mean, np.tanh)
        leave = self._arrays["leave"]
        scores: np.ndarray = out @ leave[:, :-1].T + leave[:, -1]
        return scores


def _first_weights(
    rng: np.random.Generator, items: int, params: MultVAEParams
) -> dict[str, np.ndarray]:
    """Where learning starts (Glorot and Bengio, 2010); the last column of ``leave`` is a bias."""
    d, wide = params.factors, params.width

    def drawn(rows: int, columns: int, spread: float = 0.0) -> np.ndarray:
        spread = spread or np.sqrt(2.0 / (rows + columns))
        return (spread * rng.standard_normal((rows, columns))).astype(np.float32)

    return {
        "enter": drawn(items, wide, _ENTER),
        "enter_bias": np.zeros(wide, dtype=np.float32),
        "squeeze": drawn(wide, 2 * d),
        "squeeze_bias": np.zeros(2 * d, dtype=np.float32),
        "unfold": drawn(d, wide),
        "unfold_bias": np.zeros(wide, dtype=np.float32),
        "leave": np.concatenate([drawn(items, wide), np.zeros((items, 1), np.float32)], axis=1),
    }


def _hidden(weights: Mapping[str, Array], entered: Array, tanh: Callable[[Array], Array]) -> Array:
    """Mean and logarithm of the variance of z, (n, 2 d), of sums of first-layer rows (n, w)."""
    first = tanh(entered + weights["enter_bias"])
    hidden: Array = first @ weights["squeeze"] + weights["squeeze_bias"]
    return hidden


def _unfolded(weights: Mapping[str, Array], z: Array, tanh: Callable[[Array], Array]) -> Array:
    """The last hidden layer (n, w) of z (n, d)."""
    return tanh(z @ weights["unfold"] + weights["unfold_bias"])


class _Learner(AveragedLearner):
    """A sample is a user with something taken."""

    def __init__(self, job: FitJob, params: MultVAEParams) -> None:
        import torch

        self.params = params
        matrix, device = job.matrix, job.device
        self.baskets = Baskets(matrix, device)
        first = _first_weights(generator(job.seed, "multvae"), matrix.shape[1], params)
        super().__init__(
            job,
            first,
            # A batch is told in interactions, a sample is a user.
            self.baskets.sizes(params.batch_size),
            learning_rate=params.learning_rate,
            regularization=params.regularization,
            epochs=_REACH,
        )
        self.private = torch.Generator(device=device)

    def batches(self) -> Iterator[Tensor]:
        """Users of each step; the normal draws of all of them are made on every process."""
        import torch

        random, device = self.random, self.job.device
        for batch in super().batches():
            shape = (len(batch), self.params.factors)
            self.normal = torch.randn(shape, generator=random, device=device)
            seed = int(torch.randint(2**31, (1,), generator=random, device=device))
            self.private.manual_seed(seed)
            sizes, part = (
                self.baskets.counts[self.baskets.met[batch]],
                self.job.team.share(len(batch)),
            )
            before = int(sizes[: part.start].sum())
            self.entries = int(sizes.sum())
            self.own = slice(before, before + int(sizes[part].sum()))
            yield batch

    def loss(self, batch: Tensor, whole: int) -> Tensor:
        import torch

        d = self.params.factors
        users = self.baskets.met[batch]
        row, at = self.baskets.of(users)
        hidden = _hidden(self.learnt, self._entered(users, at, row), torch.tanh)
        mean, log_variance = hidden[:, :d], hidden[:, d:]
        drawn = self.normal[self.job.team.share(whole)]
        z = mean + torch.exp(0.5 * log_variance) * drawn
        out = _unfolded(self.learnt, z, torch.tanh)
        out = torch.cat([out, torch.ones_like(out[:, :1])], dim=1)
        columns, weight = self.baskets.items[at], self.baskets.weight[at]
        missed = full_softmax(out, self.learnt["leave"], columns, weight, rows=row)
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1.0 - log_variance).sum()
        total: Tensor = missed + self._beta() * divergence
        return total.div(whole * self.baskets.each)

    def score(self, users: np.ndarray) -> np.ndarray:
        import torch

        chosen = torch.from_numpy(users).to(self.job.device)
        row, at = self.baskets.of(chosen)
        with torch.no_grad():
            entered = self._entered(chosen, at, row)
            mean = _hidden(self.mean, entered, torch.tanh)[:, : self.params.factors]
            out = _unfolded(self.mean, mean, torch.tanh)
            leave = self.mean["leave"]
            scores: np.ndarray = (out @ leave[:, :-1].T + leave[:, -1]).cpu().numpy()
        return scores

    def _entered(self, users: Tensor, at: Tensor, row: Tensor) -> Tensor:
        """Sums (n, w) of the first layer's rows over histories at length 1, some left out."""
        import torch
        import torch.nn.functional as F  # noqa: N812

        share = self.baskets.counts[users].to(torch.float32).rsqrt()[row]
        training = self.module.training
        table = (self.learnt if training else self.mean)["enter"]
        if training and self.params.dropout:
            keep = 1.0 - self.params.dropout
            # Of the whole batch, so that a team leaves out what one process would.
            drawn = torch.empty(self.entries, device=share.device)
            kept = drawn.bernoulli_(keep, generator=self.private)[self.own]
            share = share * kept / keep
        before = self.baskets.counts[users].cumsum(0) - self.baskets.counts[users]
        return F.embedding_bag(
            self.baskets.items[at], table, before, mode="sum", per_sample_weights=share
        )

    def _beta(self) -> float:
        """Rises from zero; the curve knows how many epochs there were, also after a kill."""
        if not self.params.anneal:
            return self.params.beta
        return self.params.beta * min(1.0, len(self.job.curve) / self.params.anneal)
