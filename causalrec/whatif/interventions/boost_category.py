"""Show a category more, or less."""

from __future__ import annotations

from typing import Any

import numpy as np

from causalrec.core.errors import unknown_name
from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.whatif.interventions.base import MISSING, Attributes, Change, ListIntervention, odds

__all__ = ["BoostCategory", "BoostCategoryParams", "category_mask"]


class BoostCategoryParams(Params):
    """Which category, and how much."""

    category: str = param(help="whatif.param_category")
    strength: float = param(1.0, ge=-20, le=20, help="whatif.param_strength")


class BoostCategory(ListIntervention):
    """Add `strength` to the logits of a category's items."""

    name = "boost-category"
    Params = BoostCategoryParams

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        factor = odds(self.params.strength)
        return Text("whatif.say_boost_category", category=self.params.category, factor=factor)

    def _change(self, policy: Any, known: Attributes) -> Change:
        lift = self.params.strength * category_mask(known, self.params.category)

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            return np.asarray(logits + lift)

        return change


def category_mask(known: Attributes, category: str) -> np.ndarray:
    """Items of a category, float 0/1 (n_items,).

    Raises:
        ParamError: no categories are known.
        NotFoundError: no item has the category.
    """
    categories = known.item_column("category")
    mask = (categories == str(category)) & (categories != MISSING)
    if not mask.any():
        names = sorted(set(map(str, categories)) - {MISSING})
        raise unknown_name(Text("whatif.kind_category"), str(category), names)
    return np.asarray(mask, dtype=float)
