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
from causalrec.core.results.measure import Per
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.core.words.lists import listed

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
        quantity: what is counted; `said`: the same within a sentence; `unit`: of changes as they
            are read; `scale`: what a value is multiplied by to be in that unit; `per`: what it is
            a mean over; `good`: 1 where more is better, -1 where less is.
        before, after: what is and what would be, as people read them, where they are known.
        change: the best guess as people read it; `size`: its interval in words; None if refused.
        certainty: how sure the direction is.
        agreement: how the methods stand to each other; `agreed`: the same in plain words.
        methods: every method's own answer.
        broken, at_risk: guardrails that are broken, or not sure to hold, each with its loss.
        unknown: what is not known: who refuses and why, what the interval leaves out.
        assumptions: what must hold for the answer to be right.
        decision: what to do; `step`: the step of the rule that fired; `because`: why.
    """

    kind: Literal["effect", "scenario"]
    name: str
    asked: Asked | None = None
    what: Text
    whom: Text
    since: Text | None = None
    against: Text
    quantity: Text
    said: Text
    unit: Text
    scale: float = 1.0
    per: Per = "row"
    good: Literal[1, -1] = 1
    before: Text | None = None
    after: Text | None = None
    change: Text | None = None
    size: Text | None = None
    certainty: Certainty
    agreement: Agreement
    agreed: Text
    methods: tuple[MethodAnswer, ...] = ()
    broken: tuple[Text, ...] = ()
    at_risk: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()
    assumptions: tuple[Text, ...] = ()
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
    def headline(self) -> Text:
        """The decision in a few words, broken guardrails with it."""
        decision = _decided(self.decision)
        if not self.broken:
            return decision
        rails = Text("answer.headline_broken", rails=listed(self.broken))
        return Text("answer.headline", decision=decision, rails=rails)

    @property
    def sure(self) -> Text:
        """How sure the direction is, in words."""
        return Text(f"answer.certainty_{self.certainty}")

    @property
    def frame(self) -> Text:
        """For whom, from when, against what; best guess, level and n where there are."""
        about = Text("answer.about", whom=self.whom, against=self.against)
        if self.since is not None:
            facts = {"whom": self.whom, "since": self.since, "against": self.against}
            about = Text("answer.about_since", **facts)
        if self.change is None:
            return about
        level, n = self.level, self.n
        facts = {"about": about, "change": self.change}
        units = Text(f"answer.units_{self.per}")
        return Text("answer.numbers", **facts, units=units, level=level, n=n)

    @property
    def sentence(self) -> Text:
        """Direction, size, certainty and reason in one sentence that a person can repeat."""
        facts = {"what": self.what, "frame": self.frame, "because": self.because}
        if self.size is None:
            return Text("answer.say_refused", said=self.said, **facts)
        facts |= {"certainty": self.sure, "agreed": self.agreed, "size": self.size}
        if self.certainty == "unknown":
            return Text("answer.say_unknown", **facts)
        if (self.low, self.high) == (0, 0):
            return Text("answer.say_same", said=self.said, **facts)
        return Text("answer.say_clear" if self.excludes_zero else "answer.say_open", **facts)

    @property
    def as_text(self) -> Text:
        """What to do, then the sentence."""
        return Text("answer.summary", headline=self.headline, sentence=self.sentence)

    def summary(self, lang: str = "en") -> str:
        """What to do, then the sentence."""
        return self.as_text.to(lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a method, the leading one first: its change and interval before `scale`."""
        about = {"quantity": str(self.quantity), "unit": str(self.unit), "scale": self.scale}
        rows = [_row(one) for one in sorted(self.methods, key=lambda one: not one.leads)]
        return pd.DataFrame([{**row, **about, "decision": self.decision} for row in rows])


def _row(one: MethodAnswer) -> dict[str, object]:
    names = ("method", "value", "low", "high", "level", "n", "refused", "leads")
    reason = None if one.reason is None else str(one.reason)
    return {name: getattr(one, name) for name in names} | {"reason": reason}


def _decided(decision: Decision) -> Text:
    return Text(f"answer.decision_{decision.replace(' ', '_').replace(chr(39), '')}")
