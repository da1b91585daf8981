"""The long tail: how much of a list is not among the most popular items."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.metric import ItemMetric

__all__ = ["LongTail"]

_HEAD = 0.2
"""Share of the items that are the head: the most popular; the others are the long tail."""


class LongTail(ItemMetric):
    """Share of the listed items that are not among the most popular fifth."""

    name = "long_tail"
    source = "Abdollahpouri, Burke and Mobasher, 2017"
    kind = "share"
    place = 4

    @classmethod
    def of_items(cls, counts: np.ndarray, users: int) -> np.ndarray:
        """1 for each item of the tail, (n_items,); of the equally popular the lower is head."""
        head = np.argsort(-counts, kind="stable")[: round(_HEAD * len(counts))]
        tail = np.ones(len(counts))
        tail[head] = 0.0
        return tail
