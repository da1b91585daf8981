"""Which of a policy's items belong to a category."""

from __future__ import annotations

import numpy as np

from causalrec.core.errors import unknown_name
from causalrec.core.words import Text
from causalrec.whatif.interventions.policy_attributes import MISSING, PolicyAttributes

__all__ = ["category_mask"]


def category_mask(attributes: PolicyAttributes, category: str) -> np.ndarray:
    """Items of a category, float 0/1 (n_items,).

    Raises:
        ParamError: no categories are known.
        NotFoundError: no item has the category.
    """
    categories = attributes.item_column("category")
    mask = (categories == str(category)) & (categories != MISSING)
    if not mask.any():
        names = sorted(set(map(str, categories)) - {MISSING})
        error = unknown_name(Text("whatif.kind_category"), str(category), names)
        raise error
    return np.asarray(mask, dtype=float)
