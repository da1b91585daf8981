"""Popularity lift: how much more popular a list is than the user's own taste."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.item_facts import ItemFacts
from causalrec.recsys.metrics.metric import ListedMetric, mean_of

__all__ = ["PopularityLift"]


class PopularityLift(ListedMetric):
    """How much more popular the listed items are than those the user took.

    Mean count of the listed items / mean count of the user's items - 1: 0 is alike, 1 twice as
    popular. 0 for users without a history.
    """

    name = "popularity_lift"
    source = "Abdollahpouri et al., 2020"
    good = -1
    digits = 3
    leads = True
    shades = True
    place = 6

    @classmethod
    def of(cls, lists: np.ndarray, facts: ItemFacts) -> np.ndarray | None:
        """Lift of each list, (n,)."""
        own = facts.own_popularity
        listed = mean_of(lists, facts.counts.astype(float))
        lift = np.divide(listed, own, out=np.ones(len(lists)), where=own > 0) - 1.0
        return np.asarray(lift)
