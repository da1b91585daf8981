"""A causal question as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from causalrec.causal.nuisance.covariates import Design, make_design
from causalrec.causal.nuisance.cross_fitting import Nuisance, make_folds
from causalrec.causal.rows.arms import Refusal
from causalrec.core.seeds import generator
from causalrec.core.words import Text

__all__ = ["TARGETS", "Problem", "Query", "Refusal"]

TARGETS = ("ATE", "ATT", "ATC", "overlap")
"""Whom an effect can be about: everybody, the treated, the others, who could be in either arm."""


@dataclass(frozen=True)
class Query:
    """What is asked of a table.

    Attributes:
        treatment, outcome: columns.
        covariates: columns to adjust for.
        target: of `TARGETS`.
        level: of the interval.
        clip: propensities are kept in [clip, 1 - clip].
        folds: parts of the cross-fitting.
        seed: of folds, landmarks and imputations.
        missing: "impute", "complete", "indicator" or "refuse".
        control, treated: the values to compare; None: chosen from the data.
        weights: column that says how many people a row stands for; None: each for one.
        interval: how the interval is made, of `Estimator.intervals`.
        besides: columns of instruments or mediators, where the strategy goes by some.
    """

    treatment: str
    outcome: str
    covariates: tuple[str, ...]
    target: str = "ATE"
    level: float = 0.95
    clip: float = 0.01
    folds: int = 5
    seed: int = 0
    missing: str = "impute"
    control: object = None
    treated: object = None
    weights: str | None = None
    interval: str = "formula"
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Problem:
    """A question as arrays.

    Attributes:
        query: what was asked.
        frame: the covariates of the rows that take part, as numbers or text.
        treatment: 0/1, or numbers for a slope, (n,).
        outcome: (n,).
        cluster: number of each row's cluster, int (n,); None where rows are independent.
        kind: "binary", "levels" or "continuous".
        arms: (control, treated) values in words.
        flags: what there is to know.
        weight: sampling weight of each row, mean 1, (n,); None: all alike.
        besides: the columns of instruments or mediators, as numbers or text.
        places: of the rows in the table, int (n,); None: they are the table's.
    """

    query: Query
    frame: pd.DataFrame
    treatment: np.ndarray
    outcome: np.ndarray
    cluster: np.ndarray | None
    kind: str
    arms: tuple[str, ...]
    flags: tuple[Text, ...] = field(default=())
    weight: np.ndarray | None = None
    besides: pd.DataFrame = field(default_factory=pd.DataFrame)
    places: np.ndarray | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.outcome)

    @cached_property
    def weights(self) -> np.ndarray:
        """Sampling weight of each row, mean 1, (n,)."""
        return np.ones(self.n) if self.weight is None else self.weight

    @property
    def n_clusters(self) -> int:
        """Number of independent units."""
        return self.n if self.cluster is None else int(self.cluster.max()) + 1

    @property
    def units_by_arm(self) -> tuple[int, ...]:
        """Independent units with rows in control and treated; empty for a slope."""
        if self.kind == "continuous":
            return ()
        rows = [self.treatment == arm for arm in (0.0, 1.0)]
        if self.cluster is None:
            return tuple(int(arm.sum()) for arm in rows)
        return tuple(len(np.unique(self.cluster[arm])) for arm in rows)

    @cached_property
    def folds(self) -> np.ndarray:
        """Fold of each row, int (n,)."""
        rng = generator(self.query.seed, "folds")
        return make_folds(self.treatment, self.cluster, self.query.folds, rng)

    @cached_property
    def design(self) -> Design:
        """The covariates as numbers."""
        targets = np.column_stack([self.outcome, self.treatment])
        return make_design(self.frame, self.query.covariates, targets=targets, folds=self.folds)

    @cached_property
    def through(self) -> Design:
        """The instruments or mediators as numbers."""
        targets = np.column_stack([self.outcome, self.treatment])
        return make_design(self.besides, self.query.besides, targets=targets, folds=self.folds)

    @cached_property
    def nuisance(self) -> Nuisance:
        """Cross-fitted outcome and propensity models."""
        return Nuisance(self.design, self.treatment, self.outcome, self.folds, self.query.seed)

    def aiming(self, target: str) -> Problem:
        """The problem for another target, with the models that were made already."""
        problem = replace(self, query=replace(self.query, target=target))
        vars(problem).update(folds=self.folds, design=self.design, nuisance=self.nuisance)
        return problem
