"""From checked rows to an effect, by one estimator or by all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.assumptions import assumptions, estimand
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.preconditions import check_design
from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.imputation import completed, pooled
from causalrec.causal.estimation.proportions import honest, still_answer, still_arms
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.weights import Overlap, examine, overlap_flags
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.identification.backdoor import Identified
from causalrec.core.words import Text

__all__ = ["COMPARED", "WEIGHTED", "Asking", "facts_of", "refused_rows"]

COMPARED = ("difference", "ols", "ipw", "aipw")
WEIGHTED = ("ipw", "aipw")


@dataclass(frozen=True, eq=False)
class Asking:
    """A checked question, its tables without unknown values, and what their overlap is.

    Attributes:
        problem: the question.
        estimator: which gives the headline.
        found: how it was identified.
    """

    problem: Problem
    estimator: str
    found: Identified

    @cached_property
    def still(self) -> bool:
        """Whether the outcome never varies within the groups."""
        return all(still_arms(self.problem)) and bool(self.problem.arms)

    @cached_property
    def tables(self) -> list[Problem]:
        """The problem, once a draw of what is unknown, checked."""
        made = completed(self.problem)
        check_design(made[0])
        return made

    @cached_property
    def seen(self) -> Overlap | None:
        """The overlap for the target that was asked; None where there are no two groups."""
        if self.problem.kind == "continuous" or self.still:
            return None
        return examine(self.tables[0], self.problem.query.target)

    @cached_property
    def moved(self) -> tuple[list[Problem], Overlap | None]:
        """The tables for those who could be in either group, where the overlap is poor.

        Raises:
            Refusal: even these cannot be compared.
        """
        tables, seen = self.tables, self.seen
        if seen is None or not seen.poor:
            return tables, seen
        tables = [table.aiming("overlap") for table in tables]
        there = examine(tables[0], "overlap")
        if there.hopeless:
            arms = dict(zip(("control", "treated"), self.problem.arms, strict=True))
            raise Refusal(Text("causal.refuse_overlap", **seen.facts, **arms))
        return tables, there

    def answer(self, name: str) -> Answer:
        """What one estimator says.

        Raises:
            Refusal: it cannot say anything.
        """
        if name == "difference":
            made = still_answer(self.problem) if self.still else _run(name, [self.problem])
            return made if self.still else honest(self.problem, made)
        tables = self.tables
        if self.still:
            return still_answer(self.problem)
        if name in WEIGHTED:
            tables, _ = self.moved
        return honest(self.problem, _run(name, tables))

    def effect(self, flags: list[Text], compare: bool) -> Effect:
        """The effect by the headline's estimator, with the others where they are compared.

        Raises:
            Refusal: the headline cannot be told.
        """
        problem, estimator = self.problem, self.estimator
        flags = [*flags, *_concerning(problem, estimator)]
        told, shown = problem, None
        if estimator != "difference":
            flags += self.tables[0].design.flags()
        if estimator != "difference" or compare:
            told, shown, more = self._overlap(estimator)
            flags += more
        answer = self.answer(estimator)
        flags += answer.flags
        if estimator == "difference":
            flags.append(Text("causal.flag_not_causal"))
        rows, reasons = self.rows(answer) if compare else (pd.DataFrame(), {})
        evidence = {} if shown is None else shown.evidence
        return Effect(
            value=answer.value, low=answer.low, high=answer.high, se=answer.se,
            flags=tuple(flags), estimator=estimator, target=told.query.target,
            estimand=estimand(told, estimator),
            assumptions=assumptions(told, estimator, self.found),
            naive=self.answer("difference").value,
            rows=rows, refusals=reasons, **facts_of(problem), **evidence,
        )  # fmt: skip

    def _overlap(self, estimator: str) -> tuple[Problem, Overlap | None, list[Text]]:
        """The problem that is told of, its overlap, and what the alarm says."""
        problem = self.problem
        try:
            seen = self.seen
        except Refusal:
            if estimator == "difference":
                return problem, None, []
            raise
        if seen is None:
            return problem, None, []
        flags = overlap_flags(seen, problem, estimator in WEIGHTED)
        if not seen.poor or estimator not in WEIGHTED:
            return problem, seen, flags
        tables, there = self.moved
        return (problem if problem.query.target == "overlap" else tables[0]), there, flags

    def rows(self, headline: Answer | None) -> tuple[pd.DataFrame, dict[str, Text]]:
        """One row an estimator on the same rows, and why some refuse."""
        rows, reasons = [], {}
        for name in dict.fromkeys([*COMPARED, self.estimator]):
            try:
                made = headline if headline and name == self.estimator else self.answer(name)
                row = {"value": made.value, "low": made.low, "high": made.high, "refused": False}
            except Refusal as refusal:
                row = {"value": np.nan, "low": np.nan, "high": np.nan, "refused": True}
                reasons[name] = refusal.reason
            rows.append({"estimator": name, **row})
        return pd.DataFrame(rows), reasons


def refused_rows(estimator: str, reason: Text) -> tuple[pd.DataFrame, dict[str, Text]]:
    """The same where the question is refused before any estimator."""
    names = list(dict.fromkeys([*COMPARED, estimator]))
    frame = pd.DataFrame({"estimator": names, "value": np.nan, "low": np.nan, "high": np.nan})
    return frame.assign(refused=True), dict.fromkeys(names, reason)


def _concerning(problem: Problem, estimator: str) -> list[Text]:
    """Flags for an estimator: what covariates lack is not about a difference in means."""
    lacking = f"causal.flag_missing_{problem.query.missing}"
    return [flag for flag in problem.flags if estimator != "difference" or flag.key != lacking]


def _run(name: str, tables: list[Problem]) -> Answer:
    """One estimator on every table, pooled; an answer that is no number is refused."""
    level = tables[0].query.level
    made = pooled([ESTIMATORS[name](table) for table in tables], level)
    if not np.isfinite([made.value, made.se, made.low, made.high]).all() or made.se <= 0:
        raise Refusal(Text("causal.refuse_arithmetic", name=tables[0].query.outcome))
    return replace(made, low=min(made.low, made.value), high=max(made.high, made.value))


def facts_of(problem: Problem) -> dict[str, Any]:
    """What an effect says of its question and rows."""
    query, t, y = problem.query, problem.treatment, problem.outcome
    arms = () if problem.kind == "continuous" else (t == 0, t == 1)
    share = bool(np.isin(y, (0.0, 1.0)).all())
    return {
        "level": query.level,
        "n": problem.n,
        "clusters": problem.n_clusters,
        "treatment": query.treatment,
        "outcome": query.outcome,
        "kind": problem.kind,
        "arms": problem.arms,
        "arms_n": tuple(int(arm.sum()) for arm in arms),
        "adjustment": query.covariates,
        "outcome_kind": "share" if share else "mean",
        "baseline": float(y[arms[0]].mean()) if arms else None,
    }
