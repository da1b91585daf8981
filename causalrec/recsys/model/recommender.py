"""The base of all recommenders: fit, score, recommend, save.

A new model writes `_fit`, `_score` and `_needs` (what its arrays are); all else is owned here.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import DataError, NotFoundError, ParamError
from causalrec.core.params import Params
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.resources import Meter
from causalrec.core.untrusted.documents import ForeignError
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.arrays.array_needs import Need
from causalrec.recsys.interactions import interaction_matrix as known
from causalrec.recsys.interactions.disliked import apart, disliked, disliked_in
from causalrec.recsys.interactions.popularity_penalty import penalised
from causalrec.recsys.learning.training_loop import FitJob, FitReport
from causalrec.recsys.model.fit_job import checkpoint_of, device_of, job_of, told_of_memory
from causalrec.recsys.model.model_files import damaged, read_model, write_model
from causalrec.recsys.model.outcome_model import Predictor
from causalrec.recsys.model.questions import Answering
from causalrec.recsys.model.state import parts_of, revive
from causalrec.recsys.recommenders import RECOMMENDERS, STUDENTS

__all__ = ["RECOMMENDERS", "Recommender", "load_recommender", "recommender"]


def recommender(name: str, **params: Any) -> Recommender:
    """A recommender by name, not yet fitted.

    Args:
        name: one of `RECOMMENDERS`.
        params: its parameters; the others keep their defaults.

    Raises:
        NotFoundError: no recommender has the name.
        ParamError: a parameter is unknown or out of range.
    """
    made: Recommender = RECOMMENDERS[name](**params)
    return made


def load_recommender(folder: str | Path) -> Recommender:
    """The model that `Recommender.save` wrote: the same scores, bit for bit.

    Everything is checked before anything is used: the document's form, the parameters, and
    the arrays' types, shapes, numbers and indices against it and against each other.

    Raises:
        NotFoundError: the folder holds no model, or one of a kind that is not known here.
        DataError: a file is foreign, truncated or changed.
        MemoryBudgetError: the model is larger than the memory allows.
    """
    folder = Path(folder)
    document, arrays = read_model(folder)
    shelf = STUDENTS if document.model in STUDENTS else RECOMMENDERS
    kind = shelf[document.model]
    try:
        model: Recommender = kind(**document.params)
        revive(model, document, arrays)
    except (ForeignError, ParamError, NotFoundError) as error:
        raise damaged(folder, str(error)) from error
    return model


class Recommender(Answering):
    """Learns what users would like from what they took.

    What a fitted one can be asked (`recommend`, `similar_items`, `predict`) is in `Answering`.

    Attributes:
        name, params: catalogue name and frozen parameters.
        user_ids, item_ids: external ids, str (n_users,) and (n_items,); code = index.
        history: what each user is known to have taken, csr (n_users, n_items).
        disliked: what each user rated and did not want, csr (n_users, n_items): not input, but
            known, and not recommended back (`causalrec.recsys.interactions.disliked`).
        report: how the fit went (None before it).
        fingerprint: of the data it was fitted on.
        seen_users: bool (n_users,), users with an interaction in the data it was fitted on.
        learnt_from: the log and the held-out rows of `fit`, as long as the model lives in memory
            (`predict` calibrates itself on them).
        user_table, item_table: the data's attributes by code, as long as the model lives in
            memory (interventions read categories and segments there); None once loaded.
        facts: JSON that is saved with the model: split and data fingerprints, metrics.
        storage: how its numbers are written: "plain", "int8", "bf16" or "sparse".
        popularity_penalty: see `with_popularity_penalty`; predictor: see `with_calibration`.
    """

    name: ClassVar[str]
    Params: ClassVar[type[Params]] = Params
    #: Whether a user's history is an input (else what was learnt of the user is).
    takes_history: ClassVar[bool] = True
    #: Whether a history's entries are places in time (else they are ones).
    takes_order: ClassVar[bool] = False
    #: Arrays that it scores with as well where they are sparse (csr).
    sparse_arrays: ClassVar[tuple[str, ...]] = ()
    #: Whether fitting can use an accelerator.
    uses_device: ClassVar[bool] = False

    def __init__(self, **params: Any) -> None:
        self.params = self.Params.make(params)
        self.user_ids, self.item_ids = known.as_ids([]), known.as_ids([])
        self.history = sparse.csr_matrix((0, 0), dtype=np.float32)
        self.disliked = sparse.csr_matrix((0, 0), dtype=np.float32)
        self.report: FitReport | None = None
        self.fingerprint = ""
        self.facts: dict[str, Any] = {}
        self.storage = "plain"
        self.popularity_penalty = 0.0
        self.predictor: Predictor | None = None
        self.learnt_from: tuple[Dataset, Dataset | None] | None = None
        self.user_table: pd.DataFrame | None = None
        self.item_table: pd.DataFrame | None = None
        self.seen_users = np.zeros(0, dtype=bool)
        self._popularity = np.zeros(0, dtype=np.float32)
        self._arrays: dict[str, np.ndarray] = {}

    @abstractmethod
    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        """Learn from ``job``; the arrays that `_score` needs (saved as they are)."""

    @abstractmethod
    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        """Scores (n, n_items) of users (codes, -1 = not known) given histories (n, n_items)."""

    @abstractmethod
    def _needs(self) -> dict[str, Need]:
        """What each array must be, given the model's ids and parameters: checked on loading."""

    @property
    def n_users(self) -> int:
        """Number of users known."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items in the catalogue."""
        return len(self.item_ids)

    def fit(
        self,
        dataset: Dataset,
        valid: Dataset | None = None,
        weights: Any = None,
        *,
        seed: int = 0,
        device: str = "auto",
        on_progress: OnProgress | None = None,
        checkpoint: str | Path | None = None,
        finish: bool = False,
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
                or stopped goes on from there.
            finish: take the best epoch of the checkpoint as it stands, train no further.

        Raises:
            DataError: the log has no users or nothing positive, or the loss diverges.
            ParamError: weights or device cannot be used.
            MemoryBudgetError: it would need more memory than allowed, or the device has no more.
        """
        place = device_of(self, device)
        with Meter(place) as meter:
            job = job_of(self, (dataset, valid, weights), seed=seed, device=place)
            job.on_progress = on_progress or silent
            job.checkpoint = checkpoint_of(self, job, checkpoint, finish=finish)
            job.tell(0.0, Text("recsys.starting"))
            self._learn(job, dataset, valid)
            report = job.report(self.name, self.params, meter.usage())
        self.report = report
        job.tell(1.0, Text("recsys.fitted"))
        job.checkpoint.remove()
        return report

    def _learn(self, job: FitJob, dataset: Dataset, valid: Dataset | None) -> None:
        """Fit, then take over what the log says of users and items."""
        arrays = told_of_memory(self._fit, job)
        matrix = known.positives(dataset, ordered=self.takes_order)
        self.user_ids = known.as_ids(dataset.user_ids)
        self.item_ids = known.as_ids(dataset.item_ids)
        self.user_table, self.item_table = dataset.users, dataset.items
        self.learnt_from, self.predictor = (dataset, valid), None
        self.history = known.union(matrix, ordered=self.takes_order)
        self.disliked = disliked(dataset)
        self.seen_users = matrix.getnnz(axis=1) > 0
        self.fingerprint = str(dataset.fingerprint)
        self._popularity = known.log_popularity(job.matrix)
        self._arrays = arrays

    def score(self, users: Any, history: Any = None) -> np.ndarray:
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

    def with_history(self, history: Any) -> Self:
        """The same model knowing another history of its users (a new model; nothing is refitted).

        Args:
            history: csr (n_users, n_items) in the model's codes, or a Dataset (matched by id),
                which tells what users dislike as well.
        """
        self._require_fitted()
        other = copy.copy(self)
        rows = self._history_rows(np.arange(self.n_users), history)
        other.history = known.union(rows, ordered=self.takes_order)
        told = isinstance(history, Dataset)
        unwanted = disliked_in(history, (self.user_ids, self.item_ids)) if told else self.disliked
        other.disliked = apart(unwanted, other.history)
        return other

    def _item_vectors(self) -> np.ndarray | None:
        """One vector an item, (n_items, d), or None: what `similar_items` compares."""
        return None

    def save(self, folder: str | Path) -> None:
        """Write the model: weights.safetensors and model.json (parameters, ids, versions).

        Raises:
            DataError: the model is not fitted.
            StorageError: the folder cannot be written.
        """
        self._require_fitted()
        write_model(Path(folder), *parts_of(self))

    @property
    def label(self) -> Text:
        """The model's name in words."""
        return Text(f"recsys.model_{self.name.replace('-', '_')}")

    def _require_fitted(self) -> None:
        if self.report is None:
            raise DataError("recsys.not_fitted", hint="recsys.not_fitted_hint", model=self.label)

    def _history_rows(self, codes: np.ndarray, history: Any) -> sparse.csr_matrix:
        """Histories (n, n_items) of the users, from any form that `score` takes."""
        given = self.history if history is None else history
        ids = (self.user_ids, self.item_ids)
        return known.rows_for(codes, given, ids, ordered=self.takes_order)
