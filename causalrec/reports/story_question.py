"""The first steps of a story: the question, and the trap that groups compared as they are set."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pandas as pd

from causalrec.core.results.display import Displayed
from causalrec.core.results.measure import Measure
from causalrec.core.results.result import Estimate, Frame, Result
from causalrec.core.words import Text
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome

__all__ = ["Chapter", "Gap", "Question", "Trap", "apart"]


class Chapter(Displayed, ABC):
    """A step of a story."""

    __slots__ = ()

    @property
    @abstractmethod
    def sentence(self) -> Text:
        """What this step says, in one sentence."""

    @property
    @abstractmethod
    def detail(self) -> Text:
        """Why, in a sentence or two more."""

    @property
    def truth_sentence(self) -> Text | None:
        """What is true, where the world is made up; None where nobody knows."""
        return None

    @property
    def lines(self) -> tuple[Text, ...]:
        """What else there is to say, a line each, where no chart says it."""
        return ()

    @property
    def methods(self) -> tuple[Text, ...]:
        """How it is known, a sentence each."""
        return ()

    def summary(self, lang: str = "en") -> str:
        """The sentence and why."""
        return Text("story.said", sentence=self.sentence, detail=self.detail).to(lang)


class Question(Chapter, Result):
    """What is asked of a log.

    Attributes:
        users, rows, days: size of the log; `treated`: users with the treatment.
        date: when it was given, yyyy-mm-dd.
        daily: one row a day: day, share of all users with the outcome on it.
    """

    users: int
    rows: int
    days: int
    treated: int
    date: str
    daily: Frame

    @property
    def sentence(self) -> Text:
        return Text("story.question")

    @property
    def detail(self) -> Text:
        facts = {"users": self.users, "rows": self.rows, "days": self.days}
        return Text("story.question_detail", **facts, treated=self.treated, date=self.date)

    @property
    def methods(self) -> tuple[Text, ...]:
        return (Text("story.how_question"),)

    def to_frame(self) -> pd.DataFrame:
        """Columns day, share."""
        return self.daily


class Gap(Estimate):
    """Two groups as they are: value is the share of the treated less that of the others.

    Attributes:
        treated, control: share of each group.
    """

    treated: float = 0.0
    control: float = 0.0


class Trap(Chapter, Result):
    """The groups as they are, since the treatment and before anybody had it.

    Attributes:
        about: what is counted.
        after, before: the gap between the groups.
    """

    about: Outcome
    after: Gap
    before: Gap

    @property
    def measure(self) -> Measure:
        """Of the shares."""
        return outcome_measure(self.about, "user")

    @property
    def sentence(self) -> Text:
        return Text("story.trap", gap=apart(self.measure, self.after))

    @property
    def detail(self) -> Text:
        key = "story.trap_before" if self.before.excludes_zero else "story.trap_alike"
        return Text(key, gap=apart(self.measure, self.before))

    @property
    def methods(self) -> tuple[Text, ...]:
        return (Text("story.how_trap"),)

    def to_frame(self) -> pd.DataFrame:
        """Columns period ("before", "after"), treated, control, value, low, high, n."""
        names = ["treated", "control", "value", "low", "high", "n"]
        gaps = {"before": self.before, "after": self.after}
        rows = [{"period": at, **gap.model_dump(include=set(names))} for at, gap in gaps.items()]
        return pd.DataFrame(rows)[["period", *names]]


def apart(measure: Measure, gap: Estimate) -> Text | str:
    """How far two groups are apart, as people read it: "22.0 percentage points"."""
    return measure.distance(gap.value or 0.0, measure.decimals(gap))
