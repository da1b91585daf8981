"""What every learner of effects declares, and how it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from causalrec.core.catalogue import Entry

__all__ = ["Learned", "Learner", "Lesson"]


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a learner learns from.

    Attributes:
        x: covariates as standardised numbers, (n, p).
        treatment: 0/1, (n,).
        outcome: (n,).
        folds: fold of each row for what must be cross-fitted, int (n,): whole units.
        seed: of all that is random.
    """

    x: np.ndarray
    treatment: np.ndarray
    outcome: np.ndarray
    folds: np.ndarray
    seed: int = 0


class Learned(ABC):
    """What was learned, to be asked of any rows."""

    @abstractmethod
    def effect(self, x: np.ndarray) -> np.ndarray:
        """Expected difference that the treatment makes, (m,) of covariates (m, p)."""

    def outcomes(self, x: np.ndarray) -> np.ndarray | None:
        """Expected outcome without and with the treatment, (m, 2).

        None where only their difference was learned.
        """
        return None


class Learner(Entry, ABC):
    """One way to learn what a treatment does to whom.

    Attributes:
        lineup: whether it stands for choice where nobody chose one.
        experimental: whether its page says that it is.
    """

    words: ClassVar[str] = "causal.learner_"
    lineup: ClassVar[bool] = True
    experimental: ClassVar[bool] = False

    @abstractmethod
    def fit(self, lesson: Lesson) -> Learned:
        """Learn from rows.

        Raises:
            Refusal: the rows cannot teach it.
        """
