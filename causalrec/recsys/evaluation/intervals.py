"""Figures with their intervals, one row each, for one evaluation or for a pair of them.

Means over users have Student's t intervals from the users' own values; up to 1,000 users, where
a skewed metric's mean is not yet normal, percentile bootstrap intervals.
Coverage and Gini are no means: coverage is biased in a resample (it holds fewer distinct users),
so its interval is the value ± 1.96 bootstrap standard errors, here in closed form; Gini's
standard error comes from its influence function. A p-value is two-sided, of no difference:
Student's t of the paired difference over its bootstrap standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from causalrec.core.seeds import generator
from causalrec.core.statistics.bootstrap import DRAWS, drawn_means, resampled_means
from causalrec.core.statistics.quantiles import Z95
from causalrec.recsys.interactions.segments import Segment
from causalrec.recsys.metrics import METRICS

__all__ = [
    "LEVEL",
    "MOST_USERS",
    "catalogue_rows",
    "mean_rows",
    "paired_catalogue_rows",
    "paired_mean_rows",
]

LEVEL = 0.95
MOST_USERS = 1_000
"""Above so many users the intervals of means follow from a formula, nothing is resampled."""
Ends = Sequence[float] | np.ndarray
Rows = list[dict[str, Any]]


def mean_rows(
    values: np.ndarray, names: Sequence[str], segments: Sequence[Segment], seed: int
) -> tuple[Rows, Rows]:
    """Rows of means over users, and the same by segment.

    Args:
        values: one row a user, one column a figure, (n, columns).
        names: "metric@k" of the columns ("metric" where it is of the whole ranking).
        segments: how users are grouped.
        seed: of the bootstrap, where there is one.

    Returns:
        Rows metric, k, value, low, high, level, n; and by, group, metric, k, value, low, high,
        gap (group less everybody else), gap_low, gap_high, n.
    """
    labels = [(segment.by, group) for segment in segments for group in segment.groups]
    members = np.concatenate([s.members for s in segments], axis=1) if segments else None
    inside = np.zeros((len(values), 0), dtype=bool) if members is None else members
    ends, group_ends, gap_ends = _ends_of_means(values, inside, seed)
    rows = [
        _row(*_named(name), values[:, i].mean(), ends[:, i], n=len(values))
        for i, name in enumerate(names)
    ]
    apart: Rows = []
    for g, (by, group) in enumerate(labels):
        mine = inside[:, g]
        means = values[mine].mean(axis=0)
        rest = values[~mine].mean(axis=0) if not mine.all() else np.full(len(names), np.nan)
        for i, name in enumerate(names):
            row = _row(*_named(name), means[i], group_ends[:, g, i], n=int(mine.sum()))
            gap = {"gap": means[i] - rest[i], "gap_low": gap_ends[0, g, i]}
            apart.append({"by": by, "group": group, **row, **gap, "gap_high": gap_ends[1, g, i]})
    return rows, apart


def catalogue_rows(lists: np.ndarray, n_items: int, k: int, names: Sequence[str]) -> Rows:
    """Rows of metrics of the catalogue, ``names``: of lists (n, k), item codes, -1 for none."""
    listed = _listed(lists, n_items)
    rows = []
    for name in names:
        value, reach = _value(name, listed), Z95 * METRICS[name].error([listed])
        ends = (max(0.0, value - reach), min(1.0, value + reach))
        rows.append(_row(name, k, value, ends, n=len(lists)))
    return rows


def paired_mean_rows(
    values: tuple[np.ndarray, np.ndarray], names: Sequence[str], seed: int
) -> Rows:
    """Rows of b - a for means over the same users, with ``a``, ``b`` and ``p``.

    Args:
        values: of a and of b, (n, len(names)) each.
        names: "metric@k" of the columns.
        seed: of the bootstrap.
    """
    change = values[1] - values[0]
    n = len(change)
    if n > MOST_USERS:
        middle, errors, reach = _moments(change)
        ends = middle + np.array([[-1.0], [1.0]]) * reach * errors
    else:
        drawn = resampled_means(change, DRAWS, generator(seed, "paired"))
        ends = _percentiles(drawn)
        errors = drawn.std(axis=0) * np.sqrt(n / max(n - 1, 1))
    rows = []
    for i, name in enumerate(names):
        value = change[:, i].mean()
        row = _row(*_named(name), value, ends[:, i], n=n)
        both = {"a": values[0][:, i].mean(), "b": values[1][:, i].mean()}
        rows.append({**row, **both, "p": _p(value, errors[i], n)})
    return rows


def paired_catalogue_rows(
    lists: tuple[np.ndarray, np.ndarray], n_items: tuple[int, int], k: int
) -> Rows:
    """Rows of b - a for metrics of the catalogue of the same users' lists, with a, b, p."""
    listed = [_listed(one, n) for one, n in zip(lists, n_items, strict=True)]
    rows = []
    for name in METRICS.where(per_user=False):
        a, b = (_value(name, one) for one in listed)
        error = METRICS[name].error(listed)
        ends = (b - a - Z95 * error, b - a + Z95 * error)
        p = _p(b - a, error, len(lists[0]))
        rows.append({**_row(name, k, b - a, ends, n=len(lists[0])), "a": a, "b": b, "p": p})
    return rows


