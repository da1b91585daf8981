"""A fitted model that is told what happened after its log."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypeVar

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions import interaction_matrix as known
from causalrec.recsys.interactions.disliked import apart, disliked_in
from causalrec.recsys.model.recommender import Recommender

if TYPE_CHECKING:
    from causalrec.recsys.model.recommender import Recommender

    AnyRecommender = TypeVar("AnyRecommender", bound=Recommender)

__all__ = ["knowing_later"]


def knowing_later(model: AnyRecommender, later: Dataset) -> AnyRecommender:
    """The model knowing, besides, what users took and disliked in a later log."""
    ids, ordered = (model.user_ids, model.item_ids), model.takes_order
    taken = known.of_dataset(later, ids, ordered=ordered)
    made = model.with_history(known.union(model.history, taken, ordered=ordered))
    other = copy.copy(made)
    other.disliked = apart(made.disliked + disliked_in(later, ids), made.history)
    return other
