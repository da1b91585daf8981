"""What every off-policy estimator starts from: outcomes, weights and clusters, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from causalrec.core.errors import DataError, ParamError
from causalrec.data.exposure import ExposureLog

__all__ = ["Rows", "clusters_of", "target_of"]


@dataclass(frozen=True, eq=False)
class Rows:
    """A log seen with a target policy's eyes.

    Attributes:
        outcome: what came of each impression, float (n,).
        action: item code shown, int (n,).
        propensity: probability with which the log's policy showed it, (n,).
        weight: target probability / propensity, (n,).
        cluster: code of the cluster of each row, int (n,).
        table: target probabilities of all items, (n, n_items), or None where only those of
            the logged items are known.
        n_items: number of items.
    """

    outcome: np.ndarray
    action: np.ndarray
    propensity: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray
    table: np.ndarray | None
    n_items: int

    @property
    def n(self) -> int:
        """Number of impressions."""
        return len(self.outcome)

    @property
    def effective_n(self) -> float:
        """Rows of equal weight that would carry as much: (sum w)^2 / sum w^2 (Kish, 1965)."""
        square = float(self.weight @ self.weight)
        return float(self.weight.sum()) ** 2 / square if square > 0 else 0.0


def target_of(log: ExposureLog, probabilities: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """The target's probability of each logged item (n,), and of all items (n, n_items) if given.

    Raises:
        DataError: another shape, a negative or non-finite number, or rows that do not sum to 1.
    """
    given = np.asarray(probabilities, dtype=float)
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
        return given, None
    off = np.abs(given.sum(axis=1) - 1.0)
    if len(off) and off.max() > 1e-6:
        raise DataError("whatif.target_sum", hint="whatif.target_sum_hint", off=float(off.max()))
    return given[np.arange(log.n), log.frame["item"].to_numpy()], given


def clusters_of(log: ExposureLog, cluster: Any) -> tuple[np.ndarray, bool]:
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
    labels = np.asarray(cluster)
    if labels.shape != (log.n,):
        raise ParamError("whatif.no_cluster", hint="whatif.no_cluster_hint", name=str(labels.shape))
    return _codes(labels), False


def _codes(labels: Any) -> np.ndarray:
    import pandas as pd

    codes, _ = pd.factorize(np.asarray(labels), use_na_sentinel=False)
    return codes
