"""A causal question as arrays, after the checks that come before any estimator."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.design import Design, make_design
from causalrec.causal.nuisance import Nuisance, make_folds
from causalrec.core.seeds import generator
from causalrec.core.words import Text

__all__ = ["FEWEST", "Problem", "Query", "Refusal", "choose_arms", "make_problem"]

FEWEST = 20
MOST_DROPPED = 0.05
FEW_CLUSTERS = 40


@dataclass(frozen=True)
class Query:
    """What is asked of a table.

    Attributes:
        treatment, outcome: columns.
        covariates: columns to adjust for.
        target: "ATE", "ATT" or "overlap".
        level: of the interval.
        clip: propensities are kept in [clip, 1 - clip].
        folds: parts of the cross-fitting.
        seed: of folds and landmarks.
        missing: "impute" or "refuse".
        control, treated: the values to compare; None: chosen from the data.
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
    control: Any = None
    treated: Any = None


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """The data cannot answer; carries the sentence that says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Problem:
    """A question as arrays.

    Attributes:
        query: what was asked.
        frame: the rows that take part.
        treatment: 0/1, or numbers for a slope, (n,).
        outcome: (n,).
        cluster: number of each row's cluster, int (n,); None where rows are independent.
        kind: "binary", "levels" or "continuous".
        arms: (control, treated) values in words.
        flags: what there is to know.
    """

    query: Query
    frame: pd.DataFrame
    treatment: np.ndarray
    outcome: np.ndarray
    cluster: np.ndarray | None
    kind: str
    arms: tuple[str, ...]
    flags: tuple[Text, ...] = field(default=())

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.outcome)

    @property
    def n_clusters(self) -> int:
        """Number of independent units."""
        return self.n if self.cluster is None else int(self.cluster.max()) + 1

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
    def nuisance(self) -> Nuisance:
        """Cross-fitted outcome and propensity models."""
        return Nuisance(self.design, self.treatment, self.outcome, self.folds, self.query.seed)

    def aiming(self, target: str) -> Problem:
        """The problem for another target, with the models that were made already."""
        made = replace(self, query=replace(self.query, target=target))
        vars(made).update(folds=self.folds, design=self.design, nuisance=self.nuisance)
        return made

    def only(self, rows: np.ndarray) -> Problem:
        """The problem on some of its rows."""
        cluster = None if self.cluster is None else pd.factorize(self.cluster[rows])[0]
        return replace(
            self,
            frame=self.frame[rows],
            treatment=self.treatment[rows],
            outcome=self.outcome[rows],
            cluster=cluster,
        )


def make_problem(frame: pd.DataFrame, query: Query, cluster: pd.Series | None) -> Problem:
    """Check a table against a question.

    Args:
        frame: the rows.
        query: the question; its columns exist.
        cluster: who each row belongs to; None where rows are independent.

    Raises:
        Refusal: constant treatment, fewer than 20 rows an arm, too many missing values.
    """
    rows, flags = _complete(frame, query)
    kept = frame[rows] if not rows.all() else frame
    members = None if cluster is None else pd.factorize(cluster[rows])[0]
    if members is not None and int(members.max(initial=-1)) + 1 == len(members):
        members = None
    treatment, kind, arms, at = _treatment(kept[query.treatment], query)
    kept, members = (kept[at], None if members is None else pd.factorize(members[at])[0])
    outcome = kept[query.outcome].to_numpy(dtype=float)
    problem = Problem(query, kept, treatment, outcome, members, kind, arms, tuple(flags))
    _check_arms(problem)
    return replace(problem, flags=(*flags, *_cluster_flags(problem)))


def _complete(frame: pd.DataFrame, query: Query) -> tuple[np.ndarray, list[Text]]:
    """Rows whose treatment and outcome are known, and what was left out."""
    flags = []
    rows = np.ones(len(frame), dtype=bool)
    for column in (query.treatment, query.outcome):
        missing = frame[column].isna().to_numpy()
        share = float(missing.mean()) if len(frame) else 0.0
        facts = {"name": column, "n": int(missing.sum()), "share": share}
        if share > MOST_DROPPED or (share and query.missing == "refuse"):
            raise Refusal(Text("causal.refuse_missing", **facts))
        if share:
            flags.append(Text("causal.flag_dropped", **facts))
        rows &= ~missing
    if query.missing == "refuse":
        for column in query.covariates:
            count = int(frame[column].isna().sum())
            if count:
                facts = {"name": column, "n": count, "share": count / len(frame)}
                raise Refusal(Text("causal.refuse_missing", **facts))
    return rows, flags


def _treatment(
    values: pd.Series, query: Query
) -> tuple[np.ndarray, str, tuple[str, ...], np.ndarray]:
    """The treatment as numbers, its kind, the arms in words, and the rows that take part."""
    levels = values.value_counts()
    everyone = np.ones(len(values), dtype=bool)
    if len(levels) < 2:
        only = str(levels.index[0]) if len(levels) else "-"
        raise Refusal(Text("causal.refuse_constant", name=query.treatment, value=only))
    asked = query.control is not None or query.treated is not None
    if _is_number(values) and len(levels) > 5 and not asked:
        return values.to_numpy(dtype=float), "continuous", (), everyone
    control, treated = choose_arms(levels, query)
    at = values.isin([control, treated]).to_numpy()
    kind = "binary" if len(levels) == 2 else "levels"
    return (values[at] == treated).to_numpy(dtype=float), kind, (_say(control), _say(treated)), at


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def choose_arms(levels: pd.Series, query: Query) -> tuple[Any, Any]:
    """Control: asked for, the least number, or the most frequent category; treated: the next."""
    values = list(levels.index)
    numeric = all(isinstance(v, (int, float, np.number, bool, np.bool_)) for v in values)
    binary = len(values) == 2
    ordered = sorted(values) if numeric or binary else values
    for asked in (query.control, query.treated):
        if asked is not None and asked not in values:
            raise Refusal(Text("causal.refuse_level", name=query.treatment, value=str(asked)))
    left = [v for v in ordered if v != query.treated]
    control = query.control if query.control is not None else left[0]
    others = [v for v in values if v != control]
    treated = query.treated if query.treated is not None else others[0]
    if control == treated:
        raise Refusal(Text("causal.refuse_level", name=query.treatment, value=str(control)))
    return control, treated


def _say(value: Any) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _check_arms(problem: Problem) -> None:
    query = problem.query
    if problem.kind == "continuous":
        if problem.n < 2 * FEWEST:
            raise Refusal(
                Text("causal.refuse_few", name=query.treatment, n=problem.n, least=2 * FEWEST)
            )
        return
    for value, arm in zip(problem.arms, (0.0, 1.0), strict=True):
        rows = int((problem.treatment == arm).sum())
        if rows < FEWEST:
            facts = {"name": query.treatment, "value": value, "n": rows, "least": FEWEST}
            raise Refusal(Text("causal.refuse_arm", **facts))


def _cluster_flags(problem: Problem) -> list[Text]:
    if problem.cluster is None:
        return []
    if problem.n_clusters < 2:
        raise Refusal(Text("causal.refuse_clusters", n=problem.n_clusters))
    if problem.n_clusters < FEW_CLUSTERS:
        return [Text("causal.flag_few_clusters", n=problem.n_clusters)]
    return []
