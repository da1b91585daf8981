"""The effect of one factor that may drive an outcome, in a step that factors can be compared in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Problem, Query, Refusal
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.weights import examine, overlap_flags
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.causal.identification.identify import identify
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.rows.question_rows import rows_of
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import normal
from causalrec.core.statistics.samples import totals
from causalrec.core.words import Text

__all__ = ["Candidate", "Inquiry", "covariance"]

MOST_EXAMINED = 4_000
"""Rows of which the overlap is examined: shares of 1 % are known to .16 points."""


@dataclass(frozen=True, eq=False)
class Inquiry:
    """How factors are asked.

    Attributes:
        frame: the table, `labelled`.
        graph: what is believed.
        outcome: node or column.
        estimator: a name in `ESTIMATORS`.
        cluster: as in `estimate`.
        level: of the interval.
        seed: of folds and of the rows that are examined.
    """

    frame: pd.DataFrame
    graph: CausalGraph
    outcome: str
    estimator: str
    cluster: str | None
    level: float
    seed: int

    @property
    def node(self) -> str:
        """The node of the outcome.

        Raises:
            GraphError: there is none.
        """
        return next(iter(self.named([self.outcome])))

    @property
    def column(self) -> str:
        """The column of the outcome."""
        return self.graph.bindings.get(self.node, self.node)

    def named(self, names: Iterable[str]) -> list[str]:
        """Nodes by their own names or those of their columns, each once.

        Raises:
            GraphError: there is no such node.
        """
        nodes = {column: node for node, column in self.graph.bindings.items()}
        asked = [name if name in self.graph.nodes else nodes.get(name, name) for name in names]
        self.graph.numbers(asked)
        return list(dict.fromkeys(asked))

    def leading(self) -> list[str]:
        """The nodes from which arrows lead to the outcome, as the graph lists them."""
        end = self.graph.numbers([self.node])
        before = self.graph.bits.ancestors(end) & ~end & (1 << len(self.graph.nodes)) - 1
        among = set(self.graph.names(before))
        return [node for node in self.graph.nodes if node in among]

    def effect_of(self, name: str) -> Candidate:
        """The effect of a node.

        Raises:
            Refusal: the graph or the rows leave no answer.
            GraphError: the node has no column.
            DataError: the outcome holds no numbers.
        """
        if name in self.graph.latent:
            raise Refusal(Text("causal.driver_hidden", name=name))
        identified = identify(self.frame, self.graph, (name, self.outcome))
        if identified.covariates is None:
            raise Refusal(identified.reason or Text("core.no_number"))
        covariates = identified.covariates
        query = Query(
            identified.treatment, identified.outcome, covariates, level=self.level, folds=2,
            seed=self.seed,
        )  # fmt: skip
        asking = self._asking(self.frame, query, identified)
        answer = asking.answer(self.estimator)
        flags = [*identified.flags, *asking.problem.flags, *answer.flags]
        if asking.problem.kind != "continuous":
            flags += self._overlap(query, identified)
        return _in_steps(name, asking.problem, answer, (covariates, flags))

    def _asking(self, frame: pd.DataFrame, query: Query, identified: Identified) -> Asking:
        """The checked question of a table.

        Raises:
            Refusal: it cannot answer.
            DataError: the outcome holds no numbers.
        """
        ends = query.treatment, query.outcome
        rows = rows_of(frame, ends, query.covariates, self.cluster)
        problem = make_problem(rows, query)
        return Asking(problem, self.estimator, identified)

    def _overlap(self, query: Query, identified: Identified) -> list[Text]:
        """What there is to know about the overlap, from some of the rows."""
        some = self.frame
        if len(some) > MOST_EXAMINED:
            rng = generator(self.seed, "examined")
            kept = rng.choice(len(some), MOST_EXAMINED, replace=False)
            some = some.iloc[np.sort(kept)]
        try:
            few = self._asking(some, query, identified).tables[0]
            return overlap_flags(examine(few, query.target), few, weighted=False)
        except Refusal:
            return []


@dataclass(frozen=True, eq=False)
class Candidate:
    """The effect of a factor.

    Attributes:
        name: of the node.
        kind: "continuous", or two values are compared ("binary", "levels").
        step: what the effect is of, in words.
        value, low, high: the effect of the step.
        error: of which the interval is as wide as a normal one.
        scores: influence of each unit, sum of squares `error` squared, (G,); None where the
            estimator has none.
        n: rows.
        adjusted: columns that were adjusted for.
        share: whether the outcome is 0 or 1.
        flags: what there is to know.
    """

    name: str
    kind: str
    step: Text
    value: float
    low: float
    high: float
    error: float
    scores: np.ndarray | None
    n: int
    adjusted: tuple[str, ...]
    share: bool
    flags: tuple[Text, ...]


def _in_steps(
    name: str, problem: Problem, answer: Answer, about: tuple[tuple[str, ...], list[Text]]
) -> Candidate:
    """An answer for one standard deviation more, or for one of two values against the other."""
    adjusted, flags = about
    spread = float(problem.treatment.std()) if problem.kind == "continuous" else 1.0
    if problem.arms:
        step = Text("causal.driver_arms", control=problem.arms[0], treated=problem.arms[1])
    else:
        step = Text("causal.driver_spread", spread=spread)
    error = spread * (answer.high - answer.low) / (2 * normal(problem.query.level))
    share = bool(np.isin(problem.outcome, (0.0, 1.0)).all())
    sums = None
    if answer.scores is not None:
        sums = totals(answer.scores, problem.cluster)
        size = float(np.sqrt((sums**2).sum()))
        sums = sums * (error / size) if size > 0 else None
    return Candidate(
        name, problem.kind, step, spread * answer.value, spread * answer.low, spread * answer.high,
        error, sums, problem.n, adjusted, share, tuple(dict.fromkeys(flags)),
    )  # fmt: skip


def covariance(candidates: list[Candidate], everybody: int) -> np.ndarray:
    """Covariance of the effects, (m, m); NaN for pairs that do not rest on the same rows.

    Args:
        candidates: (m,).
        everybody: rows of the table.
    """
    m = len(candidates)
    shared = np.full((m, m), np.nan)
    for i, one in enumerate(candidates):
        for j, other in enumerate(candidates[: i + 1]):
            same = one.n == other.n == everybody
            if i == j:
                shared[i, i] = one.error**2
            elif same and one.scores is not None and other.scores is not None:
                shared[i, j] = shared[j, i] = float(one.scores @ other.scores)
    return shared
