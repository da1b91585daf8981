"""Novelty: how surprising what a list holds is."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.metric import ItemMetric

__all__ = ["Novelty"]


class Novelty(ItemMetric):
    """Mean self-information of the listed items in bits, -log2 of the share who know each."""

    name = "novelty"
    source = "Zhou et al., 2010; Vargas and Castells, 2011"
    kind = "bits"
    digits = 3
    compared = True
    shades = True
    place = 8

    @classmethod
    def of_items(cls, counts: np.ndarray, users: int) -> np.ndarray:
        """Bits of each item, (n_items,).

        Shares are (count + 1) / (users + 1), so that an item nobody took is finite.
        """
        share = (np.asarray(counts, dtype=float) + 1.0) / (users + 1.0)
        return np.asarray(-np.log2(np.minimum(share, 1.0)))
