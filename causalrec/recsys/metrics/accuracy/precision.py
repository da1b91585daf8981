"""Precision: the share of a list that is right."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["Precision"]


class Precision(RankedMetric):
    """Hits / k; a list shorter than k counts as k long."""

    name = "precision"
    kind = "share"

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Precision of each user, (n,)."""
        return np.asarray(judged.hits.sum(axis=1) / judged.k)
