"""One answer, the same on every page, in a report, a notebook and a terminal.

It says what changes, for whom, from when, against what; how big in one unit with one name, how
sure and why; what is broken, at risk or not known; and what to do, by the rule of
`causalrec.core.results.decision`.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from causalrec.core.results.agreement import Agreement
from causalrec.core.results.asked import Asked
from causalrec.core.results.decision import RULE, Certainty, Decision, Step
from causalrec.core.results.light import Light
from causalrec.core.results.measure import Per
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence, listed

__all__ = ["Answer", "MethodAnswer"]


class MethodAnswer(Estimate):
    """What one method says of the same change.

    Attributes:
        method: its name in the engine; `name`: in words.
        change: its value as people read it; None where it refuses.
        leads: whether the answer's number is its own.
        judges: whether it is heard for agreement and decision; others only stand beside.
    """

    method: str
    name: Text
    change: Text | None = None
    leads: bool = False
    judges: bool = True


class Answer(Estimate):
    """An answer; value, low and high are the change per `per`, before `scale`.

    Attributes:
        kind, name: what it is an answer to: a saved effect or scenario, and its name.
        asked: the parameters that were asked; None where it was not asked by parameters.
        what, whom, since, against: what changes, for whom, from which date, against what.
        exact: the same as the log's columns have it; None: `what` is exact.
        chosen: why it is answered by this quantity, where there was a choice.
        quantity: what is counted; `said`: the same within a sentence; `unit`: of changes as they
            are read; `scale`: what a value is multiplied by to be in that unit; `per`: what it is
            a mean over; `good`: 1 where more is better, -1 where less is.
        before, after: what is and what would be, as people read them, where they are known.
        change: the best guess as people read it; `about`: the same in words; `size`: its
            interval in words; None if refused.
        certainty: how sure the direction is.
        agreement: how the methods stand to each other; `agreed`: the same in plain words.
        methods: every method's own answer.
        broken, at_risk: guardrails that are broken, or not sure to hold, each with its loss.
        unknown: what is not known: who refuses and why, what the interval leaves out.
        assumptions: what must hold for the answer to be right.
        light: whether it can be believed; None where no rule says.
        decision: what to do; `step`: the step of the rule that fired; `because`: why.
    """

    kind: Literal["effect", "scenario"]
    name: str
    asked: Asked | None = None
    what: Text
    whom: Text
    since: Text | None = None
    against: Text
    exact: Text | None = None
    chosen: Text | None = None
    quantity: Text
    said: Text
    unit: Text
    scale: float = 1.0
    per: Per = "row"
    good: Literal[1, -1] = 1
    before: Text | None = None
    after: Text | None = None
    change: Text | None = None
    about: Text | None = None
    size: Text | None = None
    certainty: Certainty
    agreement: Agreement
    agreed: Text
    methods: tuple[MethodAnswer, ...] = ()
    broken: tuple[Text, ...] = ()
    at_risk: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()
    assumptions: tuple[Text, ...] = ()
    light: Light | None = None
    decision: Decision
    step: str
    because: Text

    @property
    def address(self) -> dict[str, str]:
        """Where a page shows it, as parameters of its address: ``{"effect": name}``."""
        return {self.kind: self.name}

    @property
    def rule(self) -> tuple[Step, ...]:
        """The steps of the rule in their order; `fired` is the place of the one that decided."""
        return RULE

    @property
    def fired(self) -> int:
        """Which step of the rule decided, counted from 1."""
        return next(at for at, step in enumerate(RULE, 1) if step.name == self.step)

    @property
    def fired_step(self) -> Step:
        """The step of the rule that decided."""
        return RULE[self.fired - 1]

    @property
    def decided(self) -> Text:
        """The decision in a few words, broken guardrails with it."""
        if not self.broken:
            return self.decision_word
        rails = Text("answer.decided_broken", rails=listed(self.broken))
        return Text("answer.decided", decision=self.decision_word, rails=rails)

    @property
    def decision_word(self) -> Text:
        """The decision in a few words."""
        return Text(f"answer.decision_{self.decision.replace(' ', '_').replace(chr(39), '')}")

    @property
    def sure(self) -> Text:
        """How sure the direction is, in words."""
        return Text(f"answer.certainty_{self.certainty}")

    @property
    def headline(self) -> Text:
        """What changes, and how big: "with a promotion: 10 more buyers in 100 users"."""
        named = self.kind == "scenario"
        subject = Text("answer.quoted", name=self.name) if named else self.what
        return Text(f"answer.head_{self._stand}", subject=subject, said=self.said, size=self.about)

    @property
    def _stand(self) -> str:
        """Whether the size can be told as one number, and if not why."""
        if self.size is None:
            return "refused"
        if self.certainty == "unknown":
            return "unknown"
        if (self.low, self.high) == (0, 0):
            return "same"
        return "clear" if self.excludes_zero else "open"

    @property
    def frame(self) -> Text:
        """For whom, from when, against what; of a scenario also what it does."""
        parts = [] if str(self.whom) in str(self.what) and self._does_more else [self.whom]
        if self.since is not None:
            parts.append(Text("answer.from_date", since=self.since))
        frame = Text("answer.to_before", against=self.against)
        for part in reversed(parts):
            frame = Text("answer.joined", first=part, second=frame)
        return Text("answer.doing", what=self.what, frame=frame) if self._does_more else frame

    @property
    def _does_more(self) -> bool:
        """Whether what it does is not said by the headline."""
        return self.kind == "scenario" and str(self.what) != self.name

    @property
    def extent(self) -> Text:
        """The interval in words with best guess, level and n; for whom, from when, against what."""
        if self.size is None or self._stand == "same":
            return self.frame
        facts = {"size": self.size, "frame": self.frame, "level": self.level, "n": self.n}
        form = "guess" if self._stand in {"open", "unknown"} else "plain"
        units = Text(f"answer.units_{self.per}")
        return Text(f"answer.extent_{form}", **facts, units=units, change=self.change)

    @property
    def why(self) -> Text:
        """How sure the direction is, why, and how the methods stand to each other."""
        if self.size is None:
            return self.because
        facts = {"certainty": self.sure, "because": self.because, "agreed": self.agreed}
        return Text("answer.why", **facts)

    def sentences(self, lang: str = "en") -> tuple[str, str, str]:
        """What changes; how big, for whom, against what; how sure and why: one sentence each."""
        parts = (self.headline, self.extent, self.why)
        first, second, third = (as_sentence(part.to(lang), lang) for part in parts)
        return first, second, third

    def summary(self, lang: str = "en") -> str:
        """What to do, then `sentences`."""
        told = ("" if lang == "zh" else " ").join(self.sentences(lang))
        return Text("answer.summary", decided=self.decided, told=told).to(lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a method, the leading one first: its change and interval before `scale`."""
        about = {"quantity": str(self.quantity), "unit": str(self.unit), "scale": self.scale}
        rows = [_row(one) for one in sorted(self.methods, key=lambda one: not one.leads)]
        return pd.DataFrame([{**row, **about, "decision": self.decision} for row in rows])


def _row(one: MethodAnswer) -> dict[str, object]:
    names = ("method", "value", "low", "high", "level", "n", "refused", "leads")
    reason = None if one.reason is None else str(one.reason)
    return {name: getattr(one, name) for name in names} | {"reason": reason}
