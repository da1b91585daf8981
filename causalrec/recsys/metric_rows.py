"""Figures with their intervals, one row each, for one evaluation or for a pair of them.

Means over users have percentile bootstrap intervals. Coverage and Gini are no means: coverage
is biased in a resample (it holds fewer distinct users), so its interval is the value ± 1.96
bootstrap standard errors; Gini's standard error comes from its influence function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from causalrec.core.seeds import generator
from causalrec.recsys.bootstrap import resampled_means, resampled_totals
from causalrec.recsys.metrics import CATALOGUE_METRICS
from causalrec.recsys.metrics.catalogue import coverage_of_counts, gini_slopes

__all__ = ["LEVEL", "catalogue_rows", "mean_rows", "paired_catalogue_rows", "paired_mean_rows"]

LEVEL = 0.95
_DRAWS = 1_000
_Z = 1.959964
Ends = Sequence[float] | np.ndarray


def mean_rows(columns: Mapping[str, np.ndarray], k: int, seed: int) -> list[dict[str, Any]]:
    """Rows metric, k, value, low, high, level, n of means over users.

    Args:
        columns: one value a user, (n,), by metric.
        k: length of the lists.
        seed: of the bootstrap.
    """
    values = np.stack(list(columns.values()), axis=1)
    ends = _percentiles(resampled_means(values, _DRAWS, generator(seed, "bootstrap")))
    return [
        _row(name, k, values[:, i].mean(), ends[:, i], len(values))
        for i, name in enumerate(columns)
    ]


def catalogue_rows(lists: np.ndarray, n_items: int, k: int, seed: int) -> list[dict[str, Any]]:
    """Rows of coverage and Gini of lists (n, k), item codes with -1 for none."""
    listed = _listed(lists, n_items)
    errors = _errors([listed], seed)
    rows = []
    for name in CATALOGUE_METRICS:
        value = _value(name, listed)
        low, high = value - _Z * errors[name], value + _Z * errors[name]
        rows.append(_row(name, k, value, (max(0.0, low), min(1.0, high)), len(lists)))
    return rows


def paired_mean_rows(
    values: tuple[np.ndarray, np.ndarray], names: Sequence[str], seed: int
) -> list[dict[str, Any]]:
    """Rows of b - a for means over the same users, with ``a`` and ``b``.

    Args:
        values: of a and of b, (n, len(names)) each.
        names: "metric@k" of the columns.
        seed: of the bootstrap.
    """
    change = values[1] - values[0]
    ends = _percentiles(resampled_means(change, _DRAWS, generator(seed, "paired")))
    rows = []
    for i, name in enumerate(names):
        metric, _, k = name.partition("@")
        row = _row(metric, int(k), change[:, i].mean(), ends[:, i], len(change))
        rows.append({**row, "a": values[0][:, i].mean(), "b": values[1][:, i].mean()})
    return rows


def paired_catalogue_rows(
    lists: tuple[np.ndarray, np.ndarray], n_items: tuple[int, int], k: int, seed: int
) -> list[dict[str, Any]]:
    """Rows of b - a for coverage and Gini of the same users' lists, with ``a`` and ``b``."""
    listed = [_listed(one, n) for one, n in zip(lists, n_items, strict=True)]
    errors = _errors(listed, seed)
    rows = []
    for name in CATALOGUE_METRICS:
        a, b = (_value(name, one) for one in listed)
        ends = (b - a - _Z * errors[name], b - a + _Z * errors[name])
        rows.append({**_row(name, k, b - a, ends, len(lists[0])), "a": a, "b": b})
    return rows


def _errors(listed: list[sparse.csr_matrix], seed: int) -> dict[str, float]:
    """Standard errors of coverage and Gini, or of their paired differences (the last - first)."""
    drawn = [
        resampled_totals(one, coverage_of_counts, _DRAWS, generator(seed, "paired"))
        for one in listed
    ]
    pull = [one @ gini_slopes(np.asarray(one.sum(axis=0)).ravel()) for one in listed]
    paired = len(listed) > 1
    coverage = drawn[-1] - drawn[0] if paired else drawn[0]
    influence = pull[-1] - pull[0] if paired else pull[0]
    n = max(len(influence), 2)
    gini = np.sqrt(n / (n - 1) * ((influence - influence.mean()) ** 2).sum())
    return {"coverage": float(coverage.std(ddof=1)), "gini": float(gini)}


def _value(name: str, listed: sparse.csr_matrix) -> float:
    return float(CATALOGUE_METRICS[name](np.asarray(listed.sum(axis=0)))[0])


def _listed(lists: np.ndarray, n_items: int) -> sparse.csr_matrix:
    codes = lists.astype(np.int64)
    row, place = np.nonzero(codes >= 0)
    shape = (len(codes), n_items)
    return sparse.csr_matrix((np.ones(len(row), np.float32), (row, codes[row, place])), shape=shape)


def _row(metric: str, k: int, value: float, ends: Ends, n: int) -> dict[str, Any]:
    low, high = ends
    figures = {"value": float(value), "low": float(low), "high": float(high)}
    return {"metric": metric, "k": k, **figures, "level": LEVEL, "n": n}


def _percentiles(drawn: np.ndarray) -> np.ndarray:
    tail = (1.0 - LEVEL) / 2.0
    return np.asarray(np.quantile(drawn, [tail, 1.0 - tail], axis=0))
