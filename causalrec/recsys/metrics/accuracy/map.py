"""Mean average precision."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged, share_of
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["AveragePrecision"]


class AveragePrecision(RankedMetric):
    """Mean of the precision at the places of the hits; its mean over users is MAP.

    Divided by min(k, held-out items), as in RecBole.
    """

    name = "map"

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Average precision of each user, (n,)."""
        rank = np.arange(1, judged.k + 1)
        so_far = np.cumsum(judged.hits, axis=1) / rank
        total = (so_far * judged.hits).sum(axis=1)
        return share_of(total, np.minimum(judged.wanted, judged.k))
