"""EASE: a linear item-to-item model in closed form."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.errors import DataError
from causalrec.core.machine.device import memory_budget, require_memory
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.item_gram import item_gram, norm_bound
from causalrec.recsys.arrays.storage_formats import dense
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.fit_cost import FitCost, LogSize, Quick
from causalrec.recsys.model.recommender import Recommender

__all__ = ["EASE"]

#: Single precision serves up to this bound on the condition number.
_SINGLE = 3e4
#: A budget that does not hold this many items is refused rather than trimmed to.
_LEAST = 1_000


class EASEParams(Params):
    """What EASE can be told."""

    regularization: float = param(800.0, help="recsys.help_ease_regularization", ge=0.01, le=1e6)
    items: int | None = param(
        None, help="recsys.help_ease_items", ge=1, le=1_000_000, advanced=True
    )


class EASE(Recommender):
    """Item weights B minimise |X - XB|² + λ|B|² with a zero diagonal; scores are history @ B.

    B = I - P / diag(P), P = (XᵀX + λI)⁻¹ (Steck, 2019). A weighted row enters with the
    square root of its weight, so that XᵀX holds sums of weights.

    On a catalogue too large for the memory budget only the items taken most have weights.
    The others are listed after all of these, by popularity; somebody who took none of the
    items with weights gets the popular items.
    """

    name: ClassVar[str] = "ease"
    family: ClassVar[str] = "linear"
    source: ClassVar[str] = "Steck, 2019"
    Params: ClassVar[type[Params]] = EASEParams
    suits: ClassVar[str] = "weights"
    quick: ClassVar[Quick | None] = Quick()
    sparse_arrays: ClassVar[tuple[str, ...]] = ("item_weights",)
    uses_device: ClassVar[bool] = True
    params: EASEParams

    @classmethod
    def fit_cost(cls, log: LogSize) -> FitCost:
        """The Gram matrix of the histories, then Cholesky and inverse."""
        gram = log.rows * log.each_user * 2
        return FitCost(gram + float(log.items) ** 3, 20.0 * log.items**2)

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        kept = self._kept(job)
        n = len(kept)
        trimmed = n < job.matrix.shape[1]
        rows = job.own_rows()
        gram = job.team.add_(item_gram(sparse.csr_matrix(rows[:, kept]) if trimmed else rows))
        gram = gram.astype(_precision(job.matrix, self.params), copy=False)
        job.tell(0.3, Text("recsys.ease_inverting", items=n))
        np.fill_diagonal(gram, gram.diagonal() + self.params.regularization)
        inverse = _inverse(gram, job.device)
        job.tell(0.9, Text("recsys.ease_weights"))
        inverse /= -inverse.diagonal()
        np.fill_diagonal(inverse, 0.0)
        arrays = {"item_weights": inverse.astype(np.float32, copy=False)}
        return arrays | ({"kept": kept.astype(np.int32)} if trimmed else {})

    def _kept(self, job: FitJob) -> np.ndarray:
        """Codes of the items that get weights: all, the number asked for, or what fits."""
        n = job.matrix.shape[1]
        # The Gram matrix, solved in place, and the copy that becomes the weights.
        each = 2.5 * np.dtype(_precision(job.matrix, self.params)).itemsize
        wanted = min(n, self.params.items or n)
        # A team goes by the leading process's memory, so that all keep the same items.
        fits = int(job.team.from_leader(str(int(np.sqrt(memory_budget() / each))).encode()))
        if self.params.items is None and _LEAST <= fits < n:
            job.notes.append(Text("recsys.note_trimmed", kept=fits, items=n))
            wanted = fits
        require_memory(each * wanted**2, Text("recsys.work_ease", items=wanted))
        weight = np.asarray(job.matrix.sum(axis=0)).ravel()
        return np.sort(np.argsort(-weight, kind="stable")[:wanted])

    def _needs(self) -> dict[str, Need]:
        kept = "kept" if "kept" in self._arrays else self.n_items
        codes = Need(("kept",), "i", below=self.n_items, optional=True)
        return {"item_weights": need(kept, kept), "kept": codes}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        weights, kept = self._arrays["item_weights"], self._arrays.get("kept")
        if kept is None:
            return dense(history @ weights)
        inner = sparse.csr_matrix(history[:, kept])
        near = dense(inner @ weights)
        # Popularity, moved so that its highest value lies below the row's lowest weight.
        level = near.min(axis=1, keepdims=True) - self._popularity.max() - 1.0
        scores = level + self._popularity
        scores[:, kept] = near
        return np.where(inner.getnnz(axis=1)[:, None] > 0, scores, self._popularity)


def _precision(matrix: sparse.csr_matrix, params: EASEParams) -> type[np.floating]:
    return np.float32 if norm_bound(matrix) < _SINGLE * params.regularization else np.float64


def _inverse(gram: np.ndarray, device: str) -> np.ndarray:
    """The inverse of a symmetric positive matrix (n, n), by Cholesky; ``gram`` is used up.

    Raises:
        DataError: it is not positive in this precision.
    """
    if device != "cpu":
        return _inverse_on(gram, device)
    from scipy.linalg import get_lapack_funcs

    factorise, invert = get_lapack_funcs(("potrf", "potri"), (gram,))
    factor, failed = factorise(gram.T, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise DataError("recsys.ease_singular", hint="recsys.ease_singular_hint")
    inverse, _ = invert(factor, lower=1, overwrite_c=1)
    return _mirrored(inverse.T)


def _inverse_on(gram: np.ndarray, device: str) -> np.ndarray:
    import torch

    factor, failed = torch.linalg.cholesky_ex(torch.from_numpy(gram).to(device))
    if int(failed):
        raise DataError("recsys.ease_singular", hint="recsys.ease_singular_hint")
    return np.asarray(torch.cholesky_inverse(factor).cpu().numpy())


def _mirrored(matrix: np.ndarray) -> np.ndarray:
    """The upper triangle copied to the lower one, in place, block by block."""
    step = 512
    for start in range(0, len(matrix), step):
        part = slice(start, start + step)
        block = matrix[part, part]
        block[...] = np.triu(block) + np.triu(block, 1).T
        matrix[start + step :, part] = matrix[part, start + step :].T
    return matrix
