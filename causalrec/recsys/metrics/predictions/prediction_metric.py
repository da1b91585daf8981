"""What a metric of predicted outcomes declares of itself, and the two kinds of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from causalrec.core.catalogue import Entry

__all__ = ["HeldOutcomes", "MeanLoss", "PairedFigure", "PairedMetric", "PredictionMetric"]


@dataclass(frozen=True, eq=False)
class HeldOutcomes:
    """Held-out outcomes and what was predicted of them.

    Attributes:
        y: what came of each row, (n,).
        person: whose row it is, counted from 0, (n,).
        model: predictions of the model, (n,).
        baseline: predictions from the user's and the item's mean alone, (n,).
        seed: of the bootstrap.
    """

    y: np.ndarray
    person: np.ndarray
    model: np.ndarray
    baseline: np.ndarray
    seed: int

    @property
    def both(self) -> tuple[np.ndarray, np.ndarray]:
        """Predictions of model and baseline, (n,) each."""
        return self.model, self.baseline

    def by_person(self, values: np.ndarray) -> np.ndarray:
        """Sums of a value (n,) over each user's rows, (users,)."""
        return np.bincount(self.person, values)


@dataclass(frozen=True)
class PairedFigure:
    """One metric of model and baseline on the same rows.

    Attributes:
        model, baseline: its values.
        error: standard error of the model's, over users.
        change_error: standard error of model - baseline, over users.
    """

    model: float
    baseline: float
    error: float
    change_error: float


class PredictionMetric(Entry, ABC):
    """A figure of predicted outcomes.

    Attributes:
        good: 1 where more is better, -1 where less is.
        binary: of 0/1 outcomes; else of numbers.
    """

    words = "recsys.metric_"
    good: ClassVar[Literal[1, -1]] = -1
    binary: ClassVar[bool]


class MeanLoss(PredictionMetric):
    """A mean over rows: all of its kind are drawn over users at once."""

    @classmethod
    @abstractmethod
    def loss(cls, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """What each row counts, (n,)."""

    @classmethod
    def of_mean(cls, mean: np.ndarray) -> np.ndarray:
        """The metric from the mean of what rows count, of any shape."""
        return mean


class PairedMetric(PredictionMetric):
    """A metric that is no mean over rows."""

    @classmethod
    @abstractmethod
    def paired(cls, outcomes: HeldOutcomes) -> PairedFigure:
        """Its values and their standard errors over users; both outcomes occur."""
