"""The mean of all rows from some whose outcome was asked for by chance alone."""

from __future__ import annotations

import numpy as np

from causalrec.causal.selection.response import Response
from causalrec.causal.selection.sizes import Sized
from causalrec.core.statistics.quantiles import student
from causalrec.core.statistics.samples import totals

__all__ = ["by_chance"]


def by_chance(
    response: Response, outcome: np.ndarray, cluster: np.ndarray | None, level: float
) -> Sized:
    """The mean of rows that were drawn uniformly: it needs no model of who is seen.

    Args:
        response: the log's rows.
        outcome: of the uniform rows, (m,).
        cluster: number of their units, counted with those of the log, int (m,), or None.
        level: of the intervals.
    """
    mean = float(outcome.mean())
    own = (outcome - mean) / len(outcome)
    seen = response.excess / response.seen.sum()
    if response.cluster is None or cluster is None:
        squares = [float(own @ own), float(own @ own) + float(seen @ seen)]
        units = len(outcome)
    else:
        each = np.unique(np.concatenate([response.cluster, cluster]), return_inverse=True)[1]
        log, chance = np.zeros(len(each)), np.zeros(len(each))
        log[: len(seen)], chance[len(seen) :] = seen, own
        sums = totals(np.column_stack([chance, log - chance]), each)
        squares = [float(column @ column) for column in sums.T]
        units = len(np.unique(cluster))
    wide = student(level, max(units - 1, 1)) * np.sqrt(
        np.array(squares) * units / max(units - 1, 1)
    )
    bias = response.mean - mean
    return Sized(mean, mean - wide[0], mean + wide[0], bias, bias - wide[1], bias + wide[1])
