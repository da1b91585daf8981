"""The same list for everybody: what most people took."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import sparse

from causalrec.core.params import Params
from causalrec.recsys.arrays.array_needs import Need, need
from causalrec.recsys.interactions.interaction_matrix import log_popularity
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.model.recommender import Recommender

__all__ = ["Popularity"]


class PopularityParams(Params):
    """Popularity has nothing to set."""


class Popularity(Recommender):
    """Scores an item by log(1 + its users): a softmax at temperature 1 follows its share."""

    name: ClassVar[str] = "popularity"
    family: ClassVar[str] = "simple"
    Params: ClassVar[type[Params]] = PopularityParams
    baseline: ClassVar[bool] = True
    personal: ClassVar[bool] = False
    suits: ClassVar[str] = "few"
    takes_history: ClassVar[bool] = False

    def _fit(self, job: FitJob) -> dict[str, np.ndarray]:
        return {"item_score": log_popularity(job.matrix)}

    def _needs(self) -> dict[str, Need]:
        return {"item_score": need(self.n_items)}

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        return np.tile(self._arrays["item_score"], (len(users), 1))
