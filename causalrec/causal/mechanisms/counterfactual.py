"""What one unit would have done, in one result."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from causalrec.core.results.measure import Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text
from causalrec.core.words.lists import listed
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome, outcome_named

__all__ = ["Counterfactual"]


class Counterfactual(Estimate):
    """What one unit's outcome would have been, had something been otherwise.

    Attributes:
        who: the unit, as it prints.
        outcome: column; observed: what it was.
        changes: what would have been otherwise, by column, as it prints.
        rows: one row a column that is reached: column, observed, value.
        curves: columns whose causes act in squares and products.
        unit, about: of the table and the outcome, as an effect has them.
        assumptions: what must hold, in words.
    """

    who: str = ""
    outcome: str = ""
    observed: float | None = None
    changes: dict[str, str] = Field(default_factory=dict)
    rows: Frame = Field(default_factory=pd.DataFrame)
    curves: tuple[str, ...] = ()
    unit: Per = "row"
    about: Outcome | None = None
    assumptions: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a column that is reached: column, observed, value."""
        return self.rows.copy()

    @property
    def sentence(self) -> Text:
        """What it would have been instead of what it was."""
        made = [Text("causal.say_set", name=n, value=v) for n, v in self.changes.items()]
        names = {"who": self.who, "outcome": self.outcome, "changes": listed(made)}
        if self.refused or self.value is None:
            return Text("causal.say_unit_refused", **names, reason=self.reason or "")
        measure = outcome_measure(self.about or outcome_named(self.outcome), self.unit)
        decimals = measure.decimals(self)
        told = {
            "would": measure.amount(self.value, decimals=decimals),
            "was": measure.amount(self.observed, decimals=decimals),
            "low": measure.amount(self.low, bare=True, decimals=decimals),
            "high": measure.amount(self.high, decimals=decimals),
        }
        names["outcome"] = measure.said
        return Text("causal.say_unit", **names, **told, level=self.level, n=self.n)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return self.sentence.to(lang)
