"""Recall freed of what was shown more often: held-out items weighted by inverse propensities."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import ListsOfUsers
from causalrec.recsys.metrics.metric import UserMetric

__all__ = ["DebiasedRecall", "debiased_recall"]


class DebiasedRecall(UserMetric):
    """Self-normalised recall over all users at once (SNIPS)."""

    name = "debiased_recall"
    source = "Schnabel et al., 2016; Yang et al., 2018"
    family = "accuracy"
    plain = True
    kind = "share"
    needs = ("propensities",)

    @classmethod
    def of_users(cls, lists: ListsOfUsers) -> np.ndarray | None:
        """Values whose mean is the recall, (n,); None where propensities are not known."""
        if lists.listed_weights is None or lists.target_weights is None:
            return None
        return debiased_recall(lists.listed_weights.sum(axis=1), lists.target_weights)


def debiased_recall(listed: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Self-normalised recall (SNIPS), as one value a user whose mean is the estimate, (n,).

    Σ weights of listed items / Σ weights of held-out items, over all users at once, so that
    users with one held-out item count as well (Schnabel et al., 2016; Yang et al., 2018). A
    ratio is no mean; each user's value is the ratio plus the user's influence on it, whose
    spread over users gives the ratio's standard error (the delta method).

    Args:
        listed: weight of each user's held-out items that the list holds, (n,).
        inverse: weight of each user's held-out items, (n,).
    """
    total = inverse.mean()
    if not total > 0:
        return np.zeros(len(listed))
    ratio = listed.mean() / total
    return np.asarray(ratio + (listed - ratio * inverse) / total)
