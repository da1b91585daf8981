"""SLIM: a sparse, non-negative linear model between items."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, csr_needs
from causalrec.recsys.arrays.item_gram import item_gram
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.fit_cost import Quick
from causalrec.recsys.model.recommender import Recommender

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["SLIM", "coordinate_descent"]

_BLOCK = 64
_STILL = 0.25
"""Part of the tolerance below which a column no longer moves: the lists stay the same."""


class SLIMParams(Params):
    """What SLIM can be told."""

    l1: float = param(1.0, help="recsys.help_slim_l1", ge=0.0, le=1e5)
    l2: float = param(300.0, help="recsys.help_slim_l2", ge=0.01, le=1e6)
    sweeps: int = param(60, help="recsys.help_sweeps", ge=1, le=1_000, advanced=True)
    tolerance: float = param(1e-2, help="recsys.help_tolerance", ge=0.0, le=1.0, advanced=True)


class SLIM(Recommender):
    """B minimises ½|X - XB|² + λ₁ Σ B + ½λ₂|B|², B ≥ 0 with a zero diagonal.

    Scores are history @ B (Ning and Karypis, 2011). Cyclic coordinate descent on XᵀX
    (Friedman, Hastie and Tibshirani, 2010), a step for all target items at once. A weighted
    row enters with the square root of its weight.
    """

    name: ClassVar[str] = "slim"
    family: ClassVar[str] = "linear"
    source: ClassVar[str] = "Ning and Karypis, 2011"
    Params: ClassVar[type[Params]] = SLIMParams
    quick: ClassVar[Quick | None] = Quick(items=5_000)
    uses_device: ClassVar[bool] = True
    params: SLIMParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        import torch

        n = job.matrix.shape[1]
        # The Gram matrix, the weights, and what stays of them as a sparse matrix.
        require_memory(16.0 * n * n, Text("recsys.work_slim", items=n))
        counts = job.team.add_(item_gram(job.own_rows()))
        gram = torch.from_numpy(counts).to(job.device)
        near = sparse.csr_matrix(coordinate_descent(gram, self.params, job).cpu().numpy())
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


def coordinate_descent(gram: Tensor, params: SLIMParams, job: FitJob) -> Tensor:
    """The weights (n, n) that minimise SLIM's loss.

    The problems of the target items (columns) do not touch each other: one that a sweep changes
    by less than a quarter of the tolerance is left as it is: later sweeps are of few columns.

    Args:
        gram: XᵀX, float32 (n, n).
        params: penalties; when to stop: after ``sweeps``, or once a sweep changes B by less
            than ``tolerance`` of its size.
        job: told of each sweep.
    """
    import torch

    weights = torch.zeros_like(gram)
    moving = torch.arange(len(gram), device=gram.device)
    for sweep in range(params.sweeps):
        job.tell(sweep / params.sweeps, Text("recsys.sweep", sweep=sweep + 1, most=params.sweeps))
        part = weights[:, moving]
        change = _sweep(gram, part, moving, params=params, job=job)
        weights[:, moving] = part
        if float(change.sum()) <= params.tolerance**2 * float((weights**2).sum()):
            break
        moving = moving[change > (_STILL * params.tolerance) ** 2 * (part**2).sum(dim=0)]
    else:
        job.notes.append(Text("recsys.note_sweeps", sweeps=params.sweeps))
    return weights


def _sweep(
    gram: Tensor, weights: Tensor, columns: Tensor, *, params: SLIMParams, job: FitJob
) -> Tensor:
    """One step for each row of some columns (n, m), in place; the squared change of each, (m,)."""
    import torch

    n = len(gram)
    change = torch.zeros(len(columns), device=gram.device)
    aims = gram[:, columns] - params.l1
    own = torch.full((n,), -1, device=gram.device)
    own[columns] = torch.arange(len(columns), device=gram.device)
    places = own.tolist()
    for start in range(0, n, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n))
        before = weights[rows].clone()
        _block(gram[rows], weights, aims[rows], start=start, places=places[rows], l2=params.l2)
        change += ((weights[rows] - before) ** 2).sum(dim=0)
        job.beat()
    return change


def _block(
    mine: Tensor,
    weights: Tensor,
    aims: Tensor,
    *,
    start: int,
    places: list[int],
    l2: float,
) -> None:
    """One step for each row of a block that starts at a row.

    Args:
        mine: rows of the Gram matrix, (b, n).
        weights: all rows of some columns, (n, m), in place.
        aims: rows of what is to be explained, (b, m).
        start: the block's first row.
        places: where the rows' own columns are among the m; -1 for those that are not.
        l2: penalty.
    """
    explained = mine @ weights
    sizes = mine.diagonal(start).tolist()
    for place, (own, size) in enumerate(zip(places, sizes, strict=True)):
        row = start + place
        old = weights[row]
        new = aims[place] - explained[place]
        new.add_(old, alpha=size).clamp_(min=0.0).div_(size + l2)
        if own >= 0:
            new[own] = 0.0
        explained[place + 1 :].addr_(mine[place + 1 :, row], new - old)
        weights[row] = new
