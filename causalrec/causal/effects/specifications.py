"""One question asked in many ways: a specification curve.

Simonsohn, Simmons and Nelson, 2020, "Specification curve analysis": what an answer owes to choices
that others would have made otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import Field

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.design_checks import check_design
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.estimate import of_table
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.effects.question_facts import facts_of
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimation.imputation import completed
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.identification.adjustment_sets import adjustment_sets
from causalrec.causal.identification.identify import identify
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.rows.question_rows import label, labelled, rows_of
from causalrec.core.errors import unknown_name
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, Frame, Result
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    from causalrec.causal.graph.causal_graph import CausalGraph

__all__ = ["Specifications", "specifications"]

MOST_SETS = 4
"""Minimal adjustment sets that are tried, the smallest first."""
COLUMNS = ("estimator", "target", "adjustment", "value", "low", "high")


class Specifications(Result):
    """One question asked in many ways.

    Attributes:
        about: the question; its value is the median of all answers.
        rows: one row an answer, from the least to the largest: estimator, target, adjustment
            (columns, with commas between), value, low, high.
        sets: the adjustment sets that were tried, columns each.
        silent: how many ways gave no answer.
        refused: none did; `reason` says why.
    """

    about: Effect
    rows: Frame = Field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    sets: tuple[tuple[str, ...], ...] = ()
    silent: int = 0
    refused: bool = False
    reason: Text | None = None

    @property
    def median(self) -> float:
        """Of all answers; nan where there is none."""
        return float(self.rows["value"].median()) if len(self.rows) else float("nan")

    @property
    def agree(self) -> float:
        """Share of the answers that have the median's sign."""
        return self._share(self.rows["value"] * np.sign(self.median) > 0)

    @property
    def clear(self) -> float:
        """Share whose whole interval lies on the median's side of 0."""
        ends = self.rows[["low", "high"]] * np.sign(self.median)
        return self._share((ends > 0).all(axis=1))

    @staticmethod
    def _share(which: pd.Series) -> float:
        return float(which.mean()) if len(which) else float("nan")

    @property
    def sentence(self) -> Text:
        """How many ways there are, how they agree, and what they come to in the middle."""
        if self.refused:
            return Text("causal.curve_none", reason=self.reason or "")
        measure: Measure = self.about.measure
        step = self.about.step or 1.0
        spread = Estimate(low=step * self.rows["low"].min(), high=step * self.rows["high"].max())
        shown = measure.amount(step * self.median, signed=True, decimals=measure.decimals(spread))
        facts = {"agree": self.agree, "clear": self.clear, "median": shown}
        tried = {name: self.rows[name].nunique() for name in ("estimator", "target")}
        return Text(
            "causal.curve_says",
            n=len(self.rows),
            estimators=tried["estimator"],
            targets=tried["target"],
            sets=len(self.sets),
            **facts,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row an answer."""
        return self.rows.copy()

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return self.sentence.to(lang)


def specifications(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    estimators: Iterable[str] | None = None,
    targets: Iterable[str] = ("ATE", "ATT"),
    sets: Iterable[Iterable[str]] | None = None,
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    missing: str = "impute",
    control: object = None,
    treated: object = None,
    currency: str = "",
) -> Specifications:
    """Ask one question by every estimator, with every adjustment set, of every target.

    All of them use models that are lines in the covariates and their ranks, so that dozens of
    answers come in seconds: the headline of `estimate` allows for curves too.

    Args:
        frame: one row a unit or an impression.
        treatment: node or column.
        outcome: node or column.
        graph: a graph, of whose adjustment sets the smallest and the largest are tried; or the
            covariates.
        estimators: names; None: those that answer beside a headline.
        targets: whom the effect is about; of a number as treatment there is one.
        sets: columns to adjust for instead, each set in turn.
        cluster: column of the unit, as in `estimate`.
        seed: of the cross-fitting.
        level: of the intervals.
        missing: what becomes of unknown covariates, as in `estimate`.
        control: value to compare with.
        treated: value to compare.
        currency: of an outcome that is money.

    Returns:
        The answers. With refused=True there is none, and its reason says why.

    Raises:
        NotFoundError: no such estimator.
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError: treatment, outcome and covariates overlap.
    """
    names = _names(estimators)
    table = labelled(as_pandas(frame))
    identified = identify(table, graph, (label(treatment), label(outcome)))
    ends = identified.treatment, identified.outcome
    about = Effect(treatment=ends[0], outcome=ends[1], level=level, currency=currency)
    about = about.model_copy(update=of_table(table, ends[1]))
    if identified.covariates is None and sets is None:
        return Specifications(about=about, refused=True, reason=identified.reason)
    query = Query(
        *ends, (), level=level, seed=seed, missing=missing, control=control, treated=treated
    )
    ways = _Ways(names, tuple(targets), identified)
    for one in sets or adjustment_sets(table, graph, ends, MOST_SETS):
        columns = tuple(one)
        rows = rows_of(table, ends, columns, cluster)
        ways.ask(partial(make_problem, rows, replace(query, covariates=columns)), columns)
    return ways.result(about)


def _names(asked: Iterable[str] | None) -> tuple[str, ...]:
    """Estimators that adjust: those asked for, or those that answer beside a headline.

    Raises:
        NotFoundError: there is none of this name that adjusts.
    """
    offered = {name: one for name, one in ESTIMATORS.items() if one.causal and one.strategy.alike}
    if asked is None:
        return tuple(one for one in ESTIMATORS.where(compared=True, checks=None) if one in offered)
    for name in (names := tuple(asked)):
        if name not in offered:
            error = unknown_name("estimator", name, offered)
            raise error
    return names


class _Straight(Asking):
    """A question whose models are lines in the covariates and their ranks."""

    @cached_property
    def tables(self) -> list[Problem]:
        """The problem, once a draw of what is unknown, checked."""
        tables = completed(self.problem)
        for table in tables:
            _straighten(table)
        check_design(tables[0])
        return tables

    def about(self, name: str) -> str:
        """Whom an estimator's answer is about: others than was asked where the overlap is poor."""
        poor = self.seen is not None and self.seen.poor and ESTIMATORS[name].weighted
        return "overlap" if poor else self.problem.query.target


def _straighten(problem: Problem) -> Problem:
    if not problem.nuisance.straight:
        vars(problem)["nuisance"] = replace(problem.nuisance, straight=True)
    return problem


class _Ways:
    """The ways that were tried, and what they came to.

    Args:
        names: estimators.
        targets: whom the effect is about.
        identified: how the question was identified.
    """

    def __init__(
        self, names: tuple[str, ...], targets: tuple[str, ...], identified: Identified
    ) -> None:
        self._names, self._targets, self._identified = names, targets, identified
        self._rows: dict[tuple[object, ...], dict[str, object]] = {}
        self._sets: list[tuple[str, ...]] = []
        self._facts: dict[str, Any] = {}
        self._silent = 0
        self._reason: Text | None = None

    def ask(self, make: Callable[[], Problem], columns: tuple[str, ...]) -> None:
        """Ask with one adjustment set."""
        self._sets.append(columns)
        try:
            problem = _straighten(make())
        except Refusal as refusal:
            self._refuse(refusal.reason, len(self._names) * len(self._targets))
            return
        self._facts = self._facts or facts_of(problem)
        for target in self._targets if problem.arms else self._targets[:1]:
            asking = _Straight(problem.aiming(target), self._names[0], self._identified)
            for name in self._names:
                if not problem.arms or target in ESTIMATORS[name].targets:
                    self._one(asking, name, ", ".join(columns))

    def _one(self, asking: _Straight, name: str, columns: str) -> None:
        """One answer; the same number for two targets is one answer."""
        try:
            answer, about = asking.answer(name), asking.about(name)
        except Refusal as refusal:
            self._refuse(refusal.reason, 1)
            return
        row: dict[str, object] = {"estimator": name, "target": about, "adjustment": columns}
        row |= {"value": answer.value, "low": answer.low, "high": answer.high}
        self._rows.setdefault((name, columns, answer.value, answer.se), row)

    def _refuse(self, reason: Text, ways: int) -> None:
        self._silent += ways
        self._reason = self._reason or reason

    def result(self, about: Effect) -> Specifications:
        """The answers, sorted."""
        rows = pd.DataFrame(list(self._rows.values()), columns=list(COLUMNS))
        rows = rows.sort_values("value", ignore_index=True)
        median = float(rows["value"].median()) if len(rows) else None
        return Specifications(
            about=about.model_copy(update={**self._facts, "value": median}),
            rows=rows,
            sets=tuple(self._sets),
            silent=self._silent,
            refused=not len(rows),
            reason=None if len(rows) else self._reason,
        )
