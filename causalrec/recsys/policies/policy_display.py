"""What a notebook and a terminal show of a policy."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.core.results.display import Displayed
from causalrec.core.words import Text
from causalrec.data.values.ids import with_ids

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["PolicyDisplay"]


class PolicyDisplay(Displayed):
    """Its sentence and its lists; `Policy` says what the attributes are."""

    name: str
    user_ids: np.ndarray
    item_ids: np.ndarray
    ranked: bool
    chance: float

    @abstractmethod
    def recommend(self, k: int = 10, users: ArrayLike | None = None) -> pd.DataFrame:
        """Lists as a frame: user (code), rank, item (code), score."""

    def to_frame(self) -> pd.DataFrame:
        """The ten likeliest items of every user: user, rank, item (external ids), score."""
        return with_ids(self.recommend(), self.user_ids, self.item_ids)

    def summary(self, lang: str = "en") -> str:
        """Its name, how many users and items it knows, and how it makes lists."""
        way = "ranked" if self.ranked else "drawn"
        if self.ranked and self.chance > 0:
            way = "mixed"
        how = Text(f"recsys.policy_{way}", chance=self.chance)
        size = {"users": len(self.user_ids), "items": len(self.item_ids)}
        return Text("recsys.policy_summary", name=self.name, how=how, **size).to(lang)

    def _first_rows(self) -> None:
        """None: its lists take a score of every item, too long for a look."""

    def _figure(self) -> str:
        return ""
