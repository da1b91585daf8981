"""Content: what items say of themselves, tied to what people took together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.machine.device import require_memory
from causalrec.core.params import Params, param
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.arrays.topk import best, chunks
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.metrics.judged import hits
from causalrec.recsys.model.recommender import Recommender
from causalrec.recsys.networks.item_features import item_features

__all__ = ["Content"]

_HELD = 0.2
_HELD_USERS = 2_000
_K = 10
_SHRINK = (30.0, 100.0, 300.0, 1_000.0)
_RIDGE = (3.0, 10.0, 30.0, 100.0)
_PROFILE = (0.0, 0.1, 0.3, 1.0, 3.0)
_BLEND = (1.0, 3.0, 10.0, 30.0)


class ContentParams(Params):
    """What the content model can be told."""

    encoder: str = param("auto", help="recsys.help_encoder")
    factors: int = param(64, help="recsys.help_factors", ge=1, le=1_024, search=(16, 256))
    blend: float = param(0.0, help="recsys.help_blend", ge=0.0, le=1e6, advanced=True)


class Content(Recommender):
    """Items have vectors learnt from behaviour, and a ridge tells them from text and attributes.

    The vectors of behaviour are those of a shrunken singular value decomposition of the
    interactions, V diag(s / √(s² + λ)); a user is the sum over the history. A ridge from
    features to vectors gives items that nobody took a place in the same space (as Gantner et
    al., 2010, map attributes to factors); likeness of features themselves adds to it. Both
    fade as τ / (n + τ) with the n interactions of an item. λ and τ are chosen on validation,
    the rest on items held out within the training data with all their interactions.
    """

    name: ClassVar[str] = "content"
    family: ClassVar[str] = "text"
    source: ClassVar[str] = "Gantner et al., 2010"
    Params: ClassVar[type[Params]] = ContentParams
    takes_attributes: ClassVar[bool] = True
    takes_texts: ClassVar[bool] = True
    suits: ClassVar[str] = "attributes"
    uses_device: ClassVar[bool] = True
    params: ContentParams

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        users, items = job.matrix.shape
        size = self.params.factors
        needed = 8.0 * (users + 4.0 * items) * size + 40.0 * job.matrix.nnz
        require_memory(needed, Text("recsys.work_factors", users=users, items=items))
        described = item_features(job, self.params.encoder)
        job.notes.append(described.note)
        features = described.matrix
        wide = features.shape[1]
        needed = 8.0 * wide * wide * 4 + 16.0 * items * wide
        require_memory(needed, Text("recsys.work_features", items=items))
        job.tell(0.3, Text("recsys.training"))
        turned, strength = _decomposed(job.matrix, size)
        shrink = _chosen(job, turned, strength)
        factors = _shrunk(turned, strength, shrink)
        if not wide:
            none = np.zeros(items, dtype=np.float32)
            return {"tastes": factors, "features": features, "share": none}
        job.tell(0.5, Text("recsys.content_held"))
        ridge, profile = _held_out(job, features, size=size, shrink=shrink)
        job.tell(0.9, Text("recsys.content_blend"))
        predicted = _predicted(features, factors, job.matrix.getnnz(axis=0) > 0, ridge)
        blending = _Blend(job, factors, predicted, features, profile)
        return blending.at(self.params.blend or blending.chosen())

    def _item_vectors(self) -> np.ndarray:
        share = np.sqrt(self._arrays["share"].max(initial=0.0))
        return np.hstack([self._arrays["tastes"], share * self._arrays["features"]])

    def _needs(self) -> dict[str, Need]:
        return {
            "tastes": need(self.n_items, "factors"),
            "features": need(self.n_items, "features"),
            "share": need(self.n_items),
        }

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        return _scores(self._arrays, history)


def _scores_of(
    arrays: dict[str, np.ndarray], rows: sparse.csr_matrix, users: np.ndarray
) -> np.ndarray:
    """Scores (n, n_items) of user codes (n,)."""
    return _scores(arrays, rows[users])


def _scores(arrays: dict[str, np.ndarray], history: sparse.csr_matrix) -> np.ndarray:
    """Scores (n, n_items) of histories (n, n_items)."""
    tastes, features = arrays["tastes"], arrays["features"]
    scores = (history @ tastes) @ tastes.T
    if features.shape[1]:
        scores += ((history @ features) @ features.T) * arrays["share"]
    return np.asarray(scores)


@dataclass
class _Blend:
    """Behaviour and content of items, mixed by how many took each.

    Attributes:
        job: what is fitted on.
        factors, predicted: learnt from behaviour, and told from features, (n_items, f).
        features: of items, (n_items, d).
        profile: weight of the features' own likeness.
    """

    job: FitJob
    factors: np.ndarray
    predicted: np.ndarray
    features: np.ndarray
    profile: float

    def at(self, blend: float) -> dict[str, np.ndarray]:
        """The arrays of a model where content weighs as much as ``blend`` interactions."""
        count = np.asarray(self.job.matrix.getnnz(axis=0), dtype=np.float64)
        share = (blend / (count + blend)).astype(np.float32)
        tastes = self.factors + share[:, None] * (self.predicted - self.factors)
        return {"tastes": tastes, "features": self.features, "share": self.profile * share}

    def chosen(self) -> float:
        """The blend with the best validation NDCG; without validation 10."""
        if not len(self.job.valid_users()):
            return 10.0
        rows = self.job.matrix.sign()
        tried = {}
        for blend in _BLEND:
            tried[blend] = self.job.valid_ndcg(partial(_scores_of, self.at(blend), rows))
            self.job.beat()
        return max(tried, key=lambda blend: tried[blend])


def _decomposed(matrix: sparse.csr_matrix, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Right singular vectors (n_items, f) and singular values (f,) of the weights' roots."""
    root = matrix.sqrt().astype(np.float64)
    least = min(root.shape)
    if least <= 2 * size:
        _, strength, turned = np.linalg.svd(root.toarray(), full_matrices=False)
    else:
        from scipy.sparse.linalg import svds

        # A fixed start: the same data give the same vectors.
        _, strength, turned = svds(root, k=size, v0=np.ones(least))
    order = np.argsort(-strength, kind="stable")[:size]
    return turned[order].T, strength[order]


