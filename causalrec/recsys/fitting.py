"""What a model is given to fit on, what it reports, and the training loop that models share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import DataError
from causalrec.core.params import Params
from causalrec.core.progress import OnProgress
from causalrec.core.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.recsys.metrics.ranking import ndcg_of_lists
from causalrec.recsys.topk import best, chunks, hide

__all__ = ["FitJob", "FitReport", "Learner", "train_epochs"]

_VALID_K = 10
_VALID_USERS = 5_000


class FitReport(Result):
    """How a fit went.

    Attributes:
        model: catalogue name.
        params: its parameters.
        curve: one row an epoch: epoch, loss, ndcg (validation NDCG@10, where there is one).
        best_epoch: the epoch kept (None for models fitted in one step).
        seconds, device, seed: time taken, where, and the seed.
        n_users, n_items, n_interactions: size of what it was fitted on.
        notes: what to know about it.
    """

    model: str
    params: dict[str, Any]
    curve: Frame
    best_epoch: int | None = None
    seconds: float
    device: str
    seed: int
    n_users: int
    n_items: int
    n_interactions: int
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The curve: epoch, loss, ndcg."""
        return self.curve.copy()

    def summary(self, lang: str = "en") -> str:
        """One sentence: model, size, seconds, device."""
        text = Text(
            "recsys.fit_summary",
            model=Text(f"recsys.model_{self.model.replace('-', '_')}"),
            users=self.n_users,
            items=self.n_items,
            interactions=self.n_interactions,
            seconds=self.seconds,
            device=self.device,
        )
        return str(render(text, lang))


@dataclass
class FitJob:
    """What a model fits on.

    Attributes:
        matrix: weighted interactions, float32 csr (n_users, n_items); ones without weights.
        valid: held-out interactions of the same shape, or None.
        seed, device: resolved.
        on_progress: told at each step; raises `Cancelled` to stop.
        curve: filled by `train_epochs`.
        best_epoch: set by `train_epochs`.
    """

    matrix: sparse.csr_matrix
    valid: sparse.csr_matrix | None
    seed: int
    device: str
    on_progress: OnProgress
    curve: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None

    def report(self, model: str, params: Params, seconds: float) -> FitReport:
        """What `Recommender.fit` answers."""
        return FitReport(
            model=model,
            params=params.model_dump(mode="json"),
            curve=pd.DataFrame(self.curve, columns=["epoch", "loss", "ndcg"], dtype=float),
            best_epoch=self.best_epoch,
            seconds=seconds,
            device=self.device,
            seed=self.seed,
            n_users=self.matrix.shape[0],
            n_items=self.matrix.shape[1],
            n_interactions=int(self.matrix.nnz),
        )

    def valid_users(self) -> np.ndarray:
        """Codes of at most 5,000 users with a history and something held out, evenly spaced."""
        if self.valid is None:
            return np.zeros(0, dtype=np.int64)
        warm = (self.valid.getnnz(axis=1) > 0) & (self.matrix.getnnz(axis=1) > 0)
        users = np.flatnonzero(warm)
        if len(users) <= _VALID_USERS:
            return users
        return np.asarray(users[np.linspace(0, len(users) - 1, _VALID_USERS).astype(int)])

    def valid_ndcg(self, score: Callable[[np.ndarray], np.ndarray]) -> float:
        """Mean validation NDCG@10, full ranking, training items masked.

        Args:
            score: codes (n,) -> scores (n, n_items).
        """
        users = self.valid_users()
        if self.valid is None or not len(users):
            return float("nan")
        values = [
            ndcg_of_lists(
                best(hide(score(users[part]), self.matrix[users[part]]), _VALID_K),
                self.valid[users[part]],
            )
            for part in chunks(len(users), self.matrix.shape[1])
        ]
        return float(np.concatenate(values).mean())


class Learner(Protocol):
    """What `train_epochs` trains: one pass at a time."""

    def epoch(self) -> float:
        """One pass over the data; the mean loss."""

    def score(self, users: np.ndarray) -> np.ndarray:
        """Scores (n, n_items) of user codes (n,) as things stand."""

    def weights(self) -> dict[str, np.ndarray]:
        """Copies of what has been learnt."""


def train_epochs(
    job: FitJob, learner: Learner, epochs: int, patience: int
) -> dict[str, np.ndarray]:
    """Train; with validation, keep the best epoch and stop after ``patience`` epochs without one.

    Returns:
        The weights kept.

    Raises:
        Cancelled: the run was stopped.
        DataError: the loss is no longer finite.
    """
    kept, top, best_epoch = learner.weights(), -np.inf, 0
    watch = len(job.valid_users()) > 0
    job.on_progress(0.0, Text("recsys.training"))
    for epoch in range(1, epochs + 1):
        row = {"epoch": float(epoch), "loss": learner.epoch()}
        if not np.isfinite(row["loss"]):
            raise DataError("recsys.diverged", hint="recsys.non_finite_hint", epoch=epoch)
        if watch:
            row["ndcg"] = job.valid_ndcg(learner.score)
        job.curve.append(row)
        job.on_progress(epoch / epochs, Text("recsys.epoch", epoch=epoch, epochs=epochs), **row)
        if not watch or row["ndcg"] > top:
            kept, top, best_epoch = learner.weights(), row.get("ndcg", -np.inf), epoch
        elif epoch - best_epoch >= patience:
            break
    job.best_epoch = best_epoch
    return kept
