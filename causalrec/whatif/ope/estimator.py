"""Off-policy estimators give one score a row; the mean of the scores is the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from causalrec.core.catalogue import Entry
from causalrec.core.words import Text
from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["OffPolicyEstimator"]


class OffPolicyEstimator(Entry, ABC):
    """One way to value a policy from another policy's log.

    A subclass writes `scores`. Where the value is no plain mean (SNIPS is a ratio), the scores
    are linearised: their mean is the value and their spread, cluster by cluster, its error.

    Attributes:
        unbiased: whether its expected value is the policy's, in a log of any length.
        self_normalised: whether it divides by the sum of the weights.
        needs_model: whether it learns a model of the outcome.
        needs_all: whether it needs the policy's probabilities of all items.
        brackets: whether its interval leaves out the error of its model: such an estimator
            stands beside the others and never leads.
    """

    words = "whatif.ope_"
    unbiased: ClassVar[bool] = False
    self_normalised: ClassVar[bool] = False
    needs_model: ClassVar[bool] = False
    needs_all: ClassVar[bool] = False
    brackets: ClassVar[bool] = False

    @abstractmethod
    def scores(self, rows: WeightedLog) -> np.ndarray:
        """One score a row, float (n,), whose mean is the estimated value."""

    @property
    def label(self) -> Text:
        """What it is called on pages."""
        return self.word()
