"""What every off-policy estimator starts from: outcomes, weights and clusters, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from causalrec.core.errors import DataError, ParamError
from causalrec.core.statistics.samples import kish
from causalrec.data.dataset.exposure import ExposureLog
from causalrec.data.values.asked_ids import codes_of
from causalrec.recsys.policies.policy import Policy
from causalrec.whatif.ope.policy_target import PolicyTarget

__all__ = ["Clusters", "Shares", "Target", "WeightedLog", "clusters_of", "target_of"]

Expect = Callable[[np.ndarray, float], np.ndarray]
"""``(values (n_items, m), of items that the log does not know) -> (n, m)``."""
Shares = object
"""A policy as somebody gives it: itself, or its probabilities as anything that numpy reads."""
Clusters = object
"""Whose rows may depend on each other: "auto", None, a column of the log, or labels (n,)."""


@dataclass(frozen=True, eq=False)
class Target:
    """What a policy would show.

    Attributes:
        chosen: its probability of each logged item, (n,).
        expect: ``sum_a target(a | x_i) values(a)`` for each impression; None where only the
            logged items' probabilities are known.
    """

    chosen: np.ndarray
    expect: Expect | None


@dataclass(frozen=True, eq=False)
class WeightedLog:
    """A log seen with a target policy's eyes.

    Attributes:
        outcome: what came of each impression, float (n,).
        action: item code shown, int (n,).
        propensity: probability with which the log's policy showed it, (n,).
        weight: target probability / propensity, (n,).
        cluster: code of the cluster of each row, int (n,).
        expect: see `Target`.
        n_items: number of items.
    """

    outcome: np.ndarray
    action: np.ndarray
    propensity: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray
    expect: Expect | None
    n_items: int

    @property
    def n(self) -> int:
        """Number of impressions."""
        return len(self.outcome)

    @property
    def n_clusters(self) -> int:
        """Number of clusters that have rows."""
        return int(self.cluster.max(initial=-1)) + 1

    @cached_property
    def effective_n(self) -> float:
        """What the weighted rows are worth, see `kish`."""
        return kish(self.weight)

    @property
    def effective_clusters(self) -> float:
        """What the weighted clusters are worth: what an outcome that never varies rests on."""
        return kish(np.bincount(self.cluster, self.weight))


def target_of(log: ExposureLog, probabilities: Shares) -> Target:
    """What a policy would show, from the policy itself or from its probabilities.

    Args:
        log: the impressions.
        probabilities: a `Policy`, or its probability of each logged item (n,) or of all items
            (n, n_items), in a table by their names; a `Target` made before stays as it is.

    Raises:
        DataError: no numbers, another shape, a negative or non-finite number, rows that do not
            sum to 1, or a table whose columns are not the log's items.
    """
    if isinstance(probabilities, Target):
        return probabilities
    if isinstance(probabilities, Policy):
        policy = PolicyTarget(probabilities, log)
        return Target(policy.chosen, policy.expect)
    given = _numbers(_by_item(probabilities, log))
    if given.shape not in {(log.n,), (log.n, log.n_items)}:
        raise DataError(
            "whatif.target_shape",
            hint="whatif.target_shape_hint",
            given=str(given.shape),
            n=log.n,
            items=log.n_items,
        )
    if not np.isfinite(given).all() or (given < 0).any() or (given > 1 + 1e-9).any():
        raise DataError("whatif.target_range", hint="whatif.target_range_hint")
    if given.ndim == 1:
        return Target(given, None)
    off = np.abs(given.sum(axis=1) - 1.0)
    if len(off) and off.max() > 1e-6:
        raise DataError("whatif.target_sum", hint="whatif.target_sum_hint", off=float(off.max()))

    def expect(values: np.ndarray, rest: float) -> np.ndarray:
        return np.asarray(given @ values)

    return Target(given[np.arange(log.n), log.frame["item"].to_numpy()], expect)


def _by_item(given: object, log: ExposureLog) -> object:
    """A table's columns in the order of the log's items, where they are named by them.

    Raises:
        DataError: they have other names.
    """
    if not isinstance(given, pd.DataFrame):
        return given
    names: Any = given.columns
    if isinstance(names, pd.RangeIndex):
        return given
    place = codes_of(log.item_ids, np.asarray(names, dtype=object))
    if len(place) != given.shape[1] or (place < 0).any():
        raise DataError("whatif.target_columns", hint="whatif.target_columns_hint")
    return given.iloc[:, place]


def _numbers(given: object) -> np.ndarray:
    """Probabilities as float64.

    Raises:
        DataError: some are masked or complex, or it holds no numbers.
    """
    if np.ma.is_masked(given) or np.iscomplexobj(given):  # type: ignore[arg-type]
        raise DataError("whatif.target_range", hint="whatif.target_range_hint")
    try:
        values = np.asarray(given)
        if values.dtype.kind not in "fiub":
            values = np.asarray(given, dtype=np.float64)
        return values.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError("whatif.target_kind", hint="whatif.target_shape_hint") from error


def clusters_of(log: ExposureLog, cluster: Clusters) -> tuple[np.ndarray, bool]:
    """Cluster codes (n,), and whether rows are merely assumed independent.

    Args:
        log: the log.
        cluster: "auto" (by user where known, else each row by itself), None (each row by
            itself), a column of the log, or one label a row.

    Raises:
        ParamError: the log has no such column, or there are not as many labels as rows.
    """
    alone = np.arange(log.n)
    if cluster is None:
        return alone, False
    if isinstance(cluster, str):
        if cluster == "auto":
            return (_codes(log.frame["user"]), False) if log.has("user") else (alone, True)
        if not log.has(cluster):
            raise ParamError("whatif.no_cluster", hint="whatif.no_cluster_hint", name=cluster)
        return _codes(log.frame[cluster]), False
    try:
        labels = np.asarray(cluster)
        if labels.shape == (log.n,):
            return _codes(labels), False
        name = str(labels.shape)
    except (TypeError, ValueError):  # lists of several lengths, labels that cannot be compared
        name = type(cluster).__name__
    raise ParamError("whatif.no_cluster", hint="whatif.no_cluster_hint", name=name)


def _codes(labels: ArrayLike) -> np.ndarray:
    codes, _ = pd.factorize(np.asarray(labels), use_na_sentinel=False)
    return codes
