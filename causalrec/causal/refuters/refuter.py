"""What every refuter declares, and how it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np

from causalrec.causal.estimation.residuals import Residuals
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.sensitivity.sensitivity import Sensitivity
from causalrec.core.catalogue import Entry
from causalrec.core.results.result import Estimate
from causalrec.core.seeds import generator
from causalrec.core.statistics.samples import totals

__all__ = ["EXPECTATIONS", "Finding", "Refuter", "Trial", "vanishes"]

EXPECTATIONS = ("zero", "same", "error", "sign")
"""Of an answer that holds: what it comes to is 0, the same answer, the same error, or an answer
on the same side of 0."""
MOST_ERRORS = 4.0
"""Errors of their mean that draws about 0 may be away from it: sound ones are not, but for 6 times
in 100,000."""
MOST_GROUPS = 4_096
"""Groups of units up to which units are drawn one by one."""


@dataclass(frozen=True, eq=False)
class Trial:
    """An answer on trial.

    Attributes:
        answer: what the estimator says.
        left: residuals of treatment and outcome.
        sensitivity: how strongly the covariates go with both.
        level: of intervals.
        replicates: how often a refuter draws.
        seed: of the draws, which every refuter has for itself.
        controls: outcomes that the treatment cannot have moved, by name: each asked of the same
            estimator.
    """

    answer: Answer
    left: Residuals
    sensitivity: Sensitivity
    level: float
    replicates: int
    seed: int
    controls: dict[str, Callable[[], Estimate]] = field(default_factory=dict)

    @cached_property
    def groups(self) -> np.ndarray:
        """Group of each row, int (n,): its unit, or units at random where there are many.

        Draws of groups spread as draws of units do, to 1 / sqrt(2 G).
        """
        n, cluster = len(self.left.outcome), self.left.cluster
        units = np.arange(n) if cluster is None else cluster
        count = int(units.max()) + 1
        if count <= MOST_GROUPS:
            return units
        order = generator(self.seed, "refuter", "groups").permutation(count)
        return np.asarray((order % MOST_GROUPS)[units])

    @cached_property
    def scores(self) -> np.ndarray:
        """Sums of the answer's influence scores over each group, (G,).

        Those of the residuals' slope where the estimator tells none.
        """
        left = self.left
        scores = self.answer.scores
        if scores is None:
            scores = left.treatment * left.error * (len(left.outcome) / left.weight)
        return totals(scores, self.groups)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Rows of each group, (G,)."""
        return np.bincount(self.groups)

    def among(self, weights: np.ndarray) -> float:
        """The answer where groups count as often as the weights say, (G,)."""
        return self.answer.value + float(weights @ self.scores) / float(weights @ self.sizes)

    def moved(self, slope: float) -> float:
        """The answer, moved as far as the residuals' slope is."""
        return self.answer.value + slope - self.left.slope

    def draws(self, name: str, one: Callable[[np.random.Generator], float]) -> np.ndarray:
        """One number a replicate, (replicates,)."""
        rng = generator(self.seed, "refuter", name)
        return np.array([one(rng) for _ in range(self.replicates)])


@dataclass(frozen=True)
class Finding:
    """What one refuter found.

    Attributes:
        value: what the answer comes to; low, high: where its draws, or its interval, lie.
        passes: whether the answer holds.
        about: what it was tried on, where there are several; "" else.
    """

    value: float
    low: float
    high: float
    passes: bool
    about: str = ""


class Refuter(Entry, ABC):
    """One way to try to break an answer.

    Attributes:
        expects: what an answer that holds comes to, of `EXPECTATIONS`.
    """

    words: ClassVar[str] = "causal.refuter_"
    expects: ClassVar[str]

    @abstractmethod
    def findings(self, trial: Trial) -> Iterator[Finding]:
        """What it found; nothing where it has nothing to try."""

    def finding(self, trial: Trial, values: np.ndarray, *, passes: bool) -> Finding:
        """The finding of draws, (replicates,): their mean, and where `level` of them lie."""
        tail = (1 - trial.level) / 2
        low, high = np.quantile(values, [tail, 1 - tail])
        return Finding(float(values.mean()), float(low), float(high), passes)


def vanishes(values: np.ndarray) -> bool:
    """Whether draws lie about 0, (replicates,)."""
    error = float(values.std(ddof=1)) / len(values) ** 0.5
    return bool(abs(values.mean()) <= MOST_ERRORS * error)
