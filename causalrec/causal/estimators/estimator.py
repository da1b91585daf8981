"""What every estimator of an effect declares, and how it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from causalrec.causal.estimation.estimation_problem import TARGETS, Problem, Refusal
from causalrec.causal.estimation.formulas import ADJUSTED
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.identification.backdoor import BackDoor
from causalrec.causal.identification.strategy import Strategy
from causalrec.core.catalogue import Entry
from causalrec.core.words import Text

__all__ = ["KINDS", "Estimator", "adjusting"]

KINDS = ("binary", "levels", "continuous")
"""Of treatments: two values, one of several against a control, a number."""


def adjusting(*own: str, rows: str = "causal.assume_rows") -> tuple[str, ...]:
    """Word keys of what must hold wherever covariates are adjusted for, and what else must.

    Args:
        own: what else must hold for an estimator.
        rows: what its interval takes for granted of rows.
    """
    always = ("adjusted", "graph", "overlap", "interference")
    keys = tuple(f"causal.assume_{one}" for one in always)
    return (*keys, *own, "causal.assume_missing_impute", rows)


class Estimator(Entry, ABC):
    """One way to answer a problem.

    Attributes:
        causal: whether it adjusts for the covariates; what does not is told as seen, not as
            an effect, and needs nothing that a graph says.
        compared: whether it answers beside the headline's where nobody chose it.
        weighted: whether it weighs rows by the chance of the treatment, so that a poor overlap
            moves it to those who could have been in either group.
        by_unit: whether it takes rows that belong to units, of which the interval then counts.
        by_weight: whether it takes rows that stand for different numbers of people.
        costly: whether it takes far longer than the others; the page does not offer it.
        kinds: of the treatments that it takes, of `KINDS`.
        targets: whom of two groups it can tell of, of `TARGETS`; one that tells of the same people
            whatever is asked has one, and a flag says so. Instruments tell of those whom they
            move, "LATE".
        intervals: how its interval can be asked for; the first is meant where nobody says.
        assumptions: word keys of what must hold, in the order in which they are read; some
            stand for the sentence that fits the question (`causal.effects.assumptions`).
        formulas: what it estimates, in LaTeX, by target in small letters and "slope".
        strategy: how the effect is identified for it, which says what columns it goes by.
        checks: the estimator that it does again by another hand; None where it does not, and is
            offered on the page unless it is costly.
    """

    words: ClassVar[str] = "causal.estimator_"
    causal: ClassVar[bool] = True
    compared: ClassVar[bool] = True
    weighted: ClassVar[bool] = False
    by_unit: ClassVar[bool] = True
    by_weight: ClassVar[bool] = False
    costly: ClassVar[bool] = False
    kinds: ClassVar[tuple[str, ...]] = KINDS
    targets: ClassVar[tuple[str, ...]] = TARGETS
    intervals: ClassVar[tuple[str, ...]] = ("formula",)
    assumptions: ClassVar[tuple[str, ...]] = adjusting()
    formulas: ClassVar[Mapping[str, str]] = ADJUSTED
    strategy: ClassVar[type[Strategy]] = BackDoor
    checks: ClassVar[type[Estimator] | None] = None

    def __call__(self, problem: Problem) -> Answer:
        """The answer.

        Raises:
            Refusal: it does not take such a treatment, target or rows, or cannot say anything.
        """
        if problem.kind not in self.kinds:
            number = problem.kind == "continuous"
            key = "causal.refuse_slope" if number else "causal.refuse_groups"
            raise Refusal(Text(key, estimator=self.word()))
        if problem.cluster is not None and not self.by_unit:
            raise Refusal(Text("causal.refuse_by_unit", estimator=self.word()))
        if self.strategy.besides and not problem.query.besides:
            raise Refusal(Text("causal.lacks_besides", what=self.strategy.word("_besides")))
        if problem.weight is not None and not self.by_weight:
            raise Refusal(Text("causal.refuse_by_weight", estimator=self.word()))
        if problem.arms and problem.query.target not in self.targets:
            if len(self.targets) > 1:
                raise Refusal(Text("causal.refuse_target", estimator=self.word()))
            problem = problem.aiming(self.targets[0])
        return self.answer(problem)

    @classmethod
    def told_of(cls, asked: str) -> str:
        """Whom its answer is about where people ask about a target."""
        return cls.targets[0] if len(cls.targets) == 1 else asked

    @abstractmethod
    def answer(self, problem: Problem) -> Answer:
        """The answer to a problem whose kind of treatment it takes.

        Raises:
            Refusal: it cannot say anything.
        """
