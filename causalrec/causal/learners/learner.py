"""What every learner of effects declares, and how it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from causalrec.causal.nuisance.covariates import Design
from causalrec.causal.nuisance.cross_fitting import Nuisance
from causalrec.causal.nuisance.fitted_stack import FittedStack, Mapped, fit_stack
from causalrec.core.catalogue import Entry

__all__ = ["CLIP", "Leaf", "Learned", "Learner", "Lesson"]

CLIP = 0.03
"""Chances of the treatment that learners weigh by are kept in [CLIP, 1 - CLIP]: one row then
counts for 33 at most. What is told of an average is clipped as its question says."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a learner learns from.

    Attributes:
        x: covariates as standardised numbers, (n, p).
        treatment: 0/1, (n,).
        outcome: standardised to mean 0 and variance 1 (of 0/1 too), (n,).
        folds: fold of each row for what must be cross-fitted, int (n,) from 0 on: whole units.
        seed: of all that is random.
    """

    x: np.ndarray
    treatment: np.ndarray
    outcome: np.ndarray
    folds: np.ndarray
    seed: int = 0

    @cached_property
    def smooth(self) -> np.ndarray:
        """Which columns have more than two values, bool (p,)."""
        return np.array([len(np.unique(column[:5000])) > 2 for column in self.x.T], dtype=bool)

    @cached_property
    def mapped(self) -> Mapped:
        """The covariates with their feature maps, for stacks."""
        return Mapped(self.x, self.smooth, self.seed)

    @cached_property
    def arms(self) -> tuple[FittedStack, FittedStack]:
        """A stack of the outcome for each arm, control first, to be asked of any rows."""
        t, folds = self.treatment, self.folds
        without, given = (fit_stack(self.mapped, self.outcome, folds, rows=t == a) for a in (0, 1))
        return without, given

    @cached_property
    def nuisance(self) -> Nuisance:
        """Cross-fitted outcomes and chances of the treatment, made when first asked for."""
        names = tuple(f"x{j}" for j in range(self.x.shape[1]))
        design = Design(self.x, names, self.smooth, names, names)
        return Nuisance(design, self.treatment, self.outcome, self.folds, self.seed, smoothing=1.0)

    @property
    def raw_propensity(self) -> np.ndarray:
        """Chance of the treatment by models that never saw the row, before clipping, (n,)."""
        return self.nuisance.propensity

    @property
    def propensity(self) -> np.ndarray:
        """The same, clipped, (n,)."""
        return np.asarray(np.clip(self.raw_propensity, CLIP, 1 - CLIP))

    @property
    def expected(self) -> np.ndarray:
        """Expected outcome without and with treatment by models that never saw the row, (n, 2)."""
        return np.column_stack([stack.predicted for stack in self.nuisance.by_arm])

    @property
    def mean_outcome(self) -> np.ndarray:
        """Expected outcome given the covariates alone, likewise, (n,)."""
        return self.nuisance.outcome_mean.predicted

    @property
    def scores(self) -> np.ndarray:
        """Doubly robust score of each row, whose mean given the covariates is the effect, (n,)."""
        t, y, e = self.treatment, self.outcome, self.propensity
        without, given = self.expected.T
        return np.asarray(given - without + t * (y - given) / e - (1 - t) * (y - without) / (1 - e))

    def where(self, rows: np.ndarray) -> Lesson:
        """The lesson of some rows, bool (n,) or places; its folds are numbered anew."""
        _, folds = np.unique(self.folds[rows], return_inverse=True)
        return replace(self, x=self.x[rows], treatment=self.treatment[rows],
                       outcome=self.outcome[rows], folds=folds)  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """A group of rows with one effect, as conditions on columns.

    Attributes:
        conditions: column's place, threshold, whether above it; in the order of the splits.
        value: effect of its rows.
        rows: how many rows told it.
    """

    conditions: tuple[tuple[int, float, bool], ...]
    value: float
    rows: int

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Which rows fall into it, bool (m,)."""
        rows = np.ones(len(x), dtype=bool)
        for column, threshold, above in self.conditions:
            rows &= (x[:, column] > threshold) == above
        return rows


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

    def leaves(self) -> tuple[Leaf, ...]:
        """The groups that can be read; none where there are no such."""
        return ()


class Learner(Entry, ABC):
    """One way to learn what a treatment does to whom.

    Attributes:
        lineup: whether it stands for choice where nobody chose one.
        experimental: whether its page says that it is: it answers by an assumption of its own that
            no data can speak for, and has no interval.
        assumption: word key of that assumption; "" where there is none beside the graph's.
        differs: whether what it says differs between rows.
    """

    words: ClassVar[str] = "causal.learner_"
    lineup: ClassVar[bool] = True
    experimental: ClassVar[bool] = False
    assumption: ClassVar[str] = ""
    differs: ClassVar[bool] = True

    @abstractmethod
    def fit(self, lesson: Lesson) -> Learned:
        """Learn from rows.

        Raises:
            Refusal: the rows cannot teach it.
        """

    def fit_all(self, lessons: Sequence[Lesson]) -> list[Learned]:
        """Learn from several lessons apart: those of a cross-fit, all at once where it can.

        Raises:
            Refusal: the rows cannot teach it.
        """
        return [self.fit(lesson) for lesson in lessons]
