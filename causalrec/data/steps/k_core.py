"""Keep users and items with enough wanted interactions."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, left

__all__ = ["KCore"]


class KCore(Step):
    """Drop users and items with fewer wanted interactions, again and again until none is left."""

    name: ClassVar[str] = "k_core"
    source: ClassVar[str] = "Seidman (1983)"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    needs: ClassVar[tuple[str, ...]] = ("user",)
    answers: ClassVar[tuple[str, ...]] = ("users_once", "items_once")
    users: int = param(5, ge=1, le=1000, help="data.step_k_core_users")
    items: int = param(5, ge=1, le=1000, help="data.step_k_core_items")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        assert draft.mapping.user is not None
        user, user_ids = draft.ids(draft.mapping.user)
        item, item_ids = draft.ids(draft.mapping.item)
        keep = (user >= 0) & (item >= 0)
        left(draft.keep(pd.Series(keep)))
        wanted = draft.positive().to_numpy()
        while True:
            rows = keep & wanted
            n_user = np.bincount(user[rows], minlength=len(user_ids))
            n_item = np.bincount(item[rows], minlength=len(item_ids))
            smaller = keep & (n_user[user] >= self.users) & (n_item[item] >= self.items)
            if smaller.sum() == keep.sum():
                break
            keep = smaller
        kept = left(draft.keep(pd.Series(keep)))
        users, items = len(np.unique(user[keep])), len(np.unique(item[keep]))
        return kept, Text("data.effect_k_core", users=users, items=items)
