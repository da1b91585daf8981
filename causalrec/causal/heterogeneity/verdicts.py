"""A question whose columns are known, and for whom its effect is how large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.doubly_robust import row_scores
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.heterogeneity.choosing import choose
from causalrec.causal.heterogeneity.comparable import comparable, narrowed
from causalrec.causal.heterogeneity.evidence import Evidence
from causalrec.causal.heterogeneity.evidence_tables import curve_of, groups_of, tests_of
from causalrec.causal.heterogeneity.held_out_ranking import (
    TAUGHT_FIRST,
    Ranking,
    dealt,
    given,
    learned,
)
from causalrec.causal.heterogeneity.segments import Segments
from causalrec.causal.heterogeneity.treatment_rule import rule_of
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.learners import LEARNERS, baseline
from causalrec.causal.rows.arms import arms_of
from causalrec.causal.rows.question_rows import Rows
from causalrec.core.seeds import generator
from causalrec.core.statistics.p_values import holm
from causalrec.core.words import Text

__all__ = ["AUTO", "Verdicts", "Ways"]

AUTO = "auto"
DEALINGS = 5
"""Times that users are dealt into parts. One dealing's Qini moves by about its own error with
the next (Hillstrom's e-mails: .4 to 1.0 of it), so that a verdict would hang on the seed."""
FEWEST_UNITS = 300
"""Of fewer users the errors of the figures are too small: at 300 a test of .05 alarms in .06
(Qini) and .08 (RATE) of 800 worlds where nothing differs, at 600 in .045 and .06."""


MANY_ROWS, FEWER_DEALINGS = 20_000, 3
"""Of more rows each dealing takes long."""
MOST_JUDGED = 5_000
"""Rows that learners are compared on, since all of them learn five times over."""


@dataclass(frozen=True)
class Ways:
    """How users are ranked and who is to be treated.

    Attributes:
        learner: a name in `LEARNERS`, or "auto".
        score: the column of a ranking; "" where one is learned.
        cost: of treating a row, in units of the outcome.
        depth: questions that a rule asks of one user at most.
    """

    learner: str
    score: str
    cost: float
    depth: int


@dataclass(frozen=True, eq=False)
class Verdicts:
    """A question of which the columns are known.

    Attributes:
        query: what is asked, of columns.
        rows: these columns of the table.
        identified: what the graph, or the analyst, says of them.
        ways: how users are ranked.
    """

    query: Query
    rows: Rows
    identified: Identified
    ways: Ways

    def answer(self) -> Uplift:
        """The verdict, or its refusal."""
        if self.identified.covariates is None and self.identified.reason:
            return self._refused(self.identified.reason)
        try:
            answer = self._of(self.query)
        except Refusal as refusal:
            return self._refused(refusal.reason)
        alone = self.query.control is not None and self.query.treated is not None
        if answer.effect.kind != "levels" or alone:
            return answer
        return answer.model_copy(update={"arms": self._arms(answer)})

    def _refused(self, reason: Text) -> Uplift:
        query = self.query
        effect = Effect(treatment=query.treatment, outcome=query.outcome, refused=True,
                        reason=reason, level=query.level)  # fmt: skip
        n = len(self.rows.outcome)
        return Uplift(refused=True, reason=reason, effect=effect, n=n, level=query.level)

    def _of(self, query: Query) -> Uplift:
        """The verdict on two arms.

        Raises:
            Refusal: there is none.
        """
        problem = make_problem(self.rows, query)
        if problem.kind == "continuous":
            raise Refusal(Text("causal.uplift_number", name=query.treatment))
        if problem.n_clusters < FEWEST_UNITS:
            facts = {"n": problem.n_clusters, "least": FEWEST_UNITS}
            raise Refusal(Text("causal.uplift_few", **facts))
        if not problem.query.covariates:
            raise Refusal(Text("causal.uplift_alike"))
        asking = Asking(problem, ESTIMATORS.default, self.identified)
        effect = asking.effect([*self.rows.flags, *self.identified.flags], compare=False)
        seen, trimmed = comparable(asking)
        scores = row_scores(seen).effect
        learner, rankings, criteria = self._rankings(seen)
        evidence = Evidence(scores, rankings, seen.cluster, query.level)
        qini, held = evidence.qini, rankings[0].rows
        columns = tuple(one for one in seen.query.covariates if one != self.ways.score)
        segments = Segments(seen, scores, columns)
        units = len(held) if seen.cluster is None else len(np.unique(seen.cluster[held]))
        return Uplift(
            value=qini.value, low=qini.low, high=qini.high, se=qini.se, p=qini.p,
            level=query.level, n=seen.n, flags=(*effect.flags, *trimmed), effect=effect,
            learner=learner, score=self.ways.score, modifiers=columns, held_out=units,
            tests=tests_of(evidence), curve=curve_of(evidence), groups=groups_of(evidence),
            segments=segments.table(query.level), drivers=segments.drivers(query.level),
            cost=self.ways.cost, criteria=criteria,
            **(self._rule(seen, scores, columns) if evidence.differs and columns else {}),
        )  # fmt: skip

    def _rule(
        self, problem: Problem, scores: np.ndarray, columns: tuple[str, ...]
    ) -> dict[str, Any]:
        """Who should get it, as fields of the result."""
        ways, level = self.ways, self.query.level
        rule = rule_of(problem, scores, columns, cost=ways.cost, depth=ways.depth, level=level)
        return {"leaves": rule.leaves, "worth": rule.worth, "treated_share": rule.share}

    def _rankings(self, problem: Problem) -> tuple[str, tuple[Ranking, ...], pd.DataFrame]:
        """Which learner ranks ("" for a score), its rankings, and what it was chosen by.

        Raises:
            Refusal: the rows cannot teach it.
        """
        if self.ways.score:
            score = problem.frame[self.ways.score].to_numpy(dtype=float)
            return "", (given(score),), pd.DataFrame()
        criteria = pd.DataFrame()
        name = self.ways.learner
        if name == AUTO:
            name, criteria = _best(problem)
        learner = LEARNERS[name]()
        rankings = tuple(
            learned(problem, learner, dealt(problem, dealing))
            for dealing in range(DEALINGS if problem.n < MANY_ROWS else FEWER_DEALINGS)
        )
        return name, rankings, criteria

    def _arms(self, first: Uplift) -> pd.DataFrame:
        """Every value against the control, one row each; see `Uplift.arms`."""
        control, headline = first.effect.arms
        names = arms_of(self.rows.treatment).names
        rows: list[dict[str, Any]] = []
        for level in (name for name in names if name != control):
            query = replace(self.query, control=control, treated=level)
            try:
                one = first if level == headline else self._of(query)
            except Refusal:
                one = Uplift(refused=True)
            rows.append({"control": control, "level": level, "value": one.value, "low": one.low,
                         "high": one.high, "p": one.p, "refused": one.refused})  # fmt: skip
        table = pd.DataFrame(rows)
        answered = ~table["refused"].to_numpy(dtype=bool)
        table.loc[answered, "p"] = holm(table.loc[answered, "p"].to_numpy(dtype=float))
        least = (1 - first.level) / 2
        return table.assign(differs=(table["p"].to_numpy(dtype=float) < least) & answered)


def _best(problem: Problem) -> tuple[str, pd.DataFrame]:
    """The learner that ranks best, by losses within the rows that only teach, and the losses.

    Held-out rows have no say in it. Where none does better than the same effect for everybody
    the best of the others ranks: whether that is worth anything is what is asked.
    """
    taught = dealt(problem) < TAUGHT_FIRST
    if taught.sum() > MOST_JUDGED:
        share = MOST_JUDGED / float(taught.sum())
        units = problem.n_clusters if problem.cluster is not None else problem.n
        kept = generator(problem.query.seed, "judged").random(units) < share
        taught &= kept if problem.cluster is None else kept[problem.cluster]
    choice = choose(narrowed(problem, taught), None)
    others = choice.criteria[choice.criteria["learner"] != baseline()]
    name = str(others["learner"].iloc[int(others["score"].argmax())])
    return name, choice.criteria.assign(chosen=choice.criteria["learner"] == name)
