"""Scores of several models as one: brought to a common scale, then weighted.

The weights are those with the highest validation NDCG@10 that a search finds; each model alone
is among what it tries, so that a blend is never below the best of them there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from causalrec.core.seeds import generator
from causalrec.recsys.arrays.topk import best, chunks, hide
from causalrec.recsys.learning.training_loop import FitJob

__all__ = ["Candidates", "best_weights", "candidates", "standardised"]

_DEPTH = 10
_CANDIDATES = 100
_DRAWS = 60
_ROUNDS = 6
_FACTORS = (0.0, 0.5, 0.8, 1.25, 2.0)
#: A gain below this is no gain.
_LEAST = 1e-5


def standardised(scores: np.ndarray) -> np.ndarray:
    """Each row (n, n_items) with mean 0 and standard deviation 1; constant rows become 0."""
    spread = scores.std(axis=1, keepdims=True)
    centred = scores - scores.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.where(spread == 0, 1.0, spread), dtype=np.float32)


class Candidates:
    """What several models say of the items that any of them lists high, for validation users.

    Attributes:
        near: standardised scores (m, n, c); -inf where a user has fewer candidates.
        hits: bool (n, c), what was held out.
        ideal: float (n,), the DCG of a perfect list.
    """

    def __init__(self, near: np.ndarray, hits: np.ndarray, ideal: np.ndarray) -> None:
        self.near, self.hits, self.ideal = near, hits, ideal

    def ndcg(self, weights: np.ndarray) -> float:
        """Mean NDCG@10 of a blend with weights (m,)."""
        blended = np.full(self.hits.shape, np.float32(0.0))
        for weight, near in zip(weights, self.near, strict=True):
            if weight > 0:
                blended += np.float32(weight) * near
        lists = best(blended, _DEPTH)
        gained = np.take_along_axis(self.hits, lists.clip(0), axis=1) & (lists >= 0)
        discount = 1.0 / np.log2(np.arange(_DEPTH) + 2.0)
        return float(((gained * discount).sum(axis=1) / self.ideal).mean())


def candidates(job: FitJob, scorers: list[Callable[[np.ndarray], np.ndarray]]) -> Candidates:
    """Gather the best 100 items of each model for the job's validation users.

    Args:
        job: with validation.
        scorers: for each model, codes (n,) -> scores (n, n_items).
    """
    assert job.valid is not None
    users = job.valid_users()
    width = min(job.matrix.shape[1], _CANDIDATES * len(scorers))
    near = np.full((len(scorers), len(users), width), -np.inf, dtype=np.float32)
    hits = np.zeros((len(users), width), dtype=bool)
    for part in chunks(len(users), job.matrix.shape[1], bytes_each=8 * len(scorers)):
        few = users[part]
        each = [standardised(scorer(few)) for scorer in scorers]
        listed = np.zeros(each[0].shape, dtype=bool)
        for scores in each:
            lists = best(hide(scores, job.matrix[few]), _CANDIDATES)
            row, place = np.nonzero(lists >= 0)
            listed[row, lists[row, place]] = True
        row, item = np.nonzero(listed)
        starts = np.concatenate([[0], np.cumsum(listed.sum(axis=1))])
        column = np.arange(len(row)) - starts[row]
        for model, scores in enumerate(each):
            near[model, part.start + row, column] = scores[row, item]
        wanted = job.valid[few].toarray() > 0
        hits[part.start + row, column] = wanted[row, item]
        job.beat()
    count = np.minimum(job.valid[users].getnnz(axis=1), _DEPTH)
    return Candidates(near, hits, np.cumsum(1.0 / np.log2(np.arange(_DEPTH) + 2.0))[count - 1])


def best_weights(job: FitJob, among: Candidates) -> tuple[np.ndarray, float]:
    """Weights (m,), not negative, that sum to 1, and their validation NDCG@10.

    Each model alone, all alike and 60 draws are tried; the best is then moved a weight at a
    time, as long as that helps.
    """
    m = len(among.near)
    drawn = generator(job.seed, "blend").dirichlet(np.ones(m), size=_DRAWS if m > 1 else 0)
    tried = [*np.eye(m), np.full(m, 1.0 / m), *drawn]
    values = []
    for weights in tried:
        values.append(among.ndcg(weights))
        job.beat()
    leading, top = tried[int(np.argmax(values))], max(values)
    for _ in range(_ROUNDS):
        before = top
        for model in range(m):
            for moved in _moves(leading, model):
                value = among.ndcg(moved)
                job.beat()
                if value > top + _LEAST:
                    leading, top = moved, value
        if top == before:
            break
    return leading, top


def _moves(weights: np.ndarray, model: int) -> list[np.ndarray]:
    """The weights with one of them changed, by a factor or from almost nothing."""
    moves = []
    for value in (*(factor * weights[model] for factor in _FACTORS), 0.1):
        moved = weights.copy()
        moved[model] = value
        if moved.sum() > 0 and value != weights[model]:
            moves.append(moved / moved.sum())
    return moves
