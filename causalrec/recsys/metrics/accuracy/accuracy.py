"""Accuracy of a list as a classifier of the catalogue."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import Judged, share_of
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["Accuracy"]


class Accuracy(RankedMetric):
    """Share of the candidates that the list rightly holds or rightly leaves out.

    (true positives + true negatives) / candidates, where listing is the positive answer and the
    candidates are the items not yet known of the user. Since most items are rightly left out by
    any list, it is near 1 and tells little.
    """

    name = "accuracy"
    source = "Gunawardana and Shani, 2009"
    kind = "share"
    plain = False
    cold = False

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """Accuracy of each user, (n,)."""
        hits = judged.hits.sum(axis=1)
        wrong = (judged.k - hits) + (judged.wanted - hits)
        return 1.0 - share_of(np.minimum(wrong, judged.candidates), judged.candidates)
