"""Show a category more, or less."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.core.params import Params, param
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.ids import labels
from causalrec.whatif.interventions.category_items import category_mask
from causalrec.whatif.interventions.changed_policy import Change
from causalrec.whatif.interventions.intervention_kinds import ListIntervention, Start
from causalrec.whatif.interventions.policy_attributes import PolicyAttributes
from causalrec.whatif.interventions.strength import STOPS, shown
from causalrec.whatif.world.any_policy import ScoringPolicy

__all__ = ["BoostCategory", "BoostCategoryParams"]


class BoostCategoryParams(Params):
    """Which category, and how much."""

    category: str = param(help="whatif.param_category", picks="category")
    strength: float = param(1.0, ge=-20, le=20, help="whatif.param_strength", stops=STOPS)


class BoostCategory(ListIntervention):
    """Add `strength` to the logits of a category's items."""

    name = "boost-category"
    Params = BoostCategoryParams
    needs = ("category",)
    starts = 1

    @property
    def is_neutral(self) -> bool:
        return bool(self.params.strength == 0)

    @property
    def sentence(self) -> Text:
        facts = {"much": shown(self.params.strength), "strength": self.params.strength}
        return Text("whatif.say_boosted_category", category=self.params.category, **facts)

    @classmethod
    def start(cls, log: Dataset, treatment: str | None, lang: str) -> Start | None:
        """A boost of the category that is wanted most often where the log shows it."""
        if log.items is None or "category" not in log.items.columns:
            return None
        category = _most_wanted(log, log.items["category"])
        if category is None:
            return None
        name = cls.word("_start", category=_in_language(log, category, lang))
        return Start(name, {"category": category, "strength": 1.0})

    def _change(self, policy: ScoringPolicy, attributes: PolicyAttributes) -> Change:
        lift = self.params.strength * category_mask(attributes, self.params.category)

        def change(logits: np.ndarray, users: np.ndarray) -> np.ndarray:
            return np.asarray(logits + lift)

        return change


def _most_wanted(log: Dataset, categories: pd.Series) -> str | None:
    """The category with the largest share of wanted rows; of equal ones the most shown.

    One with less than half an equal share of the rows is left out: no log could judge it.
    """
    shown = categories.iloc[log.frame["item"]].reset_index(drop=True)
    wanted = pd.Series(log.positive_mask())[shown.notna()]
    if wanted.empty:
        return None
    rows = wanted.groupby(labels(shown.dropna())).agg(["mean", "size"])
    often = rows[rows["size"] >= 0.5 * rows["size"].mean()]
    return str(often.sort_values(["mean", "size"], ascending=False, kind="stable").index[0])


def _in_language(log: Dataset, category: str, lang: str) -> str:
    """The category in a language, where the item table knows it."""
    column = f"category_{lang}"
    if log.items is None or column not in log.items.columns:
        return category
    names = log.items.loc[labels(log.items["category"]) == category, column].dropna()
    return category if names.empty else str(names.iloc[0])
