"""A small student that has learnt to score as a teacher does, from a user's history alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.errors import DataError
from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.topk import chunks
from causalrec.recsys.interactions.interaction_matrix import aligned, as_ids, codes_of, positives
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.recommender import Recommender

if TYPE_CHECKING:
    from causalrec.data.dataset.dataset import Dataset

__all__ = ["Distilled"]

_MOST_USERS = 4_000
_PENALTIES = (0.03, 0.1, 0.3, 1.0)
_MORE, _PASSES = 10, 2


class DistilledParams(Params):
    """What a student can be told."""

    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024)
    teacher: str = param("", help="recsys.help_teacher")


class Distilled(Recommender):
    """s = x̄ W V + b: the history x, scaled by 1/√length, through d factors; b the mean score.

    The teacher's scores, standardised within each user (a ranking does not change by that), are
    factored by a randomised singular value decomposition (Halko, Martinsson and Tropp, 2011);
    a ridge regression then finds each user's factors from the history, its penalty chosen on
    validation. Fitted on at most 4,000 users. A student needs no entry for a user.
    """

    name: ClassVar[str] = "distilled"
    family: ClassVar[str] = "student"
    source: ClassVar[str] = "Halko, Martinsson and Tropp, 2011"
    Params: ClassVar[type[Params]] = DistilledParams
    params: DistilledParams

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        #: The model that is learnt from; only needed while fitting.
        self.teacher: Recommender | None = None

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        if self.teacher is None or job.data is None:
            raise DataError("recsys.no_teacher", hint="recsys.no_teacher_hint")
        users = _taught(job)
        items = job.matrix.shape[1]
        needed = 12.0 * len(users) * items + 16.0 * len(users) ** 2
        require_memory(needed, Text("recsys.work_factors", users=len(users), items=items))
        wanted = _standardised(self.teacher, job, users)
        mean = wanted.mean(axis=0)
        wanted -= mean
        job.tell(0.5, Text("recsys.distilling"))
        taste, vectors = _factored(wanted, self.params.factors, job.seed)
        rows = _scaled(sparse.csr_matrix(job.matrix[users]))
        kernel = np.asarray((rows @ rows.T).todense(), dtype=np.float64)
        step = float(np.trace(kernel)) / max(len(kernel), 1)
        best: dict[str, np.ndarray] = {}
        top = -np.inf
        for penalty in _PENALTIES if len(job.valid_users()) else _PENALTIES[1:2]:
            job.beat()
            solved = np.linalg.solve(kernel + penalty * step * np.eye(len(kernel)), taste)
            weights = np.asarray(rows.T @ solved, dtype=np.float32)
            arrays = {"reads": weights, "items": vectors, "mean": mean}
            value = job.valid_ndcg(partial(_scores_of, job.matrix, arrays))
            if not best or value > top:
                best, top = arrays, value
        return best

    def _needs(self) -> dict[str, Need]:
        items = self.n_items
        return {"reads": need(items, "rank"), "items": need("rank", items), "mean": need(items)}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        return _scores(history, self._arrays)

    def _item_vectors(self) -> np.ndarray:
        return np.asarray(self._arrays["items"].T)


def _scores_of(
    matrix: sparse.csr_matrix, arrays: dict[str, np.ndarray], users: np.ndarray
) -> np.ndarray:
    return _scores(sparse.csr_matrix(matrix[users]), arrays)


def _scores(history: sparse.csr_matrix, arrays: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray((_scaled(history) @ arrays["reads"]) @ arrays["items"] + arrays["mean"])


def _scaled(history: sparse.csr_matrix) -> sparse.csr_matrix:
    """Ones in place of the entries, each row divided by the square root of its length."""
    counts = np.diff(history.indptr)
    values = np.repeat(1.0 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    parts = (values, history.indices, history.indptr)
    return sparse.csr_matrix(parts, shape=history.shape)


def _taught(job: FitJob) -> np.ndarray:
    users = np.flatnonzero(job.matrix.getnnz(axis=1) > 0)
    if len(users) <= _MOST_USERS:
        return users
    drawn = generator(job.seed, "distilled").choice(users, _MOST_USERS, replace=False)
    return np.sort(drawn)


def _standardised(teacher: Recommender, job: FitJob, users: np.ndarray) -> np.ndarray:
    """The teacher's scores of the job's users and items, mean 0 and spread 1 a user.

    Raises:
        DataError: the teacher does not know an item.
    """
    data: Dataset | None = job.data
    assert data is not None
    codes = codes_of(as_ids(data.user_ids), teacher.user_ids)
    place = codes_of(as_ids(data.item_ids), teacher.item_ids)
    if (place < 0).any():
        raise DataError("recsys.teacher_items", hint="recsys.teacher_items_hint")
    ids = (as_ids(data.user_ids), as_ids(data.item_ids))
    theirs = (ids[0], np.asarray(teacher.item_ids))
    past = positives(data, ordered=teacher.takes_order)
    rows = aligned(past, ids, theirs)
    wanted = np.empty((len(users), len(place)), dtype=np.float32)
    for part in chunks(len(users), teacher.n_items):
        job.tell(0.5 * part.start / len(users), Text("recsys.teaching"))
        few = users[part]
        scores = teacher.score(codes[few], rows[few])[:, place]
        spread = scores.std(axis=1, keepdims=True)
        wanted[part] = (scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)
    return wanted


def _factored(matrix: np.ndarray, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A matrix (n, m) ≈ left (n, d) @ right (d, m), the rows of ``right`` orthonormal."""
    size = min(size, *matrix.shape)
    wide = min(size + _MORE, *matrix.shape)
    drawn = generator(seed, "distilled", "range").normal(size=(matrix.shape[1], wide))
    basis = matrix @ drawn.astype(np.float32)
    for _ in range(_PASSES):
        basis = matrix @ (matrix.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    left, values, right = np.linalg.svd(basis.T @ matrix, full_matrices=False)
    return (basis @ left[:, :size]) * values[:size], np.ascontiguousarray(right[:size])
