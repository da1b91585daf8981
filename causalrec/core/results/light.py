"""A traffic light: whether an answer can be believed, with the reason of each of its checks."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.core.words.lists import as_sentence

__all__ = ["COLOURS", "Check", "Colour", "Light"]

Colour = Literal["red", "amber", "green"]
COLOURS: tuple[Colour, ...] = ("red", "amber", "green")
"""From the worst to the best."""


class Check(Result):
    """One check of an answer.

    Attributes:
        name: in the engine; `label`: in words; `rule`: when it turns amber or red.
        colour: what it comes to; `reason`: why, one sentence.
    """

    name: str
    label: Text
    rule: Text
    colour: Colour
    reason: Text

    def summary(self, lang: str = "en") -> str:
        """The reason."""
        return self.reason.to(lang)


class Light(Result):
    """Whether an answer can be believed: the worst of its checks.

    Attributes:
        checks: every check that could be made, in the order in which they are read.
        leads: the check whose reason is told where all are green.
    """

    checks: tuple[Check, ...]
    leads: str = ""

    @property
    def colour(self) -> Colour:
        """The worst colour; red where nothing could be checked."""
        return next((one for one in COLOURS if one in self._seen), "red")

    @property
    def _seen(self) -> set[Colour]:
        return {check.colour for check in self.checks}

    @property
    def word(self) -> Text:
        """The colour as what it means."""
        return Text(f"answer.light_{self.colour}")

    @property
    def reasons(self) -> tuple[Text, ...]:
        """What speaks against the answer, the worst first; of a green one what speaks for it."""
        if self.colour == "green":
            return tuple(one.reason for one in self.checks if one.name == self.leads)
        worst = sorted(self.checks, key=lambda one: COLOURS.index(one.colour))
        return tuple(one.reason for one in worst if one.colour != "green")

    @property
    def sentence(self) -> Text:
        """The word, and what decided most."""
        reason = next(iter(self.reasons), "")
        return Text("answer.light_told", word=self.word, reason=reason)

    def to_frame(self) -> pd.DataFrame:
        """One row a check: check, colour, reason, rule."""
        rows = [(one.name, one.colour, one.reason, one.rule) for one in self.checks]
        return pd.DataFrame(rows, columns=["check", "colour", "reason", "rule"])

    def summary(self, lang: str = "en") -> str:
        """The word, and the reasons."""
        said = [as_sentence(reason.to(lang), lang) for reason in self.reasons]
        gap = "" if lang == "zh" else " "
        return gap.join([as_sentence(self.word.to(lang), lang), *said])
