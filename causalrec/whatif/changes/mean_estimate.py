"""The mean of what is known, with its interval."""

from __future__ import annotations

import numpy as np

from causalrec.core.results.result import Estimate
from causalrec.core.statistics.intervals import clustered_interval, share_interval
from causalrec.core.words import Text

__all__ = ["mean_estimate"]


def mean_estimate(values: np.ndarray, cluster: np.ndarray | None = None) -> Estimate:
    """Mean of the known values (n,) with a 95 % interval, rows of a cluster free to depend.

    Missing values are left out and said; where all are 0, or all 1, the interval is a share's.
    """
    given = np.asarray(values, dtype=float)
    there = np.isfinite(given)
    left, missing = given[there], int((~there).sum())
    if not len(left):
        return Estimate(refused=True, reason=Text("whatif.nothing_known"))
    flags = (Text("whatif.flag_missing", n=missing, of=len(given)),) if missing else ()
    codes = np.arange(len(left))
    if cluster is not None:
        codes = np.unique(np.asarray(cluster)[there], return_inverse=True)[1]
    value, low, high = clustered_interval(left, codes)
    if low == high and value in (0.0, 1.0):
        low, high = share_interval(value, float(codes.max()) + 1.0)
    return Estimate(value=value, low=low, high=high, n=len(left), flags=flags)
