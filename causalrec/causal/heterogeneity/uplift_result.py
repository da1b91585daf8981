"""Whether an effect differs between users, and how much those ranked first gain."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from causalrec.causal.effects.effect import Effect
from causalrec.core.results.asked import Asked
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, Frame
from causalrec.core.words import Text
from causalrec.core.words.conditions import people
from causalrec.core.words.lists import as_sentence

__all__ = ["Uplift"]


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


class Uplift(Estimate):
    """What ranking users by their effect is worth: the Qini coefficient with its error.

    The rule of the verdict: the effect is said to differ between users where the interval of
    the Qini on users that the ranking never saw lies above 0.

    Attributes:
        value, low, high: the Qini coefficient, the area between the gains of treating in the
            order of the ranking and in a random order, in units of the outcome a person.
        se: its standard error; p: one-sided, of a ranking that is worth nothing.
        effect: the average effect on the same rows.
        learner: which ranked, a name in `LEARNERS`; "" where a score was given.
        score: the column that was given as a ranking; "" where one was learned.
        modifiers: columns by which users could differ.
        held_out: units that no ranking had seen, in each of the dealings.
        tests: one row a figure: figure ("qini", "rate", "slope"), value, se, low, high, p. RATE
            is how much larger the effect is among the first q than among all, over all q; the
            slope of the effect on its prediction is 1 where predictions are right.
        curve: one row a share of users treated first: share, gain, low, high (a band for the
            whole curve), random, effect, effect_low, effect_high (among them, at each share).
        groups: one row a fifth of the held-out users, those ranked first on top: group, value,
            low, high.
        arms: of a treatment of several values one row a value: control, level, value, low,
            high, p (by Holm over the values), differs, refused.
        segments: one row a segment: column, segment (a condition), n, value, low, high (all at
            once), gap (to the column's other rows), p (by Holm over the segments).
        drivers: one row a column, that which the effect goes with most on top: column, spread,
            p, rank, rank_low, rank_high. None is said to cause the difference.
        leaves: who should get it, where the effect differs: segment ("" for everybody), treats,
            n, value, low, high (effect less cost), of users that it was not learned from.
        worth: what that rule gains a user: against ("nobody" or "everybody" treated), value,
            low, high; treated_share: of users whom it treats; cost: of treating one.
        criteria: what learners were chosen by, where one was chosen.
        asked: the parameters that were asked; name: under which it is kept.
    """

    se: float | None = None
    p: float | None = None
    effect: Effect = Field(default_factory=Effect)
    learner: str = ""
    score: str = ""
    modifiers: tuple[str, ...] = ()
    held_out: int = 0
    tests: Frame = Field(default_factory=_empty)
    curve: Frame = Field(default_factory=_empty)
    groups: Frame = Field(default_factory=_empty)
    arms: Frame = Field(default_factory=_empty)
    segments: Frame = Field(default_factory=_empty)
    drivers: Frame = Field(default_factory=_empty)
    leaves: Frame = Field(default_factory=_empty)
    worth: Frame = Field(default_factory=_empty)
    treated_share: float = 0.0
    cost: float = 0.0
    criteria: Frame = Field(default_factory=_empty)
    name: str = ""
    asked: Asked | None = None

    @property
    def differs(self) -> bool:
        """Whether there is evidence that the effect differs between users."""
        return not self.refused and self.low is not None and self.low > 0

    @property
    def measure(self) -> Measure:
        """What the outcome measures."""
        return self.effect.measure

    @property
    def sentence(self) -> Text:
        """The verdict, with what it rests on."""
        names = {"treatment": self.effect.treatment, "outcome": self.measure.said}
        if self.refused or self.value is None or self.low is None or self.high is None:
            return Text("causal.uplift_refused", **names, reason=self.reason or "")
        facts = {"n": self.held_out, "level": self.level, **self._written(self)}
        if not self.differs:
            return Text("causal.uplift_none", **names, **facts)
        first, last = (self._fifth(place) for place in (0, -1))
        return Text(
            "causal.uplift_found", **names, **facts,
            first=first["value"], first_low=first["low"], first_high=first["high"],
            last=last["value"], last_low=last["low"], last_high=last["high"],
        )  # fmt: skip

    @property
    def driver_sentence(self) -> Text | None:
        """The column that the effect goes with most, with its ends; None where it does not differ.

        It is never said to be a cause: another column that moves with it may be.
        """
        if not self.differs or not len(self.drivers):
            return None
        first = self.drivers.iloc[0]
        if first["p"] > 1 - self.level:
            return Text("causal.uplift_no_driver")
        rows = self.segments[self.segments["column"] == first["column"]].sort_values("value")
        ends = {"least": rows.iloc[0], "most": rows.iloc[-1]}
        words = {name: people(str(row["segment"])) for name, row in ends.items()}
        amounts = {f"{name}_value": self._of_row(row)["value"] for name, row in ends.items()}
        return Text("causal.uplift_driver", column=str(first["column"]), **words, **amounts)

    @property
    def rule_sentence(self) -> Text | None:
        """Who should get it, and what that gains; None where the effect does not differ."""
        if not self.differs or not len(self.leaves):
            return None
        treated = [str(one) for one in self.leaves.loc[self.leaves["treats"], "segment"]]
        if not treated or treated == [""]:
            return Text(f"causal.uplift_rule_{'all' if treated else 'nobody'}")
        gains = {str(row["against"]): self._of_row(row) for _, row in self.worth.iterrows()}
        facts = {f"{against}_{end}": text for against, one in gains.items()
                 for end, text in one.items()}  # fmt: skip
        whom: Text = people(treated[0])
        for segment in treated[1:]:
            whom = Text("causal.uplift_and", first=whom, second=people(segment))
        key = "causal.uplift_rule" if (self.worth["low"] > 0).all() else "causal.uplift_rule_unsure"
        return Text(key, whom=whom, share=self.treated_share, level=self.level, **facts)

    def _fifth(self, place: int) -> dict[str, Text | str]:
        return self._of_row(self.groups.iloc[place])

    def _of_row(self, row: pd.Series) -> dict[str, Text | str]:
        value, low, high = (float(row[end]) for end in ("value", "low", "high"))
        return self._written(Estimate(value=value, low=low, high=high))

    def _written(self, one: Estimate) -> dict[str, Text | str]:
        """An estimate in the unit of changes of the outcome."""
        decimals = self.measure.decimals(one)
        amount = self.measure.amount
        return {
            "value": amount(one.value, signed=True, decimals=decimals),
            "low": amount(one.low, signed=True, bare=True, decimals=decimals),
            "high": amount(one.high, signed=True, decimals=decimals),
        }

    def summary(self, lang: str = "en") -> str:
        """The verdict as a sentence."""
        return as_sentence(self.sentence.to(lang), lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a figure of the ranking: figure, value, se, low, high, p, level, n, differs."""
        facts = {"level": self.level, "n": self.held_out, "differs": self.differs}
        return self.tests.assign(**facts) if len(self.tests) else super().to_frame()
