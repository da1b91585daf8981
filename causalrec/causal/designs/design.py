"""What every design declares, and how it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from causalrec.causal.designs.design_effect import PLACEBOS, DesignEffect
from causalrec.causal.rows.arms import Refusal
from causalrec.core.catalogue import Entry
from causalrec.core.words import Text

__all__ = ["CONTROLS", "STILL", "Design", "DesignQuery", "Placebo", "placebo_frame"]

CONTROLS = ("never", "not-yet")
"""Who stands for the treated without the treatment: units never treated, or those not yet."""


STILL = 1e-10
"""Of the size of an outcome: less spread than that is rounding."""


@dataclass(frozen=True)
class DesignQuery:
    """What is asked of a table.

    Attributes:
        outcome: column; `unit`, `time`: columns of who and when.
        treated: who was treated from `start` on; None where `treatment` says it.
        treatment: 0/1 column: of a unit at a time; at a cutoff, whether it was received.
        start: from when on.
        running, cutoff: the column that decides, and from which value on.
        covariates: columns; of a unit they count as they were before.
        cluster: column of what was treated together; None: the unit.
        control: of `CONTROLS`.
        season: times after which a series repeats itself; 1: it does not; None: read off.
        ridge: whether weights of units are corrected for what they leave.
        level: of intervals; `seed`: of all that is random.
    """

    outcome: str
    unit: str | None = None
    time: str | None = None
    treated: tuple[str, ...] | None = None
    treatment: str | None = None
    start: object = None
    running: str | None = None
    cutoff: float | None = None
    covariates: tuple[str, ...] = ()
    cluster: str | None = None
    control: str = "never"
    season: int | None = None
    ridge: bool = False
    level: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class Placebo:
    """An attempt to find an effect where there is none.

    Attributes:
        placebo: what was tried, a word of ``causal.placebo_``.
        value: what it came to; low, high: its interval, or where such attempts lie.
        p: chance of as much by chance; `passes`: whether the answer holds.
        about: of what, where there are several; "" else.
    """

    placebo: str
    value: float
    low: float
    high: float
    p: float
    passes: bool
    about: str = ""


def _moving(effect: DesignEffect) -> DesignEffect:
    """An effect whose interval has a width: what never varies says nothing of chance.

    Raises:
        Refusal: it has none.
    """
    if effect.low is not None and effect.high is not None:
        size = max(abs(effect.low), abs(effect.high), abs(effect.baseline or 0.0))
        if effect.high - effect.low <= STILL * size:
            raise Refusal(Text("causal.design_refuse_still", name=effect.outcome))
    return effect


def placebo_frame(placebos: list[Placebo]) -> pd.DataFrame:
    """Attempts as a table, one row each."""
    return pd.DataFrame([vars(one) for one in placebos], columns=list(PLACEBOS))


class Design(Entry, ABC):
    """One way to tell an effect where nothing was randomised.

    Attributes:
        needs: parts of the question that it cannot do without; of a part "a|b" one is enough.
        assumptions: word keys of what must hold, in the order in which they are read.
        placebos: what is tried to break it, words of ``causal.placebo_``.
        interval: whether an interval is always printed; else only where it is valid.
        dates: whether units may be treated at dates of their own.
        alone: whether one treated unit is enough.
    """

    words: ClassVar[str] = "causal.design_"
    needs: ClassVar[tuple[str, ...]]
    assumptions: ClassVar[tuple[str, ...]]
    placebos: ClassVar[tuple[str, ...]]
    interval: ClassVar[bool] = True
    dates: ClassVar[bool] = False
    alone: ClassVar[bool] = False

    def __call__(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer; where there is none, the reason.

        Raises:
            DataError: a column holds what cannot be read.
        """
        try:
            return _moving(self.effect(frame, query))
        except Refusal as refusal:
            return DesignEffect(
                refused=True, reason=refusal.reason, **self.facts(query), level=query.level
            )

    @abstractmethod
    def effect(self, frame: pd.DataFrame, query: DesignQuery) -> DesignEffect:
        """The answer.

        Raises:
            Refusal: the data cannot tell.
            DataError: a column holds what cannot be read.
        """

    def facts(self, query: DesignQuery) -> dict[str, Any]:
        """What an answer says of its question."""
        return {
            "design": self.name,
            "outcome": query.outcome,
            "estimand": self.word("_estimand", outcome=query.outcome),
            "assumptions": tuple(Text(key) for key in self.assumptions),
        }
