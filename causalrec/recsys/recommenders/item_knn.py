"""Item neighbours: what is taken together with what the user already took."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, csr_needs
from causalrec.recsys.arrays.topk import best, chunks
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.fit_cost import FitCost, LogSize, Quick
from causalrec.recsys.model.recommender import Recommender

__all__ = ["ItemKNN"]


class ItemKNNParams(Params):
    """What item-kNN can be told."""

    k: int = param(200, help="recsys.help_k_neighbours", ge=1, le=2_000, search=(10, 500))
    shrink: float = param(100.0, help="recsys.help_shrink", ge=0.0, le=10_000.0)


class ItemKNN(Recommender):
    """Cosine similarity x·y / (|x||y| + shrink) between items, the k nearest of each kept.

    A user's score of an item is the sum of its similarities to what the user took
    (Sarwar et al., 2001; shrinkage as in Bell and Koren, 2007).
    """

    name: ClassVar[str] = "item-knn"
    family: ClassVar[str] = "neighbours"
    source: ClassVar[str] = "Sarwar et al., 2001"
    Params: ClassVar[type[Params]] = ItemKNNParams
    suits: ClassVar[str] = "few"
    quick: ClassVar[Quick | None] = Quick()
    params: ItemKNNParams

    @classmethod
    def fit_cost(cls, log: LogSize) -> FitCost:
        """Every item with those that it was taken with; the neighbours kept."""
        kept = cls.Params.model_fields["k"].default
        return FitCost(log.rows * log.each_user * 8, 3e8 + 24.0 * kept * log.items)

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        n = job.matrix.shape[1]
        keep = min(self.params.k, max(n - 1, 1))
        require_memory(n * keep * 24.0 + 3e8, Text("recsys.work_knn", items=n))
        root = sparse.csr_matrix(job.matrix.sqrt())
        turned = sparse.csr_matrix(root.T)
        norms = np.sqrt(np.asarray(turned.multiply(turned).sum(axis=1)).ravel())
        pieces = []
        for part in chunks(n, n, bytes_each=16):
            job.on_progress(part.start / n, Text("recsys.knn_items", done=part.start, items=n))
            together = (turned[part] @ root).toarray()
            scale = norms[part, None] * norms[None, :] + self.params.shrink
            near = np.divide(together, scale, out=np.zeros_like(together), where=scale > 0)
            near[np.arange(len(near)), np.arange(part.start, part.stop)] = 0.0
            pieces.append(_nearest(near, keep))
        # A row an item with its neighbours; scoring wants the neighbours' rows.
        near = sparse.csr_matrix(sparse.vstack(pieces).T, dtype=np.float32)
        near.sort_indices()
        return {
            "data": near.data,
            "indices": near.indices.astype(np.int32),
            "indptr": near.indptr.astype(np.int64),
        }

    def _needs(self) -> dict[str, Need]:
        return csr_needs(self.n_items, self.n_items)

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        parts = (self._arrays["data"], self._arrays["indices"], self._arrays["indptr"])
        near = sparse.csr_matrix(parts, shape=(self.n_items, self.n_items))
        return np.asarray((history @ near).toarray())


def _nearest(near: np.ndarray, k: int) -> sparse.csr_matrix:
    """The k largest entries of each row, as csr."""
    codes = best(near, k)
    values = np.take_along_axis(near, codes, axis=1)
    indptr = np.arange(len(near) + 1) * codes.shape[1]
    nearest = sparse.csr_matrix((values.ravel(), codes.ravel(), indptr), shape=near.shape)
    nearest.eliminate_zeros()
    return nearest
