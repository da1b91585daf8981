"""EASE: a linear item-to-item model in closed form."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.recsys.fitting import FitJob
from causalrec.recsys.recommender import Recommender

__all__ = ["EASE"]


class EASEParams(Params):
    """What EASE can be told."""

    regularization: float = param(800.0, help="recsys.help_ease_regularization", ge=0.01, le=1e6)


class EASE(Recommender):
    """Item weights B minimise |X - XB|² + λ|B|² with a zero diagonal; scores are history @ B.

    B = I - P / diag(P), P = (XᵀX + λI)⁻¹ (Steck, 2019). A weighted row enters with the
    square root of its weight, so that XᵀX holds sums of weights.
    """

    name: ClassVar[str] = "ease"
    Params: ClassVar[type[Params]] = EASEParams
    uses_device: ClassVar[bool] = True
    params: EASEParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        import torch

        n = job.matrix.shape[1]
        # Gram matrix and its factor in float64, the weights in float32, LAPACK's own copy.
        require_memory(8.0 * n * n * 3.5, Text("recsys.work_ease", items=n))
        root = job.own_rows().sqrt()
        gram = torch.from_numpy((root.T @ root).astype(np.float64).toarray()).to(job.device)
        job.team.sum_([gram])
        job.on_progress(0.3, Text("recsys.ease_inverting", items=n))
        gram.diagonal().add_(self.params.regularization)
        factor = torch.linalg.cholesky(gram)
        del gram
        inverse = torch.cholesky_inverse(factor)
        del factor
        job.on_progress(0.9, Text("recsys.ease_weights"))
        inverse /= -inverse.diagonal().clone()
        inverse.fill_diagonal_(0.0)
        return {"item_weights": inverse.to(torch.float32).cpu().numpy()}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        return np.asarray(history @ self._arrays["item_weights"])
