"""From a table and a graph to whether an effect differs between users."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.estimate import of_table
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.doubly_robust import row_scores
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.heterogeneity.comparable import comparable
from causalrec.causal.heterogeneity.evidence import Evidence
from causalrec.causal.heterogeneity.evidence_tables import curve_of, groups_of, tests_of
from causalrec.causal.heterogeneity.held_out_ranking import Ranking, dealt, given, learned
from causalrec.causal.heterogeneity.modifiers import modifiers
from causalrec.causal.heterogeneity.uplift_result import Uplift
from causalrec.causal.identification.identify import identify
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.learners import LEARNERS
from causalrec.causal.rows.arms import arms_of
from causalrec.causal.rows.question_rows import Rows, label, labelled, rows_of
from causalrec.core.errors import ParamError, check_range, unknown_name
from causalrec.core.statistics.p_values import holm
from causalrec.core.words import Text
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["AUTO", "uplift"]

AUTO = "auto"
DEALINGS = 5
"""Times that users are dealt into parts. One dealing's Qini moves by about its own error with
the next (Hillstrom's e-mails: .4 to 1.0 of it), so that a verdict would hang on the seed."""
FEWEST_UNITS = 300
"""Of fewer users the errors of the figures are too small: at 300 a test of .05 alarms in .06
(Qini) and .08 (RATE) of 800 worlds where nothing differs, at 600 in .045 and .06."""


def uplift(  # noqa: PLR0913 - a question has so many parts; all but the data go by name
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatment: str,
    outcome: str,
    learner: str = AUTO,
    score: str | None = None,
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    missing: str = "impute",
    control: object = None,
    treated: object = None,
    currency: str = "",
) -> Uplift:
    """Whether the effect of a treatment differs between users, seen on users held out.

    Users are ranked by learned effects, or by a score; doubly robust scores say what treating
    the first of them gains. A ranking is learned from other users only, each part of them by
    what came before it, so that noise passes for a difference no oftener than the level says.

    Args:
        frame: one row a unit or an impression, a table of any kind.
        graph: a graph, by whose adjustment set and other observed causes of the outcome users
            can differ; or the covariates.
        treatment: node or column of two values; of several, the most frequent is compared with
            the control, and `arms` has the others. Numbers are refused.
        outcome: node or column.
        learner: a name in `LEARNERS`; "auto": the line-up's best on rows held out.
        score: a column known before the treatment: whoever has more of it would be treated
            earlier. Nothing is learned then, and all rows are held out.
        cluster: as in `estimate`.
        seed: of all that is random.
        level: of the intervals.
        missing: as in `estimate`.
        control: as in `estimate`.
        treated: as in `estimate`.
        currency: of an outcome that is money.

    Returns:
        The Qini coefficient with its error, the curves and the verdict. With refused=True it
        has none, and its reason says why.

    Raises:
        GraphError: a node is unknown or has no column.
        DataError: a column is missing or holds no numbers.
        ParamError, NotFoundError: an argument is out of range or unknown.
    """
    if learner not in (AUTO, *LEARNERS):
        error = unknown_name("learner", learner, (AUTO, *LEARNERS))
        raise error
    check_range("level", level, 0.5, 0.9999)
    table = labelled(as_pandas(frame))
    if not isinstance(graph, CausalGraph):
        graph = [label(name) for name in ([graph] if isinstance(graph, str) else graph)]
    identified = identify(table, graph, (label(treatment), label(outcome)))
    columns = modifiers(table, graph, identified)
    given_score = () if score is None else (_score(table, label(score), identified),)
    query = Query(
        identified.treatment, identified.outcome, tuple(dict.fromkeys((*columns, *given_score))),
        level=level, seed=seed, missing=missing, control=control, treated=treated,
    )  # fmt: skip
    rows = rows_of(table, (query.treatment, query.outcome), query.covariates, cluster)
    matter = Matter(query, rows, identified, learner, "".join(given_score))
    about = {**of_table(table, query.outcome), "currency": currency}
    answer = matter.answer()
    return answer.model_copy(update={"effect": answer.effect.model_copy(update=about)})


def _score(table: pd.DataFrame, score: str, identified: Identified) -> str:
    """The column of a ranking.

    Raises:
        ParamError: there is none, it holds no numbers, or it is an end of the question.
    """
    if score not in table.columns:
        hint = unknown_name("column", score, map(str, table.columns)).hint
        raise ParamError("causal.no_such_column", hint=hint, name=score)
    ends = (identified.treatment, identified.outcome)
    if score in ends or not pd.api.types.is_numeric_dtype(table[score]):
        raise ParamError("causal.uplift_no_score", hint="causal.uplift_no_score_hint", name=score)
    return score


@dataclass(frozen=True, eq=False)
class Matter:
    """A question of which the columns are known.

    Attributes:
        query: what is asked, of columns.
        rows: these columns of the table.
        identified: what the graph, or the analyst, says of them.
        learner: a name in `LEARNERS`, or "auto".
        score: the column of a ranking; "" where one is learned.
    """

    query: Query
    rows: Rows
    identified: Identified
    learner: str
    score: str

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
        learner, rankings = self._rankings(seen)
        evidence = Evidence(scores, rankings, seen.cluster, query.level)
        qini, held = evidence.qini, rankings[0].rows
        units = len(held) if seen.cluster is None else len(np.unique(seen.cluster[held]))
        return Uplift(
            value=qini.value, low=qini.low, high=qini.high, se=qini.se, p=qini.p,
            level=query.level, n=seen.n, flags=(*effect.flags, *trimmed), effect=effect,
            learner=learner, score=self.score, modifiers=seen.query.covariates, held_out=units,
            tests=tests_of(evidence), curve=curve_of(evidence), groups=groups_of(evidence),
        )  # fmt: skip

    def _rankings(self, problem: Problem) -> tuple[str, tuple[Ranking, ...]]:
        """Which learner ranks ("" for a score), and its rankings.

        Raises:
            Refusal: the rows cannot teach it.
        """
        if self.score:
            return "", (given(problem.frame[self.score].to_numpy(dtype=float)),)
        name = LEARNERS.default if self.learner == AUTO else self.learner
        learner = LEARNERS[name]()
        return name, tuple(
            learned(problem, learner, dealt(problem, dealing)) for dealing in range(DEALINGS)
        )

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
