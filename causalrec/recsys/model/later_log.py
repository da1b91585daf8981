"""A fitted model that is told what happened after its log."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypeVar

from causalrec.data.dataset.dataset import Dataset
from causalrec.recsys.interactions.disliked import apart, disliked_in
from causalrec.recsys.interactions.interaction_matrix import of_dataset, union

if TYPE_CHECKING:
    from causalrec.recsys.model.recommender import Recommender

    AnyRecommender = TypeVar("AnyRecommender", bound=Recommender)

__all__ = ["knowing_later"]


def knowing_later(model: AnyRecommender, later: Dataset) -> AnyRecommender:
    """The model knowing, besides, what users took and disliked in a later log."""
    ids, ordered = (model.user_ids, model.item_ids), model.takes_order
    taken = of_dataset(later, ids, ordered=ordered)
    informed = model.with_history(union(model.history, taken, ordered=ordered))
    other = copy.copy(informed)
    other.disliked = apart(informed.disliked + disliked_in(later, ids), informed.history)
    return other
