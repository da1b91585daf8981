"""How far the effect of a row may be from what a learner says of it.

No learner's own interval holds at a point: it is regularised, and where it smooths too much it
does not know. So the band is calibrated: its mean square is what held-out doubly robust scores
say of the learner's error, and its shape is how much models of different folds differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.second_order_bias import Leftover, remainder
from causalrec.causal.learners.learner import Learned
from causalrec.causal.learners.teaching import HeldOut
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import normal

__all__ = ["Band", "band_of"]

MOST_MEASURED = 20_000
"""Rows whose scores measure the error; more make it slower, and no wider."""
EVEN = 0.5
"""Share of the band that is the same for every row: five models tell little of one row."""
SURE = 1.0
"""Standard errors that the measured error is taken to be larger, since it is an estimate."""
WIDER = 1.25
"""Of the mean square: what choosing the best learner and errors that are not normal add. Chosen on
the worlds of tests/benchmarks/cate.py (4 draws of 1,000 rows), where the share of rows within 95 %
bands was .91 to .96 without it."""


@dataclass(frozen=True, eq=False)
class Band:
    """A band around a learner's effects.

    Attributes:
        learned: by fold, each without its rows.
        even: mean square difference between them, as an error of their mean, over all rows.
        error: mean square error, in squared units of the outcome.
        level: share of the rows whose effect it holds.
    """

    learned: tuple[Learned, ...]
    even: float
    error: float
    level: float

    def half(self, x: np.ndarray) -> np.ndarray:
        """Half of its width at covariates (m, p), (m,)."""
        own = _between(self.learned, x)
        shape = EVEN + (1 - EVEN) * own / self.even if self.even > 0 else np.ones(len(x))
        return np.asarray(normal(self.level) * np.sqrt(self.error * shape))


def band_of(problem: Problem, held_out: HeldOut, scores: np.ndarray) -> Band:
    """The band of a learner.

    Its error is the mean square of what the scores, less the learner's held-out effects, have in
    common with the covariates, from pairs of different units (`remainder`), and a standard error
    more; at least what the folds' models differ by (the delete-a-group jackknife: Kott, 2001).

    Args:
        problem: the question.
        held_out: what the learner says of each row without it.
        scores: doubly robust, (n,).
    """
    x, cluster = problem.design.x, problem.cluster
    left = scores - held_out.effect
    if problem.n > MOST_MEASURED:
        units = np.arange(problem.n) if cluster is None else cluster
        order = generator(problem.query.seed, "band").permutation(problem.n_clusters)
        kept = order[units] < MOST_MEASURED * problem.n_clusters / problem.n
        x, left = x[kept], left[kept]
        cluster = None if cluster is None else np.unique(cluster[kept], return_inverse=True)[1]
    even = float(_between(held_out.learned, x).mean())
    missed = remainder(x, [Leftover(left, left, 1.0)], cluster)
    error = WIDER * max(max(missed.bias, 0.0) + SURE * missed.error, even)
    return Band(held_out.learned, even, error, problem.query.level)


def _between(learned: tuple[Learned, ...], x: np.ndarray) -> np.ndarray:
    """Variance of a model's effects by how those without a fold each differ, (m,)."""
    effects = np.stack([one.effect(x) for one in learned])
    return np.asarray((len(learned) - 1) * effects.var(axis=0))
