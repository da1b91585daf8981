"""From checked rows to an effect, by one estimator or by all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.arrivals import numbers_of
from causalrec.causal.effects.assumptions import assumptions, estimand
from causalrec.causal.effects.design_checks import check_design
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.question_facts import facts_of
from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.imputation import completed, pooled
from causalrec.causal.estimation.residuals import residuals_of
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.weights import Overlap, examine, overlap_flags
from causalrec.causal.estimators import ESTIMATORS, label_of, unadjusted
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.intervals.proportions import honest, still_answer, still_arms
from causalrec.causal.refuters import REFUTERS
from causalrec.causal.refuters.refutations import refuted
from causalrec.causal.refuters.refuter import Trial
from causalrec.causal.sensitivity.sensitivity import sensitivity_of
from causalrec.core.progress import OnProgress, silent
from causalrec.core.words import Text

__all__ = ["Asking", "refused_rows"]

REPLICATES = 100
"""Draws of each refuter: the spread of so many is known to 7 percent."""


@dataclass(frozen=True, eq=False)
class Asking:
    """A checked question, its tables without unknown values, and what their overlap is.

    Attributes:
        problem: the question.
        estimator: which gives the headline.
        identified: how it was identified.
        on_progress: called as each of several estimators has answered, with its numbers.
    """

    problem: Problem
    estimator: str
    identified: Identified
    on_progress: OnProgress = silent

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

    @cached_property
    def _given(self) -> dict[str, Answer | Refusal]:
        """What estimators have said already."""
        return {}

    def answer(self, name: str) -> Answer:
        """What one estimator says; it is asked once.

        Raises:
            Refusal: it cannot say anything.
        """
        if name not in self._given:
            try:
                self._given[name] = self._ask(name)
            except Refusal as refusal:
                self._given[name] = refusal
        given = self._given[name]
        if isinstance(given, Refusal):
            raise given
        return given

    def _ask_all(self) -> None:
        """Ask every estimator that is compared, the plainest first, and tell each answer."""
        names, facts = _asked_beside(self.estimator), facts_of(self.problem)
        for place, name in enumerate(names, 1):
            try:
                answer = self.answer(name)
            except Refusal:
                answer = None
            message = Text("causal.working_answered", estimator=label_of(name))
            self.on_progress(place / len(names), message, **numbers_of(name, answer, facts))

    def _ask(self, name: str) -> Answer:
        """The same, asked.

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
        if compare:
            self._ask_all()
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

    @property
    def in_vain(self) -> bool:
        """Whether a poor overlap was seen, which moves the answer to those in either group."""
        seen: Overlap | None = vars(self).get("seen")
        return seen is not None and seen.poor and self.method.weighted

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
