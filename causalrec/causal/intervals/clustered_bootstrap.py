"""A thousand refits of a line to units drawn with replacement, for the price of one pass.

Least squares needs of the rows only their sums of products. One pass adds these up by bucket of
units, and a draw of units is a weighted sum of buckets (Efron, 1979; Cameron, Gelbach and Miller,
2008, draw units as they do here). The pass goes by parts of the rows, so that no second copy of
the table is made.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import student

__all__ = ["bootstrapped", "refits"]

DRAWS = 1_000
"""Of so many the error is known to 2.2 percent."""
MOST_BUCKETS = 2_048
"""Units are drawn one by one up to here, and beyond it in groups at random, which adds 1.6 percent
of noise to an error, whatever the number of rows."""
ROWS_AT_ONCE = 262_144
COLLINEAR = 1e-9
"""Share of the largest direction below which columns say the same."""


def refits(problem: Problem, covariates: np.ndarray, *, draws: int = DRAWS) -> np.ndarray:
    """The treatment's coefficient in each draw of units, (draws,).

    Args:
        problem: the question.
        covariates: (n, p).
        draws: how many.
    """
    buckets = _buckets(problem)
    sums = _products(problem, covariates, buckets)
    rng = generator(problem.query.seed, "bootstrap")
    count = len(sums)
    drawn = rng.integers(0, count, (draws, count)) + count * np.arange(draws)[:, None]
    times = np.bincount(drawn.ravel(), minlength=draws * count).reshape(draws, count)
    size = sums.shape[1]
    drawn_sums = (times.astype(float) @ sums.reshape(count, -1)).reshape(draws, size, size)
    return _slopes(drawn_sums, sums.sum(axis=0))


def bootstrapped(problem: Problem, line: Answer) -> Answer:
    """The answer of a line with the error that refits have, and Student's interval around it.

    Args:
        problem: the question.
        line: what least squares say.
    """
    se = float(refits(problem, problem.design.x).std(ddof=1))
    half = student(problem.query.level, problem.n_clusters - 1) * se
    return replace(line, se=se, low=line.value - half, high=line.value + half)


def _buckets(problem: Problem) -> np.ndarray:
    """Bucket of each row, int (n,): its unit, or units at random where there are many."""
    units = problem.n_clusters
    order = generator(problem.query.seed, "buckets").permutation(units) % MOST_BUCKETS
    order = order.astype(np.uint16)  # sixteen bits are sorted by counting
    return np.asarray(order if problem.cluster is None else order[problem.cluster])


def _products(problem: Problem, covariates: np.ndarray, buckets: np.ndarray) -> np.ndarray:
    """Sums of products of intercept, covariates, treatment and outcome by bucket, (G, q, q)."""
    count, size = int(buckets.max()) + 1, covariates.shape[1] + 3
    sums = np.zeros((count, size, size))
    # Centred, no product is a small difference of large numbers.
    ends = [problem.treatment - problem.treatment.mean(), problem.outcome - problem.outcome.mean()]
    for first in range(0, problem.n, ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        order = np.argsort(buckets[rows], kind="stable")
        part = np.empty((len(order), size))
        part[:, 0] = 1.0
        part[:, 1:-2] = covariates[rows][order]
        for place, end in zip((-2, -1), ends, strict=True):
            part[:, place] = end[rows][order]
        if problem.weight is not None:
            part *= np.sqrt(problem.weight[rows][order])[:, None]
        edges = np.searchsorted(buckets[rows][order], np.arange(count + 1, dtype=np.uint32))
        for bucket in np.flatnonzero(np.diff(edges)):
            own = part[edges[bucket] : edges[bucket + 1]]
            sums[bucket] += own.T @ own
    return sums


def _slopes(drawn: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The treatment's coefficient of each draw from its products, (draws,)."""
    values, vectors = np.linalg.eigh(whole[:-2, :-2])
    kept = vectors[:, values > COLLINEAR * values[-1]]
    turn = np.zeros((len(whole), kept.shape[1] + 2))
    turn[:-2, :-2] = kept
    turn[-2:, -2:] = np.eye(2)
    turned = turn.T @ drawn @ turn
    # A draw may lack what few rows have: its direction then says nothing, and is left out.
    inverse = np.linalg.pinv(turned[:, :-1, :-1], rcond=1e-12, hermitian=True)
    return np.asarray((inverse[:, -1] * turned[:, :-1, -1]).sum(axis=1))
