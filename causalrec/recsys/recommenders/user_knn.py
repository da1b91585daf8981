"""User neighbours: what people with a like history took."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, csr_needs
from causalrec.recsys.arrays.topk import chunks
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.recommender import Recommender

__all__ = ["UserKNN"]


class UserKNNParams(Params):
    """What user-kNN can be told."""

    k: int = param(100, help="recsys.help_k_users", ge=1, le=10_000)
    shrink: float = param(5.0, help="recsys.help_shrink_users", ge=0.0, le=10_000.0)


class UserKNN(Recommender):
    """Cosine similarity x·y / (|x||y| + shrink) of histories, the k nearest users vote.

    A user's score of an item is the sum of the similarities of the neighbours who took it
    (Resnick et al., 1994; Herlocker et al., 1999; shrinkage as in Bell and Koren, 2007).
    Neighbours as near as the k-th all vote. Whoever comes with a history alone is compared
    with the training users just the same, so the model keeps their interactions.
    """

    name: ClassVar[str] = "user-knn"
    family: ClassVar[str] = "neighbours"
    source: ClassVar[str] = "Resnick et al., 1994; Herlocker et al., 1999"
    Params: ClassVar[type[Params]] = UserKNNParams
    params: UserKNNParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, _ = job.matrix.shape
        # The matrix and its transpose, and a chunk of similarities with its copies.
        require_memory(job.matrix.nnz * 32.0 + 3e8, Text("recsys.work_user_knn", users=users))
        kept = sparse.csr_matrix(job.matrix)
        return {
            "data": kept.data.astype(np.float32),
            "indices": kept.indices.astype(np.int32),
            "indptr": kept.indptr.astype(np.int64),
        }

    def _needs(self) -> dict[str, Need]:
        return csr_needs(self.n_users, self.n_items)

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        parts = (self._arrays["data"], self._arrays["indices"], self._arrays["indptr"])
        taken = sparse.csr_matrix(parts, shape=(self.n_users, self.n_items))
        others = sparse.csr_matrix(taken.sqrt().T)
        sizes = np.sqrt(np.asarray(taken.sum(axis=1), dtype=np.float32).ravel())
        lengths = np.sqrt(np.diff(history.indptr)).astype(np.float32)
        scores = np.zeros((len(users), self.n_items), dtype=np.float32)
        for part in chunks(len(users), self.n_users, bytes_each=16):
            like = (history[part] @ others).toarray()
            scale = lengths[part, None] * sizes[None, :] + np.float32(self.params.shrink)
            like = np.divide(like, scale, out=np.zeros_like(like), where=scale != 0)
            here = np.flatnonzero(users[part] >= 0)
            like[here, users[part][here]] = 0.0  # nobody is their own neighbour
            scores[part] = (_nearest(like, self.params.k) @ taken).toarray()
        return scores


def _nearest(like: np.ndarray, k: int) -> sparse.csr_matrix:
    """The entries of each row that are above 0 and no smaller than the k-th largest."""
    if k < like.shape[1]:
        edge = np.partition(like, like.shape[1] - k, axis=1)[:, like.shape[1] - k, None]
        like[like < edge] = 0.0
    return sparse.csr_matrix(like)
