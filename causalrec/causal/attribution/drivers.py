"""What drives an outcome: the effects of all factors that a graph identifies, ranked."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pydantic import Field

from causalrec.causal.effects.effect import Effect
from causalrec.causal.estimators.ols import OLS
from causalrec.core.results.measure import Measure, Per
from causalrec.core.results.result import Estimate, Frame, Result
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["COLUMNS", "FAST", "Drivers"]

FAST = OLS.name
"""Answers at 100,000 rows and ten covariates in half a second a factor."""
COLUMNS = (
    *("factor", "kind", "value", "low", "high", "p", "clear"),
    *("rank", "rank_low", "rank_high", "n"),
)


class Drivers(Result):
    """The factors that a graph identifies, by how far they move an outcome.

    Attributes:
        outcome: column; `outcome_kind`: "share" for a 0/1 outcome, else "mean".
        estimator: of every effect, a name in `ESTIMATORS`; `level`: of intervals and ranks.
        n: rows of the table.
        rows: one row a factor, the largest effect first: factor, kind (of the treatment), value,
            low, high (effect of one standard deviation more, or of one of two values against the
            other: `steps`), p (that there is no effect, by Holm's correction over all factors),
            clear (p below 1 - level), rank, rank_low, rank_high (ranks that cannot be excluded;
            all sets hold together at the level), n.
        steps: what each factor's effect is of, in words.
        adjusted: columns that each was adjusted for.
        reasons: why other factors have no number, by name, and what would help.
        flags: what there is to know about an effect, by factor.
        unit, about, currency: as of an `Effect`.
    """

    outcome: str
    outcome_kind: str = "mean"
    estimator: str = FAST
    level: float = 0.95
    n: int = 0
    rows: Frame = Field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    steps: dict[str, Text] = Field(default_factory=dict)
    adjusted: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    reasons: dict[str, Text] = Field(default_factory=dict)
    flags: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    unit: Per = "row"
    about: Outcome | None = None
    currency: str = ""

    @property
    def measure(self) -> Measure:
        """What the outcome measures."""
        kept = ("outcome", "outcome_kind", "unit", "about", "currency")
        return Effect(**{name: getattr(self, name) for name in kept}).measure

    @property
    def first(self) -> tuple[str, ...]:
        """The factors that may be the one that moves the outcome most."""
        return tuple(self.rows.loc[self.rows["rank_low"] == 1, "factor"])

    @property
    def sentence(self) -> Text:
        """Which factor moves the outcome most, as far as that can be told."""
        names: dict[str, Any] = {"outcome": self.measure.said, "apart": len(self.reasons)}
        if not len(self.rows):
            return Text("causal.drivers_none", **names)
        clear = self.rows["clear"].astype(bool)
        names |= {"n": self.n, "of": len(self.rows), "clear": int(clear.sum())}
        if not clear.any():
            return Text("causal.drivers_unclear", **names)
        names |= {"name": str(self.rows["factor"].iloc[0]), "size": self.in_words(0)}
        if len(self.first) == 1:
            return Text("causal.drivers_one", **names)
        others = ", ".join(str(name) for name in self.first if name != names["name"])
        return Text("causal.drivers_several", **names, others=others)

    def in_words(self, place: int) -> Text:
        """The effect at a place of the ranking with its step and interval."""
        row = self.rows.iloc[place]
        one = Estimate(value=row["value"], low=row["low"], high=row["high"])
        decimals = self.measure.decimals(one)
        amount = self.measure.amount
        return Text(
            "causal.driver_effect",
            step=self.steps.get(row["factor"], ""),
            value=amount(one.value, signed=True, decimals=decimals),
            low=amount(one.low, signed=True, bare=True, decimals=decimals),
            high=amount(one.high, signed=True, decimals=decimals),
            level=self.level,
        )

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a factor; those without a number have a `reason`."""
        frame = self.rows.assign(
            reason="", step=[self.steps.get(one, "") for one in self.rows["factor"]]
        )
        apart = [{"factor": name, "reason": why} for name, why in self.reasons.items()]
        return pd.concat([frame, pd.DataFrame(apart)], ignore_index=True) if apart else frame
