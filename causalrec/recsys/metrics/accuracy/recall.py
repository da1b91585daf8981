"""Recall: the share of what was held out that a list finds."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged, share_of
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["Recall"]


class Recall(RankedMetric):
    """Share of the held-out items that the list holds."""

    name = "recall"
    kind = "share"
    leads = True
    overview = True
    place = 2

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Recall of each user, (n,)."""
        return share_of(judged.hits.sum(axis=1), judged.wanted)
