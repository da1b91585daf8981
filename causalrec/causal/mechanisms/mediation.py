"""How much of an effect goes through mediators, in one result."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from causalrec.core.results.measure import Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome, outcome_named

__all__ = ["Mediation"]


class Mediation(Estimate):
    """What of an effect goes through mediators and what goes past them.

    `value`, `low` and `high` are the indirect effect's.

    Attributes:
        treatment, outcome: columns; `mediators`, `adjustment`: what it goes through, and what is
            adjusted for.
        arms: (control, treated) values; empty for a number, of which all is per unit.
        rows: one row a figure: method ("models", "lines"), effect ("total", "direct",
            "indirect"), value, low, high; the first three are those that are told.
        share: of the total that goes through; None where the total may be 0, so that no share can
            be told; `share_low`, `share_high`: its interval.
        sensitivity: by how much a hidden cause of mediators and outcome would move the indirect
            effect: rho (correlation of what both leave), value, low, high.
        rho: at which nothing is left of it; `rho_low`: at which its interval includes 0, 0 where
            it does so already.
        clusters: how many independent units it rests on.
        unit, about: of the table and the outcome, as an effect has them.
        assumptions: what must hold, in words.
    """

    treatment: str = ""
    outcome: str = ""
    mediators: tuple[str, ...] = ()
    adjustment: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    rows: Frame = Field(default_factory=pd.DataFrame)
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    sensitivity: Frame = Field(default_factory=pd.DataFrame)
    rho: float | None = None
    rho_low: float | None = None
    clusters: int = 0
    unit: Per = "row"
    about: Outcome | None = None
    assumptions: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a figure: method, effect, value, low, high, level, n."""
        return self.rows.assign(level=self.level, n=self.n)

    def figure(self, effect: str) -> Estimate:
        """The total, direct or indirect effect that is told.

        Args:
            effect: "total", "direct" or "indirect".
        """
        row = self.rows[self.rows["effect"] == effect].iloc[0]
        value, low, high = (float(row[end]) for end in ("value", "low", "high"))
        return Estimate(value=value, low=low, high=high, level=self.level, n=self.n)

    @property
    def sentence(self) -> Text:
        """What goes through the mediators, what goes past them, and what share that is."""
        names = {"treatment": self.treatment, "mediators": ", ".join(self.mediators)}
        if self.refused:
            ends = {"treatment": self.treatment, "outcome": self.outcome}
            return Text("causal.say_mediation_refused", **ends, reason=self.reason or "")
        measure = outcome_measure(self.about or outcome_named(self.outcome), self.unit)
        told: dict[str, object] = {}
        for effect in ("total", "direct", "indirect"):
            one = self.figure(effect)
            decimals = measure.decimals(one)
            told[effect] = measure.amount(one.value, signed=True, decimals=decimals)
            for end in ("low", "high"):
                number = getattr(one, end)
                told[f"{effect}_{end}"] = measure.amount(
                    number, signed=True, bare=end == "low", decimals=decimals
                )
        facts = {**names, "outcome": measure.said, "level": self.level, "n": self.n, **told}
        return Text("causal.say_mediation", **facts, share=self._share())

    def _share(self) -> Text:
        if self.share is None or self.share_low is None or self.share_high is None:
            return Text("causal.say_share_unknown")
        ends = {"low": self.share_low, "high": self.share_high}
        return Text("causal.say_share", share=self.share, **ends)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return self.sentence.to(lang)
