"""Mean reciprocal rank of the first hit."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["ReciprocalRank"]


class ReciprocalRank(RankedMetric):
    """1 / rank of the first hit, 0 without one; its mean is MRR."""

    name = "mrr"
    overview = True

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Reciprocal rank of each user, (n,)."""
        first = judged.hits.argmax(axis=1)
        return np.where(judged.hits.any(axis=1), 1.0 / (first + 1.0), 0.0)
