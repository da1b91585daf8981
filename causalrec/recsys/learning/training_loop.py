"""What a model is given to fit on, and the training loop that models share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import Cancelled, DataError
from causalrec.core.params import Params
from causalrec.core.progress import OnProgress
from causalrec.core.results.resources import Usage
from causalrec.core.words import Text
from causalrec.recsys.arrays.topk import listed
from causalrec.recsys.learning.fit_report import FitReport
from causalrec.recsys.learning.stopping import collapse_notes, epochs_of_patience
from causalrec.recsys.metrics.accuracy.ndcg import NDCG, ndcg_of_lists
from causalrec.recsys.team.checkpoint import Checkpoint, Standing
from causalrec.recsys.team.team import ALONE, Team

if TYPE_CHECKING:
    from causalrec.data.dataset.dataset import Dataset

__all__ = ["FitJob", "Learner", "train_epochs"]

P = TypeVar("P", bound=Params)

_VALID_K = 10
_BEAT = 0.2
_VALID_USERS = 5_000


@dataclass
class FitJob:
    """What a model fits on.

    Attributes:
        matrix: weighted interactions, float32 csr (n_users, n_items); ones without weights.
        valid: held-out interactions of the same shape, or None.
        seed, device: resolved.
        on_progress: told at each step; raises `Cancelled` to stop.
        data: the log itself, for models that use times or attributes (codes as in ``matrix``).
        order: the matrix's entries as places in time (`history.positives(ordered=True)`); None
            for models that do not take order.
        checkpoint: where training stands is kept here, and taken up again from here.
        team: the processes that train together.
        notes: what to know about the fit; a model may add to it.
        chosen: parameters that `settle` chose.
        curve, best_epoch: filled by `train_epochs`.
    """

    matrix: sparse.csr_matrix
    valid: sparse.csr_matrix | None
    seed: int
    device: str
    on_progress: OnProgress
    data: Dataset | None = None
    order: sparse.csr_matrix | None = None
    checkpoint: Checkpoint = field(default_factory=lambda: Checkpoint(None, {}))
    team: Team = ALONE
    notes: list[Text] = field(default_factory=list)
    chosen: dict[str, float] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None
    _done: float = 0.0
    _beaten: float = 0.0

    def tell(self, fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        """Report progress; what `beat` repeats."""
        self._done, self._beaten = fraction, time.monotonic()
        self.on_progress(fraction, message, **metrics)

    def beat(self) -> None:
        """Called at each batch: lets a person stop there (at most five times a second)."""
        if time.monotonic() - self._beaten > _BEAT:
            self.tell(self._done)

    def settle(self, params: P, **rules: float) -> P:
        """Parameters that are 0 get the values of ``rules``; the report and a note say so."""
        chosen = {name: value for name, value in rules.items() if not getattr(params, name)}
        self.chosen |= chosen
        for name, value in chosen.items():
            field_ = type(params).model_fields[name].json_schema_extra
            assert isinstance(field_, dict)
            label = Text(f"{field_['help']}_label")
            self.notes.append(Text("recsys.note_chosen", name=label, value=value))
        return params.model_copy(update=chosen)

    def own_rows(self) -> sparse.csr_matrix:
        """The rows of the matrix that are this process's share: every row, where it is alone."""
        return self.matrix[self.team.share(self.matrix.shape[0])]

    def report(self, model: str, params: Params, usage: Usage) -> FitReport:
        """What `Recommender.fit` answers; its seconds are those of the usage."""
        return FitReport(
            model=model,
            params={**params.model_dump(mode="json"), **self.chosen},
            curve=pd.DataFrame(self.curve, columns=["epoch", "loss", NDCG.name], dtype=float),
            best_epoch=self.best_epoch,
            seconds=usage.seconds,
            device=self.device,
            seed=self.seed,
            n_users=self.matrix.shape[0],
            n_items=self.matrix.shape[1],
            n_interactions=int(self.matrix.nnz),
            notes=tuple(self.notes),
            usage=usage,
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
        total = np.zeros(1)
        mine = users[self.team.share(len(users))]
        for some in listed(
            (len(mine), self.matrix.shape[1]),
            _VALID_K,
            score=lambda part: score(mine[part]),
            seen=lambda part: self.matrix[mine[part]],
        ):
            total += ndcg_of_lists(some.lists, self.valid[mine[some.part]]).sum()
        return float(self.team.total(total)[0]) / len(users)


class Learner(Protocol):
    """What `train_epochs` trains: one pass at a time."""

    def epoch(self) -> float:
        """One pass over the data; the mean loss."""

    def score(self, users: np.ndarray) -> np.ndarray:
        """Scores (n, n_items) of user codes (n,) as things stand."""

    def weights(self) -> dict[str, np.ndarray]:
        """Copies of what has been learnt: what the fitted model keeps."""

    def state(self) -> dict[str, np.ndarray]:
        """All that is needed to go on after an epoch: weights, the optimiser's, random state."""

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take up a `state`."""


def train_epochs(
    job: FitJob, learner: Learner, epochs: int, patience: int
) -> dict[str, np.ndarray]:
    """Train; with validation, keep the best epoch and stop after ``patience`` epochs without one.

    Patience lasts at least 50 steps (`epochs_of_patience`). A model that validation shows to
    have hardly learnt is told of in the job's notes (`collapse_notes`). Goes on from the job's
    checkpoint where there is one of the same work.

    Returns:
        The weights kept.

    Raises:
        Cancelled: the run was stopped; the checkpoint holds the last epoch and the best one.
        DataError: the loss is no longer finite.
    """
    now = job.checkpoint.load()
    if now is None:
        now = Standing(kept=learner.weights())
    else:
        learner.restore(now.state)
        epochs = now.epoch if job.checkpoint.finish else epochs
        key = "recsys.note_finished" if job.checkpoint.finish else "recsys.note_resumed"
        job.notes.insert(0, Text(key, epoch=now.epoch, best=now.best_epoch))
    job.curve[:] = now.curve
    watch = len(job.valid_users()) > 0
    patience = epochs_of_patience(patience, learner)
    job.tell(0.0, Text("recsys.training"))
    try:
        while now.epoch < epochs and not (watch and now.epoch - now.best_epoch >= patience):
            _one_epoch(job, learner, now, epochs=epochs, watch=watch)
    except Cancelled:
        if now.state:
            job.checkpoint.save(now, now=True)
        raise
    if watch and now.best_epoch == now.epoch == epochs:
        job.notes.append(Text("recsys.note_still_rising", epochs=epochs))
    if watch:
        job.notes += collapse_notes(job, now)
    job.best_epoch = now.best_epoch
    return now.kept


def _one_epoch(job: FitJob, learner: Learner, now: Standing, *, epochs: int, watch: bool) -> None:
    """One epoch, of so many; it is kept if none was better on validation, where that is watched.

    Raises:
        DataError: the loss is no number.
    """
    epoch = now.epoch + 1
    row = {"epoch": float(epoch), "loss": learner.epoch()}
    if not np.isfinite(row["loss"]):
        raise DataError("recsys.diverged", hint="recsys.non_finite_hint", epoch=epoch)
    if watch:
        row[NDCG.name] = job.valid_ndcg(learner.score)
    job.curve.append(row)
    now.epoch, now.curve, now.state = epoch, list(job.curve), learner.state()
    if not watch or row[NDCG.name] > now.top:
        now.kept, now.best_epoch = learner.weights(), epoch
        now.top = row.get(NDCG.name, -np.inf)
    job.checkpoint.save(now)
    text = Text("recsys.epoch", epoch=epoch, epochs=epochs)
    job.tell(epoch / epochs, text, **row)
