"""From checked rows to an effect, by one estimator or by all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.assumptions import assumptions, estimand
from causalrec.causal.effects.design_checks import check_design
from causalrec.causal.effects.effect import Effect
from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.imputation import completed, pooled
from causalrec.causal.estimation.residuals import residuals_of
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.weights import Overlap, examine, overlap_flags
from causalrec.causal.estimators import ESTIMATORS, unadjusted
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.intervals.proportions import honest, still_answer, still_arms
from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refutations import refuted
from causalrec.causal.refuters.refuter import Trial
from causalrec.causal.sensitivity.sensitivity import sensitivity_of
from causalrec.core.words import Text

__all__ = ["Asking", "facts_of", "refused_rows", "round_step"]

REPLICATES = 100
"""Draws of each refuter: the spread of so many is known to 7 percent."""


@dataclass(frozen=True, eq=False)
class Asking:
    """A checked question, its tables without unknown values, and what their overlap is.

    Attributes:
        problem: the question.
        estimator: which gives the headline.
        identified: how it was identified.
    """

    problem: Problem
    estimator: str
    identified: Identified

    @property
    def method(self) -> type[Estimator]:
        """The headline's estimator."""
        entry: type[Estimator] = ESTIMATORS[self.estimator]
        return entry

    @cached_property
    def still(self) -> bool:
        """Whether the outcome never varies within the groups."""
        return all(still_arms(self.problem)) and bool(self.problem.arms)

    @cached_property
    def tables(self) -> list[Problem]:
        """The problem, once a draw of what is unknown, checked."""
        tables = completed(self.problem)
        check_design(tables[0])
        return tables

    @cached_property
    def seen(self) -> Overlap | None:
        """The overlap for the target that was asked; None where no two groups are compared."""
        if self.problem.kind == "continuous" or self.still or not self.method.strategy.alike:
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
        method = ESTIMATORS[name]
        tables = self.tables if method.causal else [self.problem]
        if not method.strategy.alike:
            return _run(method, tables)
        if self.still:
            return still_answer(self.problem)
        if method.causal and method.weighted:
            tables, _ = self.moved
        return honest(self.problem, _run(method, tables))

    def effect(self, flags: list[Text], compare: bool) -> Effect:
        """The effect by the headline's estimator, with the others where they are compared.

        Raises:
            Refusal: the headline cannot be told.
        """
        problem, method = self.problem, self.method
        flags = [*flags, *_concerning(problem, method)]
        about, overlap = problem, None
        if method.causal:
            flags += self.tables[0].design.flags()
        if method.causal or compare:
            about, overlap, alarm = self._overlap()
            flags += alarm
        answer = self.answer(self.estimator)
        flags += answer.flags
        if not method.causal:
            flags.append(Text("causal.flag_not_causal"))
        rows, reasons = self.rows(answer) if compare else (pd.DataFrame(), {})
        tried = method.causal and method.strategy.alike and not self.still
        trial = self.trial(answer, REPLICATES) if tried else None
        evidence = {} if overlap is None else overlap.evidence
        return Effect(
            value=answer.value, low=answer.low, high=answer.high, se=answer.se,
            flags=tuple(flags), estimator=self.estimator,
            target=method.told_of(about.query.target),
            estimand=estimand(about, method),
            assumptions=assumptions(about, method, self.identified),
            naive=self.answer(unadjusted()).value,
            hidden=trial.sensitivity if trial else None,
            refutations=refuted(trial, REFUTERS, estimator=self.estimator)
            if trial and compare
            else None,
            rows=rows, refusals=reasons, **facts_of(problem), **evidence, **_besides(self),
        )  # fmt: skip

    def _overlap(self) -> tuple[Problem, Overlap | None, list[Text]]:
        """The problem that is answered, its overlap, and what the alarm says.

        Raises:
            Refusal: the covariates leave nothing to compare, and the headline needs them.
        """
        problem, method = self.problem, self.method
        try:
            overlap = self.seen
        except Refusal:
            if not method.causal:
                return problem, None, []
            raise
        if overlap is None:
            return problem, None, []
        if not overlap.poor or not method.weighted:
            return problem, overlap, overlap_flags(overlap, problem, method.weighted)
        tables, moved = self.moved
        flags = overlap_flags(overlap, problem, method.weighted, moved)
        return (problem if problem.query.target == "overlap" else tables[0]), moved, flags

    def alarms_beside_a_refusal(self) -> list[Text]:
        """What rang before the answer was refused: of the rows, and of an overlap looked at."""
        seen: Overlap | None = vars(self).get("seen")
        poor = seen is not None and seen.poor and self.method.causal
        flags = [Text("causal.flag_thin", **seen.facts)] if seen and poor else []
        return [*_concerning(self.problem, self.method), *flags]

    def trial(self, answer: Answer, replicates: int) -> Trial:
        """The headline's answer on trial."""
        problem, table = self.problem, self.tables[0]
        facts = facts_of(problem)
        baseline = facts["baseline"] if facts["outcome_kind"] == "share" else None
        left = residuals_of(table)
        hidden = sensitivity_of(table, left, answer, baseline)
        query = problem.query
        return Trial(answer, left, hidden, query.level, replicates, query.seed)

    def rows(self, headline: Answer | None) -> tuple[pd.DataFrame, dict[str, Text]]:
        """One row an estimator on the same rows, and why some refuse."""
        rows, reasons = [], {}
        for name in _asked_beside(self.estimator):
            try:
                answer = headline if headline and name == self.estimator else self.answer(name)
                row = {
                    "value": answer.value,
                    "low": answer.low,
                    "high": answer.high,
                    "refused": False,
                }
            except Refusal as refusal:
                row = {"value": np.nan, "low": np.nan, "high": np.nan, "refused": True}
                reasons[name] = refusal.reason
            rows.append({"estimator": name, **row})
        return pd.DataFrame(rows), reasons


