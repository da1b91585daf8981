"""F1: precision and recall in one number."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged, share_of
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["F1"]


class F1(RankedMetric):
    """Harmonic mean of the user's precision and recall, 2 hits / (k + held-out items)."""

    name = "f1"
    cold = False

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """F1 of each user, (n,)."""
        return share_of(2.0 * judged.hits.sum(axis=1), judged.k + judged.wanted)
