"""The middle of a story: the answer beside what one sees, and for whom it holds."""

from __future__ import annotations

from math import comb, hypot

import pandas as pd

from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.effect_answer import effect_answer
from causalrec.causal.estimators import label_of
from causalrec.core.results.answer import Answer
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, Result
from causalrec.core.statistics.quantiles import normal
from causalrec.core.words import Text, table
from causalrec.core.words.lists import listed
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome
from causalrec.reports.story_question import Chapter, Gap, apart

__all__ = ["Adjusted", "Group", "Groups", "holds"]


def holds(one: Estimate, truth: float | None) -> bool:
    """Whether an interval holds a value."""
    if truth is None or one.low is None or one.high is None:
        return False
    return one.low <= truth <= one.high


class Adjusted(Chapter, Result):
    """The answer beside what one sees.

    Attributes:
        effect: adjusted for what the graph says.
        seen: the groups as they are.
        truth: the true effect, where it is known.
    """

    effect: Effect
    seen: Gap
    truth: float | None = None

    @property
    def answer(self) -> Answer:
        """What to make of it."""
        return effect_answer(self.effect)

    @property
    def sentence(self) -> Text:
        effect, measure = self.effect, self.effect.measure
        if effect.refused or effect.value is None:
            return Text("story.answer_none", reason=effect.reason or "")
        way = ("more" if effect.value > 0 else "less") if effect.excludes_zero else "open"
        return Text(f"story.answer_{way}", size=apart(measure, effect), **_ends(measure, effect))

    @property
    def detail(self) -> Text:
        rest = Estimate(value=(self.seen.value or 0.0) - (self.effect.value or 0.0))
        apart = self.effect.measure.distance(rest.value or 0.0, self._decimals)
        return Text("story.answer_detail", n=len(self.effect.adjustment), rest=apart)

    @property
    def _decimals(self) -> int:
        return self.effect.measure.decimals(self.effect)

    @property
    def truth_sentence(self) -> Text | None:
        if self.truth is None:
            return None
        measure, decimals = self.effect.measure, self._decimals
        truth = measure.amount(self.truth, signed=True, decimals=decimals)
        missed = measure.distance((self.seen.value or 0.0) - self.truth, decimals)
        key = "inside" if holds(self.effect, self.truth) else "outside"
        return Text(f"story.truth_{key}", truth=truth, missed=missed)

    @property
    def methods(self) -> tuple[Text, ...]:
        facts: dict[str, object] = {
            "estimator": label_of(self.effect.estimator),
            "level": self.effect.level,
            "columns": listed(self.effect.adjustment) if self.effect.adjustment else "-",
        }
        how = Text("story.how_answer", **facts)
        return (how, self.effect.light.sentence, *self.effect.assumptions)

    def to_frame(self) -> pd.DataFrame:
        """Columns way ("seen", "adjusted", "truth"), value, low, high, n."""
        names = ["value", "low", "high", "n"]
        ways = {"seen": self.seen, "adjusted": self.effect, "truth": Estimate(value=self.truth)}
        rows = [
            {"way": way, **{name: getattr(one, name) for name in names}}
            for way, one in ways.items()
            if one.value is not None
        ]
        return pd.DataFrame(rows, columns=["way", *names])


def _ends(measure: Measure, one: Estimate) -> dict[str, Text | str]:
    decimals = measure.decimals(one)
    return {
        end: measure.amount(getattr(one, end), signed=True, bare=True, decimals=decimals)
        for end in ("low", "high")
    }


class Group(Estimate):
    """The effect in one group of users.

    Attributes:
        group: its level in the log.
        truth: the true effect, where it is known.
    """

    group: str
    truth: float | None = None

    @property
    def name(self) -> Text | str:
        """What people call it: of the sample shop in words, of another log as it is written."""
        key = f"story.group_{self.group}"
        return Text(key) if key in table("en") else self.group


class Groups(Chapter, Result):
    """The answer in each group of users.

    Attributes:
        about: what is counted.
        column: the groups' column.
        everybody: the effect on all.
        each: the groups, the largest effect first.
    """

    about: Outcome
    column: str
    everybody: Estimate
    each: tuple[Group, ...]

    @property
    def measure(self) -> Measure:
        """Of the shares."""
        return outcome_measure(self.about, "user")

    @property
    def differ(self) -> bool:
        """Whether the largest and the smallest effect differ, at 5 % over all pairs (Bonferroni).

        Groups are independent: nobody is in two.
        """
        if len(self.each) < 2:
            return False
        best, worst = self.each[0], self.each[-1]
        errors = [
            ((one.high or 0.0) - (one.low or 0.0)) / (2 * normal(one.level))
            for one in (best, worst)
        ]
        gap = (best.value or 0.0) - (worst.value or 0.0)
        return gap > normal(1 - 0.05 / comb(len(self.each), 2)) * hypot(*errors)

    @property
    def sentence(self) -> Text:
        if not self.differ:
            return Text("story.groups_alike")
        facts: dict[str, Text | str] = {}
        for end, one in (("best", self.each[0]), ("worst", self.each[-1])):
            decimals = self.measure.decimals(one)
            change = self.measure.amount(one.value, signed=True, bare=True, decimals=decimals)
            facts |= {end: one.name, f"{end}_change": change}
        return Text("story.groups_apart", **facts)

    @property
    def detail(self) -> Text:
        return Text("story.groups_detail", n=len(self.each))

    @property
    def truth_sentence(self) -> Text | None:
        known = [one for one in self.each if one.truth is not None]
        if not known:
            return None
        held = sum(holds(one, one.truth) for one in known)
        return Text("story.truth_groups", held=held, n=len(known))

    @property
    def methods(self) -> tuple[Text, ...]:
        return (Text("story.how_groups"),)

    def to_frame(self) -> pd.DataFrame:
        """Columns group, value, low, high, n, truth."""
        names = ["group", "value", "low", "high", "n", "truth"]
        rows = [one.model_dump(include=set(names)) for one in self.each]
        return pd.DataFrame(rows, columns=names)
