"""How far a log misleads that shows only who was exposed, rated or kept."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from causalrec.causal.effects.effect import Effect
from causalrec.core.results.measure import Measure, Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text, Worded, word_of
from causalrec.core.words.lists import as_sentence
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["COLUMNS", "SelectionBias"]

COLUMNS = ("method", "population", "low", "high", "bias", "bias_low", "bias_high")


class SelectionBias(Estimate):
    """The mean of an outcome where it is known, less that of everybody's.

    Attributes:
        outcome: column; `outcome_kind`: "share" for a 0/1 outcome, else "mean".
        method: whose answer `value`, `low` and `high` are (the bias): "uniform" where some rows
            were drawn by chance, else "at_random"; "worst_case" where nothing is known of the
            rows that are missing: then there is a range, and no value.
        observed: mean of the rows whose outcome is known; `population`: of all, by `method`.
        n: rows of the log; `seen`: of those with an outcome; `uniform`: rows drawn by chance.
        rows: one row a method: method, population, low, high (of the mean of all rows), bias,
            bias_low, bias_high; a range has neither population nor bias.
        reasons: why a method says nothing, by its name.
        differences: one row a column of what is known of all: covariate, before, after (the seen
            rows less all, in standard deviations; as they are, and weighted by chance).
        told_apart: chance that a row that is seen looks more like being seen than one that is
            not: .5 where nothing known tells who is seen.
        worth: rows of equal weight that the seen ones are worth.
        remedies: what would remove the bias, or bound it better.
        unit, about, currency: as of an `Effect`.
    """

    outcome: str
    outcome_kind: str = "mean"
    method: Annotated[str, Worded("causal.selection_")] = "worst_case"
    observed: float | None = None
    population: float | None = None
    seen: int = 0
    uniform: int = 0
    rows: Frame = Field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    reasons: dict[str, Text] = Field(default_factory=dict)
    differences: Frame = Field(default_factory=pd.DataFrame)
    told_apart: float | None = None
    worth: float | None = None
    remedies: tuple[Text, ...] = ()
    unit: Per = "row"
    about: Outcome | None = None
    currency: str = ""

    @property
    def measure(self) -> Measure:
        """What the outcome measures."""
        kept = ("outcome", "outcome_kind", "unit", "about", "currency")
        return Effect(**{name: getattr(self, name) for name in kept}).measure

    @property
    def sentence(self) -> Text:
        """What the log shows, what all rows would, and how far apart they are."""
        measure = self.measure
        names: dict[str, Any] = {"outcome": measure.said, "n": self.n, "seen": self.seen}
        if self.refused or self.observed is None or self.low is None or self.high is None:
            return Text("causal.selection_refused", **names, reason=self.reason or "")
        decimals = measure.decimals(self)
        names |= {
            "observed": measure.amount(self.observed),
            "low": measure.amount(self.low, signed=True, bare=True, decimals=decimals),
            "high": measure.amount(self.high, signed=True, decimals=decimals),
            "method": word_of("causal.selection_", self.method),
            "level": self.level,
        }
        if self.value is None:
            return Text("causal.selection_range", **names)
        names |= {
            "population": measure.amount(self.population),
            "size": measure.distance(self.value, decimals),
        }
        if not self.excludes_zero:
            return Text("causal.selection_open", **names)
        way = "high" if self.value > 0 else "low"
        return Text(f"causal.selection_too_{way}", **names)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a method; those that say nothing have a `reason`."""
        frame = self.rows.assign(observed=self.observed, level=self.level, reason="")
        apart = [{"method": name, "reason": why} for name, why in self.reasons.items()]
        return pd.concat([frame, pd.DataFrame(apart)], ignore_index=True) if apart else frame
