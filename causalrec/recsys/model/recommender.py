"""The base of all recommenders: fit, score, recommend, save.

A new model writes `_fit`, `_score` and `_needs` (what its arrays are); all else is owned here.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.core.errors import DataError, ParamError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.resources import Meter
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.disliked import apart, disliked, disliked_in
from causalrec.recsys.interactions.histories import History
from causalrec.recsys.interactions.interaction_matrix import (
    as_ids,
    log_popularity,
    positives,
    union,
)
from causalrec.recsys.interactions.popularity_penalty import penalised
from causalrec.recsys.learning.fit_report import FitReport
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.fit_job import checkpoint_of, device_of, fit_on_device, job_of
from causalrec.recsys.model.model_files import write_model
from causalrec.recsys.model.questions import Answering
from causalrec.recsys.model.state import parts_of
from causalrec.recsys.team.checkpoint import CheckpointFolder

__all__ = ["Recommender"]


class Recommender(Answering):
    """Learns what users would like from what they took.

    What a fitted one can be asked (`recommend`, `similar_items`, `predict`) is in `Answering`,
    what is known of it in `Model`.
    """

    @abstractmethod
    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        """Learn from ``job``; the arrays that `_score` needs (saved as they are)."""

    @abstractmethod
    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        """Scores (n, n_items) of users (codes, -1 = not known) given histories (n, n_items)."""

    def fit(
        self,
        dataset: Dataset,
        valid: Dataset | None = None,
        weights: ArrayLike | None = None,
        *,
        seed: int = 0,
        device: str = "auto",
        on_progress: OnProgress | None = None,
        checkpoint: str | Path | CheckpointFolder | None = None,
    ) -> FitReport:
        """Learn from a log.

        Args:
            dataset: the log; its positive rows are what users took.
            valid: held-out rows, for stopping early and keeping the best epoch.
            weights: one number a row of the log, (n,), for example inverse propensities.
            seed: same seed on a CPU, same model.
            device: "auto", "cpu" or "cuda".
            on_progress: told at each step; may raise `Cancelled`, which leaves the model as it was.
            checkpoint: a folder that keeps where training stands; the same work that was killed
                or stopped goes on from there, or takes its best epoch (`CheckpointFolder`).

        Raises:
            DataError: the log has no users or nothing positive, or the loss diverges.
            ParamError: weights or device cannot be used.
            MemoryBudgetError: it would need more memory than allowed, or the device has no more.
        """
        place = device_of(self, device)
        with Meter(place) as meter:
            job = job_of(self, dataset, valid, weights, seed=seed, device=place)
            job.on_progress = on_progress or silent
            job.checkpoint = checkpoint_of(self, job, checkpoint)
            job.tell(0.0, Text("recsys.starting"))
            self._learn(job, dataset, valid)
            report = job.report(self.name, self.params, meter.usage())
        self.report = report
        job.tell(1.0, Text("recsys.fitted"))
        job.checkpoint.remove()
        return report

    def _learn(self, job: FitJob, dataset: Dataset, valid: Dataset | None) -> None:
        """Fit, then take over what the log says of users and items."""
        arrays = fit_on_device(self._fit, job)
        matrix = positives(dataset, ordered=self.takes_order)
        self.user_ids = as_ids(dataset.user_ids)
        self.item_ids = as_ids(dataset.item_ids)
        self.user_table, self.item_table = dataset.users, dataset.items
        self.learnt_from, self.predictor = (dataset, valid), None
        self.history = union(matrix, ordered=self.takes_order)
        self.disliked = disliked(dataset)
        self.seen_users = matrix.getnnz(axis=1) > 0
        self.fingerprint = str(dataset.fingerprint)
        self._popularity = log_popularity(job.matrix)
        self._arrays = arrays

    def score(self, users: ArrayLike, history: History | None = None) -> np.ndarray:
        """How much each user would like each item.

        Args:
            users: user codes, int (n,); -1 for a user who is not known.
            history: what they are known to have taken: csr (n, n_items) or (n_users, n_items),
                a Dataset, or a list of lists of item ids. None: what the model was fitted on.

        Returns:
            float32 (n, n_items). Users without a history get the popularity of the items.

        Raises:
            DataError: the model is not fitted, or a score is not finite.
            ParamError: a user code is out of range or the history has another shape.
        """
        self._require_fitted()
        codes = np.atleast_1d(np.asarray(users, dtype=np.int64))
        if len(codes) and (codes.min() < -1 or codes.max() >= self.n_users):
            raise ParamError(
                "recsys.user_range", hint="recsys.user_range_hint", last=self.n_users - 1
            )
        rows = self._history_rows(codes, history)
        scores = np.asarray(self._score(codes, rows), dtype=np.float32)
        if not np.isfinite(scores).all():
            raise DataError("recsys.non_finite", hint="recsys.non_finite_hint", model=self.label)
        scores = penalised(scores, self._popularity, self.popularity_penalty)
        cold = rows.getnnz(axis=1) == 0
        if cold.any():
            scores = np.where(cold[:, None], self._popularity, scores)
        return scores

    def with_history(self, history: sparse.csr_matrix | Dataset) -> Self:
        """The same model knowing another history of its users (a new model; nothing is refitted).

        Args:
            history: csr (n_users, n_items) in the model's codes, or a Dataset (matched by id),
                which tells what users dislike as well.
        """
        self._require_fitted()
        other = copy.copy(self)
        rows = self._history_rows(np.arange(self.n_users), history)
        other.history = union(rows, ordered=self.takes_order)
        logged = isinstance(history, Dataset)
        unwanted = disliked_in(history, (self.user_ids, self.item_ids)) if logged else self.disliked
        other.disliked = apart(unwanted, other.history)
        return other

    def save(self, folder: str | Path) -> None:
        """Write the model: weights.safetensors and model.json (parameters, ids, versions).

        Raises:
            DataError: the model is not fitted.
            StorageError: the folder cannot be written.
        """
        self._require_fitted()
        write_model(Path(folder), *parts_of(self))
