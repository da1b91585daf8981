"""A question whose columns are known, and its effect or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from causalrec.causal.effects.answers import Asking, refused_rows
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.effects.question_facts import facts_of
from causalrec.causal.estimation.estimation_problem import TARGETS, Query
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.rows.arms import Refusal, arms_of
from causalrec.causal.rows.question_rows import Rows
from causalrec.core.progress import OnProgress, silent
from causalrec.core.words import Text

__all__ = ["Enquiry"]

MOST_LEVELS = 20
"""Values that are held against the control one by one."""


@dataclass(frozen=True, eq=False)
class Enquiry:
    """A question whose columns are known.

    Attributes:
        query: what is asked, of columns.
        rows: these columns of the table.
        identified: what the graph, or the analyst, says of them.
        estimator: which gives the headline.
        compare: whether the others answer beside it.
        on_progress: called as each of them has answered.
    """

    query: Query
    rows: Rows
    identified: Identified
    estimator: str
    compare: bool
    on_progress: OnProgress = silent

    def effect(self) -> Effect:
        """The effect, or its refusal."""
        causal = ESTIMATORS[self.estimator].causal
        if self.identified.covariates is None and self.identified.reason and causal:
            return self._refused(self.identified.reason)
        asking = None
        try:
            asking = replace(self._asking(self.query), on_progress=self.on_progress)
            effect = asking.effect([*self._flags, *self._aimed(asking)], self.compare)
        except Refusal as refusal:
            return self._refused(refusal.reason, asking)
        if effect.kind != "levels":
            return effect
        contrasts, reasons = self._contrasts(effect.arms[0])
        return effect.model_copy(update={"contrasts": contrasts, "contrast_refusals": reasons})

    @property
    def _flags(self) -> list[Text]:
        return [*self.rows.flags, *self.identified.flags]

    def _aimed(self, asking: Asking) -> list[Text]:
        """Whether it is about others than was asked, as the estimator always is."""
        if asking.problem.query.target == self.query.target:
            return []
        facts = {"estimator": asking.method.word(), "asked": self.query.target}
        return [Text("causal.flag_aimed", **facts)]

    def _asking(self, query: Query) -> Asking:
        """The question, of those whom the estimator tells of where these are always the same."""
        targets = ESTIMATORS[self.estimator].targets
        problem = make_problem(self.rows, query)
        told = targets[0] if len(targets) == 1 and targets[0] in TARGETS else query.target
        if problem.arms and query.target != told:
            problem = replace(problem, query=replace(query, target=told))
        return Asking(problem, self.estimator, self.identified)

    def _tried(self, asking: Asking | None) -> str:
        """Of whom the refused answer would have been: where the overlap is poor, not of all."""
        if asking and asking.in_vain:
            return "overlap"
        return ESTIMATORS[self.estimator].told_of(self.query.target)

    def _refused(self, reason: Text, asking: Asking | None = None) -> Effect:
        """The refusal; a question that was checked (`asking`) has facts, and others' answers."""
        if not self.compare:
            rows, reasons = pd.DataFrame(), dict[str, Text]()
        elif asking:
            rows, reasons = asking.rows(None)
        else:
            rows, reasons = refused_rows(self.estimator, reason)
        rang = asking.alarms_beside_a_refusal() if asking else []
        refusal = Effect(
            refused=True,
            reason=reason,
            n=len(self.rows.outcome),
            level=self.query.level,
            flags=(*self._flags, *rang),
            treatment=self.query.treatment,
            outcome=self.query.outcome,
            estimator=self.estimator,
            target=self._tried(asking),
            adjustment=self.query.covariates,
            rows=rows,
            refusals=reasons,
        )
        return refusal.model_copy(update=facts_of(asking.problem)) if asking else refusal

    def _contrasts(self, control: str) -> tuple[pd.DataFrame, dict[str, Text]]:
        """Every level against the control (level, value, low, high, refused), and refusals."""
        contrasts, reasons = [], {}
        levels = [name for name in arms_of(self.rows.treatment).names if name != control]
        for level in levels[:MOST_LEVELS]:
            row: dict[str, Any] = {"control": control, "level": level}
            try:
                pair = self._asking(replace(self.query, control=control, treated=level))
                answer = pair.answer(self.estimator)
                row |= {"value": answer.value, "low": answer.low, "high": answer.high}
            except Refusal as refusal:
                row |= {"value": None, "low": None, "high": None}
                reasons[level] = refusal.reason
            contrasts.append(row | {"refused": level in reasons})
        return pd.DataFrame(contrasts), reasons
