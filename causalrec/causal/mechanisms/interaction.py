"""What two treatments do together, in one result."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from causalrec.core.results.measure import Per
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome, outcome_named

__all__ = ["Interaction"]


class Interaction(Estimate):
    """The joint effects of two treatments and whether they need each other.

    `value`, `low` and `high` are the interaction's: what both together do less what each does
    alone. Of numbers it is how much one more of the one changes the slope of the other.

    Attributes:
        treatments: two columns; outcome: a column; adjustment: columns adjusted for.
        arms: (control, treated) of each treatment of two values; () of a number.
        rows: one row a figure: effect ("first", "second": each alone, or at the mean of the
            other where one is a number; "both"; "interaction"), value, low, high.
        cells: rows a cell: first, second, n; empty where one is a number.
        clusters: how many independent units it rests on.
        unit, about: of the table and the outcome, as an effect has them.
    """

    treatments: tuple[str, ...] = ()
    outcome: str = ""
    adjustment: tuple[str, ...] = ()
    arms: tuple[tuple[str, ...], ...] = ()
    rows: Frame = Field(default_factory=pd.DataFrame)
    cells: Frame = Field(default_factory=pd.DataFrame)
    clusters: int = 0
    unit: Per = "row"
    about: Outcome | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a figure: effect, value, low, high, level, n."""
        return self.rows.assign(level=self.level, n=self.n)

    def figure(self, effect: str) -> Estimate:
        """One of the figures.

        Args:
            effect: "first", "second", "both" or "interaction".
        """
        row = self.rows[self.rows["effect"] == effect].iloc[0]
        value, low, high = (float(row[end]) for end in ("value", "low", "high"))
        return Estimate(value=value, low=low, high=high, level=self.level, n=self.n)

    @property
    def sentence(self) -> Text:
        """What each does, what both do, and whether they need each other."""
        names = dict(zip(("first", "second"), (*self.treatments, "–", "–"), strict=False))
        if self.refused or self.value is None:
            reason = self.reason or ""
            return Text("causal.say_joint_refused", **names, outcome=self.outcome, reason=reason)
        measure = outcome_measure(self.about or outcome_named(self.outcome), self.unit)
        told: dict[str, object] = {}
        for effect in self.rows["effect"]:
            one = self.figure(effect)
            decimals = measure.decimals(one)
            told[f"of_{effect}"] = measure.amount(one.value, signed=True, decimals=decimals)
            for end in ("low", "high"):
                bare = end == "low"
                number = getattr(one, end)
                shown = measure.amount(number, signed=True, bare=bare, decimals=decimals)
                told[f"{effect}_{end}"] = shown
        way = ("more" if self.value > 0 else "less") if self.excludes_zero else "none"
        key = "causal.say_joint" if "of_both" in told else "causal.say_joint_slopes"
        verdict = Text(f"causal.say_interaction_{way}")
        facts = {**names, "outcome": measure.said, "level": self.level, "n": self.n, **told}
        return Text(key, **facts, verdict=verdict)

    def summary(self, lang: str = "en") -> str:
        """The sentence."""
        return self.sentence.to(lang)
