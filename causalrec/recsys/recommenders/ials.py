"""iALS: hidden tastes by alternating least squares on all user-item pairs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.fitting import FitJob, train_epochs
from causalrec.recsys.least_squares import Side, taste_of
from causalrec.recsys.needs import Need, need
from causalrec.recsys.recommender import Recommender

__all__ = ["IALS"]


class IALSParams(Params):
    """What iALS can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    epochs: int = param(16, help="recsys.help_epochs", ge=1, le=2_000)
    regularization: float = param(0.01, help="recsys.help_ials_regularization", ge=1e-6, le=100.0)
    alpha: float = param(0.3, help="recsys.help_alpha", ge=1e-4, le=10.0)
    steps: int = param(3, help="recsys.help_cg_steps", ge=1, le=100, advanced=True)
    patience: int = param(5, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


class IALS(Recommender):
    """Factors minimise Σ w (1 - u·v)² over pairs taken + α₀ Σ (u·v)² over all pairs + penalty.

    The penalty of a user or item is λ (n + α₀ N) |x|² with n its interactions and N the size
    of the other side (Rendle, Krichene, Zhang and Koren, 2021). An epoch takes a few conjugate
    gradient steps for all items and all users (Takács, Pilászy and Tikk, 2011). A user is scored
    by one exact solve on the history, so that users never met need no training.
    """

    name: ClassVar[str] = "ials"
    Params: ClassVar[type[Params]] = IALSParams
    uses_device: ClassVar[bool] = True
    params: IALSParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        size = self.params.factors
        # Factors with their directions and residuals; the interactions both ways, and copies.
        needed = 24.0 * (users + items) * size + 40.0 * job.matrix.nnz + 2e8
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        return train_epochs(
            job, _Learner(job, self.params), self.params.epochs, self.params.patience
        )

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"])

    def _needs(self) -> dict[str, Need]:
        return {"items": need(self.n_items, "factors")}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        items = self._arrays["items"]
        return np.asarray(self._taste(history) @ items.T)

    def _taste(self, history: sparse.csr_matrix) -> np.ndarray:
        params = self.params
        return taste_of(history, self._arrays["items"], params.alpha, params.regularization)


class _Learner:
    """Alternates: items given users, users given items; each process improves its own share."""

    def __init__(self, job: FitJob, params: IALSParams) -> None:
        import torch

        self.job, self.params = job, params
        users, items = job.matrix.shape
        self.mine = job.team.share(users), job.team.share(items)
        turned = sparse.csr_matrix(job.matrix.T)
        told = (params.alpha, params.regularization, job.device)
        self.forward = Side(job.matrix[self.mine[0]], *told)
        self.backward = Side(turned[self.mine[1]], *told)
        spread = 0.1 / np.sqrt(params.factors)
        first = generator(job.seed, "ials").normal(0.0, spread, (items, params.factors))
        first[turned.getnnz(axis=1) == 0] = 0.0
        self.items = torch.from_numpy(first.astype(np.float32)).to(job.device)
        self.users = torch.zeros((users, params.factors), device=job.device)
        self._users_follow()

    def epoch(self) -> float:
        own, steps = self.items[self.mine[1]], self.params.steps
        self.backward.improve(own, self.users, steps, self.job.beat)
        self.job.team.complete_(self.items)
        self._users_follow()
        error = self.forward.error(self.users[self.mine[0]], self.items)
        whole = self.job.team.total(np.array([error]))
        mean: float = float(whole[0]) / max(self.job.matrix.nnz, 1)
        return mean

    def score(self, users: np.ndarray) -> np.ndarray:
        scores: np.ndarray = (self.users[users] @ self.items.T).cpu().numpy()
        return scores

    def weights(self) -> dict[str, np.ndarray]:
        return {"items": self.items.cpu().numpy().copy()}

    def state(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, name).cpu().numpy().copy() for name in ("items", "users")}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        import torch

        for name in ("items", "users"):
            setattr(self, name, torch.from_numpy(state[name]).to(self.items.device))

    def _users_follow(self) -> None:
        own = self.users[self.mine[0]]
        self.forward.improve(own, self.items, self.params.steps, self.job.beat)
        self.job.team.complete_(self.users)
