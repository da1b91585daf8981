"""What is odd about a table, before it is saved: count, example rows, what will be done."""

from __future__ import annotations

import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text

__all__ = ["Finding", "Findings"]

_SERIOUS = (
    "bad_propensities",
    "reading",
    "date_order_absent",
    "date_order_mixed",
    "time_is_days",
    "time_is_clock",
    "time_units_mixed",
    "zones_mixed",
    "unreadable_times",
    "stand_in_times",
    "future_times",
    "decimal_sign_unsure",
    "currencies_mixed",
    "unreadable_numbers",
    "negative_prices",
    "skipped_lines",
    "missing_ids",
    "ids_like_missing",
    "duplicates",
    "items_joined_few",
    "users_joined_few",
    "wanted_events",
    "wanted_grades",
)
"""Findings that can make an answer wrong, in the order in which they are shown: time and amounts,
lost or merged rows, what counts as wanted. The others are good to know."""


class Finding(Result):
    """One oddity.

    Attributes:
        name: which check found it.
        count, of: how many rows (users, items, columns), of how many.
        message: what was found.
        action: what will be done about it, or which step would.
        step: the step that deals with it, if any.
        urgent: the data cannot be saved as it is (the step must be on).
        examples: some of the rows.
    """

    name: str
    count: int
    of: int
    message: Text
    action: Text
    step: str | None = None
    urgent: bool = False
    examples: Frame

    @property
    def serious(self) -> bool:
        """Whether it can make an answer wrong, so that nobody should overlook it."""
        return self.urgent or self.name in _SERIOUS

    @property
    def rank(self) -> int:
        """Its place among findings, 0 first."""
        if self.urgent:
            return 0
        return 1 + (_SERIOUS.index(self.name) if self.serious else len(_SERIOUS))

    def to_frame(self) -> pd.DataFrame:
        """The example rows."""
        return self.examples

    def summary(self, lang: str = "en") -> str:
        """What was found and what will be done."""
        gap = "" if lang == "zh" else " "
        return f"{self.message.to(lang)}{gap}{self.action.to(lang)}"


class Findings(Result):
    """Every oddity found, the most serious first."""

    found: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.found)

    def to_frame(self) -> pd.DataFrame:
        """One row a finding."""
        rows = [
            {"finding": f.name, "count": f.count, "of": f.of, "step": f.step, "text": f.summary()}
            for f in self.found
        ]
        return pd.DataFrame(rows, columns=["finding", "count", "of", "step", "text"])

    def summary(self, lang: str = "en") -> str:
        """How many findings, and the first."""
        if not self.found:
            return Text("data.no_findings").to(lang)
        return Text("data.n_findings", n=len(self.found), first=self.found[0].message).to(lang)
