"""Gradient steps for models whose users and items get their vectors from the whole graph."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from causalrec.recsys.learning.learner import TorchLearner
from causalrec.recsys.learning.losses import bpr, full_softmax, sampled_softmax
from causalrec.recsys.learning.shared_negatives import Negatives
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.networks.ranking_params import RankingParams, settled

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["GraphLearner", "unit"]


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
