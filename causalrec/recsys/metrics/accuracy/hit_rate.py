"""Hit rate: the share of users whose list finds anything."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["HitRate"]


class HitRate(RankedMetric):
    """1 where the list holds at least one held-out item."""

    name = "hit_rate"
    kind = "share"
    overview = True

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Whether each user's list has a hit, (n,)."""
        return judged.hits.any(axis=1).astype(float)
