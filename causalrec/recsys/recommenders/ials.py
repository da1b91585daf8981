"""iALS: hidden tastes by alternating least squares on all user-item pairs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.least_squares import Side, taste_of
from causalrec.recsys.learning.training_loop import FitJob, train_epochs
from causalrec.recsys.model.fit_cost import FitCost, LogSize, Quick
from causalrec.recsys.model.recommender import Recommender

__all__ = ["IALS", "weights_for"]

_UNTAKEN = 12.0
"""What all pairs weigh together, in units of the pairs taken."""
_LEAST = 1e-6
"""Below it, equations would no longer have one solution."""
_OF_EDGE = 0.45
"""The penalty as a share of the largest singular value that chance makes."""


class IALSParams(Params):
    """What iALS can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    epochs: int = param(16, help="recsys.help_epochs", ge=1, le=2_000)
    regularization: float = param(
        0.0, help="recsys.help_ials_regularization", ge=0.0, le=100.0, search=(1e-3, 0.3)
    )
    alpha: float = param(0.0, help="recsys.help_alpha", ge=0.0, le=10.0, search=(1e-3, 3.0))
    steps: int = param(3, help="recsys.help_cg_steps", ge=1, le=100, advanced=True)
    patience: int = param(5, help="recsys.help_patience", ge=1, le=1_000, advanced=True)


def weights_for(n_users: int, n_items: int, n_interactions: int) -> dict[str, float]:
    """α₀ and λ for a log of some size: what 0 stands for.

    α₀ is 12 times the log's density, at most 1, so that what was not taken weighs 12 times what
    was, however many items there are. Two penalties a|u|² and b|v|² act as one of 2 √(ab) on the
    product's singular values, which shrinks those of the interactions by √(ab) (Srebro, Rennie
    and Jaakkola, 2004). Those that chance alone makes reach √p + √q, with p interactions a user
    and q an item (the edge of a random matrix; Bai and Yin, 1993); λ makes √(ab) a share of it.
    The 12 and the share did best together on the validation parts of logs of densities
    from 0.0006 to 0.05 (MovieLens 100K and thinner samples of it, Last.fm, Amazon Beauty).

    Args:
        n_users: rows.
        n_items: columns.
        n_interactions: pairs taken.

    Returns:
        alpha and regularization, at least 0.0001 and 0.000001.
    """
    density = n_interactions / (n_users * n_items)
    each = np.array([n_interactions / n_users, n_interactions / n_items])
    alpha = float(np.clip(_UNTAKEN * density, 1e-4, 1.0))
    mean = (1.0 + alpha / density) * np.sqrt(each.prod())
    penalty = _OF_EDGE * np.sqrt(each).sum() / mean
    return {"alpha": alpha, "regularization": float(np.clip(penalty, _LEAST, 100.0))}


class IALS(Recommender):
    """Factors minimise Σ w (1 - u·v)² over pairs taken + α₀ Σ (u·v)² over all pairs + penalty.

    The penalty of a user or item is λ (n + α₀ N) |x|² with n its interactions and N the size
    of the other side (Rendle, Krichene, Zhang and Koren, 2021); where α₀ or λ is 0, the log's
    size and density choose it (`weights_for`). An epoch takes a few conjugate
    gradient steps for all items and all users (Takács, Pilászy and Tikk, 2011). A user is scored
    by one exact solve on the history, so that users never met need no training.
    """

    name: ClassVar[str] = "ials"
    family: ClassVar[str] = "factors"
    source: ClassVar[str] = "Rendle, Krichene, Zhang and Koren, 2021"
    Params: ClassVar[type[Params]] = IALSParams
    suits: ClassVar[str] = "any"
    quick: ClassVar[Quick | None] = Quick()
    uses_device: ClassVar[bool] = True
    params: IALSParams

    @classmethod
    def fit_cost(cls, log: LogSize) -> FitCost:
        """An exact solve for each user and item, and 16 epochs of a few steps."""
        d = cls.Params.model_fields["factors"].default
        nodes = log.users + log.items
        solves = 2.0 * log.rows * d * d * 2 + nodes * d**3 / 3
        return FitCost(16 * solves * 4, 8.0 * nodes * d + 3e8)

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        size = self.params.factors
        # Factors with their directions and residuals; the interactions both ways, and copies.
        needed = 24.0 * (users + items) * size + 40.0 * job.matrix.nnz + 2e8
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        params = job.settle(self.params, **weights_for(users, items, job.matrix.nnz))
        kept = train_epochs(job, _Learner(job, params), params.epochs, params.patience)
        return {**kept, "penalties": np.array([params.alpha, params.regularization])}

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"])

    def _needs(self) -> dict[str, Need]:
        # Models saved before there was a choice have their penalties among the parameters.
        given = bool(self.params.alpha and self.params.regularization)
        return {"items": need(self.n_items, "factors"), "penalties": Need((2,), optional=given)}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        items = self._arrays["items"]
        return np.asarray(self._taste(history) @ items.T)

    def _taste(self, history: sparse.csr_matrix) -> np.ndarray:
        penalties = self._arrays.get("penalties", (self.params.alpha, self.params.regularization))
        alpha, regularization = (max(float(one), _LEAST) for one in penalties)
        return taste_of(history, self._arrays["items"], alpha, regularization)


class _Learner:
    """Alternates: items given users, users given items; each process improves its own share."""

    def __init__(self, job: FitJob, params: IALSParams) -> None:
        import torch

        self.job, self.params = job, params
        users, items = job.matrix.shape
        self.mine = job.team.share(users), job.team.share(items)
        turned = sparse.csr_matrix(job.matrix.T)
        settings = (params.alpha, params.regularization, job.device)
        self.forward = Side(job.matrix[self.mine[0]], *settings)
        self.backward = Side(turned[self.mine[1]], *settings)
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
