"""Off-policy estimators give one score a row; the mean of the scores is the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from causalrec.core.words import Text
from causalrec.whatif.ope.weighted_log import Rows

__all__ = ["OffPolicyEstimator"]


class OffPolicyEstimator(ABC):
    """One way to value a policy from another policy's log.

    A subclass writes `scores`. Where the value is no plain mean (SNIPS is a ratio), the scores
    are linearised: their mean is the value and their spread, cluster by cluster, its error.

    Attributes:
        name: its name in the catalogue.
        needs_all: whether it needs the target's probabilities of all items.
        model_based: whether its interval leaves out the error of a model.
    """

    name: ClassVar[str]
    needs_all: ClassVar[bool] = False
    model_based: ClassVar[bool] = False

    @abstractmethod
    def scores(self, rows: Rows) -> np.ndarray:
        """One score a row, float (n,), whose mean is the estimated value."""

    @property
    def label(self) -> Text:
        """What it is called on pages."""
        return Text(f"whatif.ope_{self.name}")
