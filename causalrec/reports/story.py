"""A finished journey as a story of six steps that fill in as its runs finish.

The question; the trap (groups compared as they are); the answer, adjusted for what the graph
says; for whom; what if; what next. Every number comes from the runs of the journey, and the truth
of a made-up world stands beside.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from causalrec.core.results.result import Result
from causalrec.core.words import Text, render
from causalrec.reports.story_answer import Adjusted, Groups
from causalrec.reports.story_question import Chapter, Question, Trap
from causalrec.reports.story_whatif import Ahead, WhatIf, WhatIfs

__all__ = ["STEPS", "Story"]

STEPS = ("question", "trap", "answer", "groups", "whatifs", "ahead")
"""The steps in their order."""


class Story(Result):
    """What a journey has to tell so far; a step is None until its runs have finished.

    Attributes:
        question, trap, answer, groups, whatifs: the steps; the last follows from them.
        scenarios: how many changes will be tried.
        lang: the language in which the journey was walked.
    """

    question: Question | None = None
    trap: Trap | None = None
    answer: Adjusted | None = None
    groups: Groups | None = None
    whatifs: WhatIfs | None = None
    scenarios: int = 0
    lang: Literal["en", "zh"] = "en"

    @property
    def done(self) -> bool:
        """Whether every step has its answer."""
        return self.whatifs is not None and len(self.whatifs.tried) >= self.scenarios > 0

    @property
    def ahead(self) -> Ahead | None:
        """What to do next, once everything was tried."""
        if self.answer is None or self.whatifs is None or not self.done:
            return None
        asked = WhatIf(
            answer=self.answer.answer,
            called=Text("story.treatment_for_all"),
            before=self.answer.effect.baseline,
            truth=self.answer.truth,
        )
        return Ahead(tried=(asked, *self.whatifs.tried))

    @property
    def chapters(self) -> dict[str, Chapter | None]:
        """Every step of `STEPS` with its chapter, None where it is not there yet."""
        whatifs = self.whatifs if self.done else None
        told = (self.question, self.trap, self.answer, self.groups, whatifs, self.ahead)
        return dict(zip(STEPS, told, strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Columns step, sentence, detail, truth in the journey's language: one row a step."""
        rows = [
            (Text(f"story.step_{name}").to(self.lang), *_sentences(one, self.lang))
            for name, one in self.chapters.items()
            if one is not None
        ]
        return pd.DataFrame(rows, columns=["step", "sentence", "detail", "truth"])

    def _first_rows(self) -> None:
        """None: the sentences are the table."""

    def summary(self, lang: str = "en") -> str:
        """Every step, a paragraph each: what it is, its sentence, why, and what is true."""
        return "\n".join(
            _paragraph(at, name, one, lang)
            for at, (name, one) in enumerate(self.chapters.items(), 1)
            if one is not None
        )


def _paragraph(at: int, name: str, one: Chapter, lang: str) -> str:
    title = Text(f"story.step_{name}").to(lang)
    *_, truth = _sentences(one, lang)
    more = [*(line.to(lang) for line in one.lines), *([truth] if truth else [])]
    return "\n".join([f"{at} {title}: {one.summary(lang)}", *(f"  {line}" for line in more)])


def _sentences(one: Chapter, lang: str) -> list[str]:
    parts = (one.sentence, one.detail, one.truth_sentence or "")
    return [str(render(part, lang)) for part in parts]
