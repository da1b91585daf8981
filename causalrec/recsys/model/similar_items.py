"""Items like one item."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.data.values.asked_ids import asked_ids, named
from causalrec.recsys.arrays.topk import best
from causalrec.recsys.interactions.histories import from_lists
from causalrec.recsys.interactions.recommendation_lists import checked_length
from causalrec.recsys.model.base import Model

__all__ = ["similar"]


def similar(model: Model, item: object, k: int) -> pd.DataFrame:
    """What `Recommender.similar_items` answers.

    Raises:
        ParamError: it is not one item that the model knows.
    """
    k = checked_length(k)
    texts = asked_ids(item)
    if len(texts) != 1:
        raise ParamError("recsys.one_item", hint="recsys.one_item_hint", n=len(texts))
    names, codes = named(item, model.item_ids)
    code = int(codes[0])
    if code < 0:
        raise ParamError("recsys.unknown_item", hint="recsys.unknown_item_hint", item=names[0])
    scores = _nearness(model, code)
    scores[0, code] = -np.inf
    near = best(scores, k)[0]
    near = near[near >= 0]
    ranks = np.arange(1, len(near) + 1)
    return pd.DataFrame({"rank": ranks, "item": model.item_ids[near], "score": scores[0, near]})


def _nearness(model: Model, code: int) -> np.ndarray:
    """How like one item each is, (1, n_items)."""
    vectors = model._item_vectors()
    if vectors is None:
        alone, _ = from_lists([[model.item_ids[code]]], model.item_ids, ordered=model.takes_order)
        return model.score([-1], alone)
    norms = np.linalg.norm(vectors, axis=1)
    together = vectors @ vectors[code]
    scale = norms * norms[code]
    near = np.divide(together, scale, out=np.zeros_like(together), where=scale > 0)
    return np.asarray(near[None, :])
