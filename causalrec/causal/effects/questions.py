"""Several treatments and outcomes: a grid of questions, and what it takes to ask so many."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.estimate import estimate
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.graph.causal_graph import CausalGraph
from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.statistics.p_values import holm
from causalrec.core.statistics.quantiles import normal
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence
from causalrec.data.values.frames import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["Questions", "questions"]


class Questions(Result):
    """Every treatment's effect on every outcome.

    Attributes:
        effects: one a question, treatments in their order, for each the outcomes in theirs.
        level: of the intervals; what is clear by Holm's correction errs in none of the questions
            with this probability.
    """

    effects: tuple[Effect, ...] = ()
    level: float = 0.95

    @property
    def rows(self) -> pd.DataFrame:
        """One row a question.

        Columns treatment, outcome, value, low, high (of `Effect.of_step`), p (that there is no
        effect, by Holm's correction over all that were answered), clear (p below 1 - level),
        light, refused.
        """
        rows = [self._row(effect) for effect in self.effects]
        columns = ("treatment", "outcome", "value", "low", "high", "p", "light", "refused")
        frame = pd.DataFrame(rows, columns=list(columns))
        answered = ~frame["refused"].to_numpy(dtype=bool)
        p = frame["p"].to_numpy(dtype=float, copy=True)
        p[answered] = holm(p[answered])
        return frame.assign(p=p, clear=answered & (p < 1 - self.level))

    @staticmethod
    def _row(effect: Effect) -> tuple[Any, ...]:
        step = effect.of_step
        figures = (step.value, step.low, step.high, _p_value(effect))
        names = (effect.treatment, effect.outcome)
        return (*names, *figures, effect.light.colour, effect.refused)

    def in_words(self, place: int) -> Text | str:
        """The effect at a place with its interval; of one without a number, its reason."""
        effect = self.effects[place]
        if effect.refused:
            return effect.reason or ""
        step, measure = effect.of_step, effect.measure
        decimals = measure.decimals(step)
        low, high = (
            measure.amount(end, signed=True, bare=True, decimals=decimals)
            for end in (step.low, step.high)
        )
        value = measure.amount(step.value, signed=True, decimals=decimals)
        return Text("causal.question_cell", value=value, low=low, high=high)

    @property
    def sentence(self) -> Text:
        """How many of the questions have a clear answer, and which."""
        rows = self.rows
        facts: dict[str, Any] = {"of": len(rows), "refused": int(rows["refused"].sum())}
        clear = rows[rows["clear"]]
        if not len(clear):
            return Text("causal.questions_none", **facts, level=self.level)
        pairs = zip(clear["treatment"], clear["outcome"], strict=True)
        which = ", ".join(f"{treatment} → {outcome}" for treatment, outcome in pairs)
        return Text("causal.questions_some", **facts, n=len(clear), which=which, level=self.level)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """`rows`, with the reason of each that was refused."""
        return self.rows.assign(reason=[effect.reason or "" for effect in self.effects])


def _p_value(effect: Effect) -> float:
    """Below 1 - level exactly where the interval excludes 0, two-sided."""
    if effect.value is None or effect.low is None or effect.high is None:
        return np.nan
    toward = effect.value - effect.low if effect.value > 0 else effect.high - effect.value
    if toward <= 0:
        return 1.0 if effect.value == 0 else 0.0
    z = abs(effect.value) / toward * normal(effect.level)
    return 2 * NormalDist().cdf(-z)


def questions(  # noqa: PLR0913 - the grid, and what each of its questions is asked with
    frame: IntoFrame,
    graph: CausalGraph | Iterable[str],
    *,
    treatments: Iterable[str],
    outcomes: Iterable[str],
    estimator: str = ESTIMATORS.default,
    cluster: str | None = "auto",
    seed: int = 0,
    level: float = 0.95,
    missing: str = "impute",
    currency: str = "",
    on_progress: OnProgress = silent,
) -> Questions:
    """The effect of each treatment on each outcome, with a correction for asking so many.

    Each question is asked as `estimate` asks it, with every estimator beside the headline's and
    attempts to break it. Of many true nulls some interval misses 0: what is clear is judged by
    Holm's correction (1979) over all questions that have an answer.

    Args:
        frame: as of `estimate`.
        graph: as of `estimate`; the same for all questions.
        treatments: nodes or columns.
        outcomes: nodes or columns; a pair of one and the same is no question.
        estimator: which gives each headline.
        cluster: as of `estimate`.
        seed: of whatever is random.
        level: of intervals, and of the correction.
        missing: as of `estimate`.
        currency: of outcomes that are money.
        on_progress: is told how many have been answered.

    Raises:
        ParamError: there is no pair to ask about.
        GraphError, DataError, NotFoundError: as `estimate` raises them.
    """
    table = as_pandas(frame)
    kept = graph if isinstance(graph, CausalGraph) else list(graph)
    pairs = [(t, y) for t, y in product(treatments, outcomes) if t != y]
    if not pairs:
        raise ParamError("causal.questions_empty", hint="causal.questions_empty_hint")
    effects = []
    for place, (treatment, outcome) in enumerate(pairs):
        word = Text("causal.working_question", treatment=treatment, outcome=outcome)
        on_progress(place / len(pairs), word)
        effect = estimate(
            table, kept, treatment=treatment, outcome=outcome, estimator=estimator, level=level,
            cluster=cluster, seed=seed, missing=missing, currency=currency, compare=True,
        )  # fmt: skip
        effects.append(effect)
    return Questions(effects=tuple(effects), level=level)
