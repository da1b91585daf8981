"""The end of a story: changes tried on paper, and what to do next."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from causalrec.core.results.answer import Answer
from causalrec.core.results.answering import trend_of
from causalrec.core.results.decision import RULE, Decision, Trend
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.core.words.lists import listed
from causalrec.reports.story_answer import holds
from causalrec.reports.story_question import Chapter

__all__ = ["Ahead", "WhatIf", "WhatIfs"]

Kind = Literal["better", "worse", "unknown"]
_TRENDS: dict[Trend, Kind] = {"better": "better", "worse": "worse", "refused": "unknown"}
_ORDER: tuple[Decision, ...] = ("do it", "test it first", "don't", "cannot tell")


class WhatIf(Result):
    """One change tried on paper.

    Attributes:
        answer: what the log says of it.
        before: what there is now, before `Answer.scale`; None where nobody knows.
        truth: the true change, where it is known.
        true: the same as people read it.
        called: what people call it; None: its own name.
    """

    answer: Answer
    before: float | None = None
    truth: float | None = None
    true: Text | None = None
    called: Text | None = None

    @property
    def name(self) -> Text:
        """What it is called, within a sentence."""
        return self.called or Text("story.quoted", name=self.answer.name)

    @property
    def kind(self) -> Kind | None:
        """Whether it is likely better, likely worse or nobody can tell; None for in between."""
        return _TRENDS.get(trend_of(self.answer, self.answer.good))

    @property
    def right(self) -> bool | None:
        """Whether the interval holds the truth; None where either is missing."""
        if self.truth is None or self.answer.low is None:
            return None
        return holds(self.answer, self.truth)

    @property
    def truth_sentence(self) -> Text | None:
        """What it would truly do, and whether the interval holds that; None where nobody knows."""
        if self.true is None:
            return None
        state = {True: "inside", False: "outside", None: "untold"}[self.right]
        return Text(f"story.change_{state}", truth=self.true)

    @property
    def told(self) -> Text:
        """How big it is, or why nobody can tell."""
        return self.answer.size or self.answer.because

    def summary(self, lang: str = "en") -> str:
        """Its answer."""
        return self.answer.summary(lang)

    def share(self, end: str) -> float | None:
        """value, low, high or truth as a share of what there is now."""
        value: float | None = self.truth if end == "truth" else getattr(self.answer, end)
        return None if value is None or not self.before else value / abs(self.before)


class WhatIfs(Chapter, Result):
    """One change that is likely better, one likely worse, one that nobody can tell.

    Attributes:
        tried: every change that was tried, the first tried first.
    """

    tried: tuple[WhatIf, ...]

    @property
    def three(self) -> tuple[WhatIf, ...]:
        """The first of each kind, in the order better, worse, unknown; of gains one to do."""
        chosen = []
        for kind in _TRENDS.values():
            mine = [one for one in self.tried if one.kind == kind]
            mine.sort(key=lambda one: one.answer.decision != "do it" and kind == "better")
            chosen += mine[:1]
        return tuple(chosen)

    @property
    def sentence(self) -> Text:
        said = [Text(f"story.one_{one.kind}") for one in self.three]
        return Text("story.whatifs", changes=_joined(said)) if said else Text("story.whatifs_none")

    @property
    def detail(self) -> Text:
        return Text("story.whatifs_detail")

    @property
    def truth_sentence(self) -> Text | None:
        judged = [one.right for one in self.three if one.right is not None]
        if not judged:
            return None
        return Text("story.truth_whatifs", held=sum(judged), n=len(judged))

    @property
    def methods(self) -> tuple[Text, ...]:
        return tuple(
            Text("story.how_change", name=one.name, why=one.answer.why) for one in self.three
        )

    @property
    def lines(self) -> tuple[Text, ...]:
        return tuple(
            Text(
                "story.decided",
                decision=one.answer.decision_word,
                names=Text("story.joined", first=one.name, second=one.told),
            )
            for one in self.three
        )

    def to_frame(self) -> pd.DataFrame:
        """Columns change, kind, decision, value, low, high, truth, n."""
        return pd.DataFrame([_row(one) for one in self.three])


class Ahead(Chapter, Result):
    """What to do next: every change by what the rule says of it.

    Attributes:
        tried: every change, the treatment of the question first.
    """

    tried: tuple[WhatIf, ...]

    @property
    def ordered(self) -> tuple[WhatIf, ...]:
        """What to do first, what nobody can tell last."""
        return tuple(sorted(self.tried, key=lambda one: _ORDER.index(one.answer.decision)))

    @property
    def sentence(self) -> Text:
        said = []
        for decision in _ORDER:
            count = sum(one.answer.decision == decision for one in self.tried)
            if count:
                said.append(Text(f"story.ahead_{_key(decision)}", count=count))
        return Text("story.ahead", n=len(self.tried), steps=_joined(said))

    @property
    def detail(self) -> Text:
        return Text("story.ahead_detail")

    @property
    def methods(self) -> tuple[Text, ...]:
        return tuple(step.words for step in RULE)

    @property
    def lines(self) -> tuple[Text, ...]:
        lines = []
        for decision in _ORDER:
            mine = [one for one in self.tried if one.answer.decision == decision]
            if mine:
                names = listed([one.name for one in mine])
                word = mine[0].answer.decision_word
                lines.append(Text("story.decided", decision=word, names=names))
        return tuple(lines)

    def to_frame(self) -> pd.DataFrame:
        """Columns change, kind, decision, value, low, high, truth, n: what to do first."""
        return pd.DataFrame([_row(one) for one in self.ordered])


def _key(decision: Decision) -> str:
    return decision.replace(" ", "_").replace("'", "")


def _joined(phrases: list[Text]) -> Text:
    """Several phrases as one."""
    joined = phrases[0]
    for phrase in phrases[1:]:
        joined = Text("story.joined", first=joined, second=phrase)
    return joined


def _row(one: WhatIf) -> dict[str, object]:
    answer = one.answer
    facts = {end: getattr(answer, end) for end in ("value", "low", "high")}
    about = {"change": answer.name, "kind": one.kind, "decision": answer.decision}
    return {**about, **facts, "truth": one.truth, "n": answer.n}
