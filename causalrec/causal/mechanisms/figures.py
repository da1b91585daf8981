"""Several figures of one question, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.imputation import pooled
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.small_sample_errors import Spread

__all__ = ["combined", "figure_rows"]


def combined(
    problem: Problem,
    drawn: Iterable[tuple[np.ndarray, np.ndarray]],
    ways: Mapping[str, tuple[float, ...]],
    *,
    columns: int,
) -> dict[str, Answer]:
    """Combinations of parts, with intervals by unit.

    Args:
        problem: whose units and level are taken.
        drawn: parts (k,) and the influence of each row on them (n, k), once a table of what is
            unknown.
        ways: weights of the parts by the name of a figure, (k,) each.
        columns: that were fitted: each takes a degree of freedom.
    """
    units = problem.n_clusters
    factor = units / (units - 1) * problem.n / max(problem.n - columns, 1)
    small, level = Spread(np.full(units, factor), units - 1.0), problem.query.level
    parts = list(drawn)
    return {
        name: pooled(
            [
                from_scores(float(v @ w), s @ w, problem.cluster, level=level, spread=small)
                for v, s in parts
            ],
            level,
        )
        for name, w in ((name, np.array(way)) for name, way in ways.items())
    }


def figure_rows(figures: Mapping[str, Answer], **more: str) -> pd.DataFrame:
    """One row a figure: effect, value, low, high, and what is the same for all."""
    rows = [
        {**more, "effect": name, "value": a.value, "low": a.low, "high": a.high}
        for name, a in figures.items()
    ]
    return pd.DataFrame(rows)