def refused_rows(estimator: str, reason: Text) -> tuple[pd.DataFrame, dict[str, Text]]:
    """The same where the question is refused before any estimator."""
    names = _asked_beside(estimator)
    frame = pd.DataFrame({"estimator": names, "value": np.nan, "low": np.nan, "high": np.nan})
    return frame.assign(refused=True), dict.fromkeys(names, reason)


def _asked_beside(estimator: str) -> list[str]:
    """The estimators that are compared, and the headline's: those that go by the same columns."""
    strategy = ESTIMATORS[estimator].strategy
    same = [
        name
        for name in ESTIMATORS.where(compared=True)
        if not ESTIMATORS[name].causal or ESTIMATORS[name].strategy is strategy
    ]
    return list(dict.fromkeys([*same, estimator]))


def _besides(asking: Asking) -> dict[str, Any]:
    """The instruments or mediators of an effect, by the name of its field; where none are, {}."""
    kind = asking.method.strategy.besides
    return {kind: asking.problem.query.besides} if kind else {}


def _concerning(problem: Problem, method: type[Estimator]) -> list[Text]:
    """Flags for an estimator: what covariates lack concerns only those that adjust for them."""
    lacking = f"causal.flag_missing_{problem.query.missing}"
    return [flag for flag in problem.flags if method.causal or flag.key != lacking]


def _run(method: type[Estimator], tables: list[Problem]) -> Answer:
    """One estimator on every table, pooled.

    Raises:
        Refusal: it cannot say anything, or its answer is no number.
    """
    estimator = method()
    answer = pooled([estimator(table) for table in tables], tables[0].query.level)
    if not np.isfinite([answer.value, answer.se, answer.low, answer.high]).all() or answer.se <= 0:
        raise Refusal(Text("causal.refuse_arithmetic", name=tables[0].query.outcome))
    return replace(answer, low=min(answer.low, answer.value), high=max(answer.high, answer.value))


def _step(treatment: np.ndarray) -> float:
    """How much more of a number a sentence speaks of: of whole numbers at least one more."""
    spread = float(np.std(treatment))
    if not np.isfinite(spread) or spread <= 0:
        return 1.0
    whole = bool((treatment == np.rint(treatment)).all())
    return max(round_step(spread), 1.0) if whole else round_step(spread)


def round_step(spread: float) -> float:
    """The number of the series 1, 2, 5, 10, 20, … that is nearest to a spread, by its ratio.

    One unit more of a treatment may be nothing or the world; one standard deviation more is what
    people see. Said as a round number ("ten more") it can be repeated.

    Args:
        spread: standard deviation of the treatment, above 0.
    """
    power = 10.0 ** np.floor(np.log10(spread))
    steps = power * np.array([1.0, 2.0, 5.0, 10.0])
    return float(steps[np.argmin(np.abs(np.log(steps / spread)))])


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
        "weights": query.weights,
        "interval": query.interval,
        "outcome_kind": "share" if share else "mean",
        "baseline": float(np.average(y[arms[0]], weights=problem.weights[arms[0]]))
        if arms
        else None,
        "step": None if arms else _step(t),
    }