def _ends_of_means(
    values: np.ndarray, members: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Interval ends of means (2, columns), groups' means and gaps (2, groups, columns)."""
    if len(values) <= MOST_USERS:
        drawn = drawn_means(values, members, DRAWS, generator(seed, "bootstrap"))
        return _percentiles(drawn.all), _percentiles(drawn.groups), _percentiles(drawn.gaps)
    sign = np.array([[-1.0], [1.0]])
    groups, gaps = [np.zeros((2, 0, values.shape[1]))], [np.zeros((2, 0, values.shape[1]))]
    for mine in members.T:
        (mean, own, reach), (other, rest, far) = _moments(values[mine]), _moments(values[~mine])
        groups.append((mean + sign * reach * own)[:, None, :])
        # The smaller part's degrees of freedom: never too narrow (Welch's lie above).
        gaps.append((mean - other + sign * max(reach, far) * np.hypot(own, rest))[:, None, :])
    mean, error, reach = _moments(values)
    ends = mean + sign * reach * error
    return ends, np.concatenate(groups, axis=1), np.concatenate(gaps, axis=1)


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Of each column mean, standard error, and how many of these a 95 % interval reaches."""
    from scipy.special import stdtrit

    n = len(values)
    if n < 2:
        unknown = np.full(values.shape[1], np.nan)
        return values.mean(axis=0) if n else unknown, unknown, np.nan
    error = values.std(axis=0, ddof=1) / np.sqrt(n)
    return values.mean(axis=0), error, float(stdtrit(n - 1, 0.5 + LEVEL / 2.0))


def _p(value: float, error: float, n: int) -> float:
    """Two-sided p of no difference; 1 where nothing differs at all."""
    from scipy.special import stdtr

    if not error > 0:
        return 1.0 if value == 0 else 0.0
    return float(2.0 * stdtr(max(n - 1, 1), -abs(value) / error))


def _value(name: str, listed: sparse.csr_matrix) -> float:
    return float(METRICS[name].of_counts(np.asarray(listed.sum(axis=0)))[0])


def _listed(lists: np.ndarray, n_items: int) -> sparse.csr_matrix:
    codes = lists.astype(np.int64)
    row, place = np.nonzero(codes >= 0)
    shape = (len(codes), n_items)
    return sparse.csr_matrix((np.ones(len(row), np.float32), (row, codes[row, place])), shape=shape)


def _named(name: str) -> tuple[str, float]:
    """Metric and list length of "metric@k"; NaN for a metric of the whole ranking."""
    metric, _, k = name.partition("@")
    return metric, float(k or "nan")


def _row(metric: str, k: float, value: float, ends: Ends, *, n: int) -> dict[str, Any]:
    low, high = ends
    figures = {"value": float(value), "low": float(low), "high": float(high)}
    return {"metric": metric, "k": float(k), **figures, "level": LEVEL, "n": n}


def _percentiles(drawn: np.ndarray) -> np.ndarray:
    """The ends of the middle 95 % of each column; resamples without the group are left out."""
    tail = (1.0 - LEVEL) / 2.0
    quantile = np.nanquantile if np.isnan(drawn).any() else np.quantile
    return np.asarray(quantile(drawn, [tail, 1.0 - tail], axis=0))
