"""Gradient steps for models whose users and items get their vectors from the whole graph."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.learning.learner import TorchLearner
from causalrec.recsys.learning.losses import bpr, full_softmax, sampled_softmax
from causalrec.recsys.learning.shared_negatives import Negatives
from causalrec.recsys.learning.training_loop import FitJob

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "GraphLearner",
    "RankingParams",
    "chosen_loss",
    "chosen_temperature",
    "loss_bytes",
    "settled",
    "steps_for",
    "unit",
]

_LOSSES = ("auto", "softmax", "sampled", "bpr")
#: Beyond so many scores an epoch, the softmax goes over drawn items in place of all.
_FULL = 4e9
_STEPS = 6
_DECAY, _DECAY_AT = 0.1, 80_000


class RankingParams(Params):
    """What models that learn by ranking the catalogue can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024)
    layers: int = param(2, help="recsys.help_layers", ge=0, le=8)
    loss: str = param("auto", help="recsys.help_loss", choices=_LOSSES)
    temperature: float = param(0.0, help="recsys.help_temperature", ge=0.0, le=10.0)
    epochs: int = param(100, help="recsys.help_epochs", ge=1, le=2_000)
    learning_rate: float = param(0.02, help="recsys.help_learning_rate", ge=1e-5, le=1.0)
    regularization: float = param(
        0.0, help="recsys.help_weight_decay_sized", ge=0.0, le=100.0, search=(1e-2, 1.0)
    )
    batch_size: int = param(0, help="recsys.help_batch_size_sized", ge=0, le=1_048_576)
    negatives: int = param(512, help="recsys.help_negatives", ge=1, le=65_536, advanced=True)
    patience: int = param(5, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


R = TypeVar("R", bound=RankingParams)


def chosen_loss(job: FitJob, asked: str) -> str:
    """The loss that "auto" stands for; a note says which and why."""
    if asked != "auto":
        return asked
    users, items = job.matrix.shape
    chosen = "softmax" if float(users) * items <= _FULL else "sampled"
    job.notes.append(Text(f"recsys.note_loss_{chosen}", users=users, items=items))
    return chosen


def steps_for(n_interactions: int, n_items: int) -> dict[str, float]:
    """Batch, weight decay and temperature for a log of some size: what 0 stands for.

    A batch is the power of two nearest to a sixth of the log, so that a pass is about six steps
    whatever the size: each step goes through the whole graph, and a softmax over all items
    needs few. The decay falls with the root of the log, from 0.1 at 80,000 interactions (and
    below) to 0.03 at 800,000. Chosen on the validation parts of MovieLens 100K and 1M; the
    sparse logs (Last.fm, Amazon Beauty) hardly tell decays of 0.03 to 0.3 apart.

    Returns:
        batch_size (from 1,024 to 1,048,576), regularization, temperature.
    """
    power = np.clip(np.log2(max(n_interactions, 1) / _STEPS).round(), 10, 20)
    decay = _DECAY * np.sqrt(_DECAY_AT / max(n_interactions, _DECAY_AT))
    return {
        "batch_size": int(2**power),
        "regularization": float(decay),
        "temperature": chosen_temperature(0.0, n_items),
    }


def settled(job: FitJob, params: R) -> R:
    """Parameters with what was left to the log's size chosen."""
    return job.settle(params, **steps_for(job.matrix.nnz, job.matrix.shape[1]))


def loss_bytes(job: FitJob, params: RankingParams, loss: str) -> float:
    """Memory that a step's loss takes beside the vectors, bytes."""
    if loss == "softmax":
        return 2e8  # a piece of the scores, see `full_softmax`
    batch = float(min(params.batch_size, job.matrix.nnz))
    others = params.negatives if loss == "sampled" else 16
    return 20.0 * batch * (others + 2 * params.factors) + 8.0 * float(job.matrix.nnz)


def chosen_temperature(asked: float, n_items: int) -> float:
    """Temperature of the cosines; 0 stands for 1.5 / log(items), from 0.1 to 0.5.

    A cosine of 1 over temperature has to stand out from the sum over the whole catalogue, so
    its inverse grows with the logarithm of the catalogue's size (⅔ of it did best on the
    validation parts of logs of 1,700, 5,000 and 12,000 items).
    """
    if asked:
        return asked
    return float(np.clip(1.5 / np.log(max(n_items, 2)), 0.1, 0.5))


def unit(vectors: Tensor) -> Tensor:
    """Vectors (n, d) at length 1."""
    import torch

    return torch.nn.functional.normalize(vectors, dim=1, eps=1e-8)


class GraphLearner(TorchLearner):
    """Softmax over all items a user at a time, over drawn items, or BPR, a pair at a time.

    The softmaxes score by cosine over temperature (Wu et al., 2022), BPR by inner product.

    Args:
        job: what is learnt from.
        module: its parameters.
        params: of the model.
        loss: "softmax", "sampled" or "bpr".
        rivals: items that may be compared with what was taken, bool (m,); None: all.
    """

    def __init__(
        self,
        job: FitJob,
        module: nn.Module,
        params: RankingParams,
        loss: str,
        *,
        rivals: np.ndarray | None = None,
    ) -> None:
        import torch

        matrix, device, params = job.matrix, job.device, settled(job, params)
        count = matrix.getnnz(axis=1)
        met = np.flatnonzero(count > 0)
        whole = loss == "softmax"
        # A batch is told in interactions, whatever a sample is.
        size = max(1, round(params.batch_size * len(met) / matrix.nnz)) if whole else 0
        optimiser = torch.optim.AdamW(
            module.parameters(),
            lr=params.learning_rate,
            weight_decay=params.regularization,
            fused=True,
        )
        samples = len(met) if whole else matrix.nnz
        super().__init__(job, module, optimiser, samples, size or params.batch_size)
        module.eval()  # nothing is left out where weights are only looked at
        self.params, self.kind = params, loss
        self.temperature = params.temperature
        self.met = torch.from_numpy(met).to(device)
        self.starts = torch.from_numpy(matrix.indptr.astype(np.int64)).to(device)
        self.liked = torch.from_numpy(matrix.indices.astype(np.int64)).to(device)
        users = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), count)
        self.users = torch.from_numpy(users).to(device)
        weight = matrix.data / np.float32(matrix.data.mean(dtype=float))
        self.weight = torch.from_numpy(weight).to(device)
        self.each = matrix.nnz / len(met)
        self.negatives = None if whole else Negatives(matrix, device, only=rivals)
        self._rivals(rivals)
        self._ready: tuple[Tensor, Tensor] | None = None

    def _rivals(self, rivals: np.ndarray | None) -> None:
        """Items that compete, all as a slice, and where each stands among them."""
        import torch

        n = self.job.matrix.shape[1]
        open_to = np.ones(n, dtype=bool) if rivals is None else rivals
        codes = torch.from_numpy(np.flatnonzero(open_to)).to(self.job.device)
        self.rivals: Tensor | slice = slice(None) if open_to.all() else codes
        self.place = torch.from_numpy(np.cumsum(open_to) - 1).to(self.job.device)

    @abstractmethod
    def embedded(self) -> tuple[Tensor, Tensor]:
        """Vectors of users (n, d) and items (m, d), made of the parameters and the graph."""

    def epoch(self) -> float:
        """One pass; the mean loss of a sample."""
        self._ready = None
        return super().epoch()

    def vectors(self) -> tuple[Tensor, Tensor]:
        """Users (n, d) and items (m, d) as they are scored: by inner product.

        Of a softmax the users have length 1 and the items the inverse of the temperature.
        """
        import torch

        if self._ready is None:
            with torch.no_grad():
                users, items = self.embedded()
            if self.kind != "bpr":
                users, items = unit(users), unit(items) / self.temperature
            self._ready = users, items
        return self._ready

    def score(self, users: np.ndarray) -> np.ndarray:
        """Scores (n, n_items) of user codes (n,) as things stand."""
        mine, items = self.vectors()
        scores: np.ndarray = (mine[users] @ items.T).cpu().numpy()
        return scores

    def loss(self, batch: Tensor, whole: int) -> Tensor:
        """See `TorchLearner.loss`; a sample is a user (softmax) or an interaction."""
        users, items = self.embedded()
        if self.kind == "softmax":
            return self._over_all(batch, users, items) / whole
        user, item = self.users[batch].long(), self.liked[batch]
        loss = self._drawn if self.kind == "sampled" else self._in_pairs
        losses: Tensor = loss(users[user], items, (user, item), whole) * self.weight[batch]
        return losses.sum() / whole

    def _over_all(self, batch: Tensor, users: Tensor, items: Tensor) -> Tensor:
        import torch

        who = self.met[batch]
        first = self.starts[who]
        count = self.starts[who + 1] - first
        rows = torch.repeat_interleave(torch.arange(len(who), device=who.device), count)
        before = count.cumsum(0) - count
        at = torch.arange(len(rows), device=who.device) + (first - before)[rows]
        queries = unit(users[who]) / self.temperature
        columns, keys = self.place[self.liked[at]], unit(items[self.rivals])
        loss = full_softmax(queries, keys, columns, self.weight[at], rows=rows)
        total: Tensor = loss / self.each
        return total

    def _drawn(
        self, users: Tensor, items: Tensor, pair: tuple[Tensor, Tensor], whole: int
    ) -> Tensor:
        assert self.negatives is not None
        codes, log_expected = self.negatives.shared(self.params.negatives, self.random)
        drawn = unit(items[codes]), codes, log_expected
        queries = unit(users) / self.temperature
        return sampled_softmax(queries, unit(items[pair[1]]), pair[1], drawn)

    def _in_pairs(
        self, users: Tensor, items: Tensor, pair: tuple[Tensor, Tensor], whole: int
    ) -> Tensor:
        assert self.negatives is not None
        part = self.job.team.share(whole)
        other = self.negatives.apart(pair[0], part, whole, self.random)[:, 0]
        margin = (users * items[pair[1]]).sum(dim=1), (users * items[other]).sum(dim=1)
        return bpr(*margin) * (other >= 0)
