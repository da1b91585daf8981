"""Rows of a log of which only some show their outcome, and who those are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.nuisance.covariates import Design, make_design
from causalrec.causal.nuisance.cross_fitting import Nuisance, make_folds
from causalrec.core.seeds import generator
from causalrec.core.statistics.samples import kish

__all__ = ["Response"]

FOLDS = 5
LEAST_CHANCE = 0.01
"""Below it a row's weight says more of the model than of the row; a tenth of the mean chance
where that is less."""


@dataclass(frozen=True, eq=False)
class Response:
    """Rows of a log, some with their outcome.

    Attributes:
        frame: what is known of all rows, as numbers or text, (n, …).
        covariates: columns of it that a missing outcome may depend on; `movers`: those of them
            that change who is seen and not the outcome.
        seen: whether the outcome is known, bool (n,).
        outcome: (n,), anything where it is not.
        cluster: number of each row's unit, int (n,), or None.
        seed: of folds and models.
    """

    frame: pd.DataFrame
    covariates: tuple[str, ...]
    movers: tuple[str, ...]
    seen: np.ndarray
    outcome: np.ndarray
    cluster: np.ndarray | None
    seed: int

    def __len__(self) -> int:
        return len(self.seen)

    @cached_property
    def tied(self) -> Response:
        """The same rows with those covariates alone that the outcome depends on.

        What only moves who is seen would make weights uneven and correct nothing.
        """
        if not self.movers:
            return self
        names = tuple(name for name in self.covariates if name not in self.movers)
        return replace(self, covariates=names, movers=())

    @cached_property
    def mean(self) -> float:
        """Of the outcome where it is known."""
        return float(self.outcome[self.seen].mean())

    @cached_property
    def excess(self) -> np.ndarray:
        """The outcome less its mean, 0 where it is unknown, (n,)."""
        return np.where(self.seen, self.outcome - self.mean, 0.0)

    @cached_property
    def folds(self) -> np.ndarray:
        """Fold of each row, int (n,)."""
        rng = generator(self.seed, "response")
        return make_folds(self.seen * 1.0, self.cluster, FOLDS, rng)

    @cached_property
    def design(self) -> Design:
        """The covariates as numbers; categories of many levels by what is seen of each."""
        targets = np.column_stack([self.excess, self.seen * 1.0])
        return make_design(self.frame, self.covariates, targets=targets, folds=self.folds)

    @cached_property
    def nuisance(self) -> Nuisance:
        """Models of who is seen, and of the outcome of those."""
        return Nuisance(self.design, self.seen * 1.0, self.excess, self.folds, self.seed)

    @cached_property
    def chance(self) -> np.ndarray:
        """Cross-fitted chance of being seen, kept away from 0, (n,)."""
        least = min(LEAST_CHANCE, float(self.seen.mean()) / 10)
        return np.asarray(np.clip(self.nuisance.propensity, least, 1.0))

    @property
    def thin(self) -> float:
        """Share of rows whose chance had to be kept away from 0."""
        return float((self.nuisance.propensity < self.chance).mean())

    @property
    def worth(self) -> float:
        """Rows of equal weight that the seen ones are worth, once they stand for all."""
        return kish(1.0 / self.chance[self.seen])

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row a column of covariates, the largest first: covariate, before, after.

        Standardised means of the seen rows less those of all, as they are and weighted by one
        over their chance.
        """
        x, weight = self.design.x, 1.0 / self.chance[self.seen]
        before = x[self.seen].mean(axis=0) if len(x) else x.sum(axis=0)
        after = weight @ x[self.seen] / weight.sum()
        table = pd.DataFrame({"covariate": self.design.names, "before": before, "after": after})
        return table.sort_values("before", key=np.abs, ascending=False, ignore_index=True)

    @property
    def told_apart(self) -> float:
        """Chance that a seen row has a higher predicted chance than an unseen one (AUC)."""
        ranks = pd.Series(self.nuisance.propensity).rank().to_numpy()
        seen = int(self.seen.sum())
        unseen = len(self) - seen
        if not seen or not unseen:
            return 0.5
        return float((ranks[self.seen].sum() - seen * (seen + 1) / 2) / (seen * unseen))