def _shrunk(turned: np.ndarray, strength: np.ndarray, shrink: float) -> np.ndarray:
    """Vectors (n_items, f) whose inner products are the ridge's item weights (float32)."""
    items = turned * (strength / np.sqrt(strength**2 + shrink))
    return np.asarray(items, dtype=np.float32)


def _chosen(job: FitJob, turned: np.ndarray, strength: np.ndarray) -> float:
    """The λ with the best validation NDCG; without validation 100."""
    if not len(job.valid_users()):
        return 100.0
    rows = job.matrix.sign()
    tried = {}
    for shrink in _SHRINK:
        arrays = {"tastes": _shrunk(turned, strength, shrink), "features": np.zeros((0, 0))}
        tried[shrink] = job.valid_ndcg(partial(_scores_of, arrays, rows))
        job.beat()
    return max(tried, key=lambda shrink: tried[shrink])


def _predicted(
    features: np.ndarray, factors: np.ndarray, met: np.ndarray, ridge: float
) -> np.ndarray:
    """Vectors (n_items, f) told from features (n_items, d), learnt on the items met."""
    wide = np.hstack([features, np.ones((len(features), 1), dtype=np.float32)]).astype(np.float64)
    left = wide[met].T @ wide[met]
    left[np.diag_indices(len(left) - 1)] += ridge
    left[-1, -1] += 1e-6
    map_ = np.linalg.solve(left, wide[met].T @ factors[met])
    return np.asarray(wide @ map_, dtype=np.float32)


def _held_out(
    job: FitJob, features: np.ndarray, *, size: int, shrink: float
) -> tuple[float, float]:
    """Ridge and weight of the features' likeness, by recall on items hidden with all their rows."""
    rng = generator(job.seed, "content")
    taken = np.flatnonzero(job.matrix.getnnz(axis=0))
    held = np.sort(rng.choice(taken, size=int(_HELD * len(taken)), replace=False))
    keep = np.ones(job.matrix.shape[1], dtype=np.float32)
    keep[held] = 0.0
    seen = sparse.csr_matrix(job.matrix @ sparse.diags_array(keep))
    seen.eliminate_zeros()
    targets = sparse.csr_matrix(job.matrix[:, held])
    able = np.flatnonzero((targets.getnnz(axis=1) > 0) & (seen.getnnz(axis=1) > 0))
    if not len(able) or seen.nnz == 0:
        return _RIDGE[1], 0.0
    if len(able) > _HELD_USERS:
        able = able[np.linspace(0, len(able) - 1, _HELD_USERS).astype(int)]
    factors = _shrunk(*_decomposed(seen, size), shrink)
    met = keep.astype(bool) & (job.matrix.getnnz(axis=0) > 0)
    scale = _scale(factors[met], features[met])
    rows, wanted = seen.sign()[able], targets[able]
    count = wanted.getnnz(axis=1)
    results: dict[tuple[float, float], float] = {}
    for ridge in _RIDGE:
        predicted = _predicted(features, factors, met, ridge)
        job.beat()
        total = np.zeros(len(_PROFILE))
        for part in chunks(len(able), len(held)):
            mine = rows[part]
            base = (mine @ factors) @ predicted[held].T
            like = (mine @ features) @ features[held].T
            for j, profile in enumerate(_PROFILE):
                lists = best(base + np.float32(profile * scale) * like, _K)
                total[j] += (hits(lists, wanted[part]).sum(axis=1) / count[part]).sum()
        results.update({(ridge, p * scale): t for p, t in zip(_PROFILE, total, strict=True)})
    return max(results, key=lambda pair: results[pair])


def _scale(factors: np.ndarray, features: np.ndarray) -> float:
    """What brings the likeness of features to the size of that of factors."""
    wide = float(np.mean(features**2) * features.shape[1])
    return float(np.mean(factors**2) * factors.shape[1]) / wide if wide > 0 else 0.0
