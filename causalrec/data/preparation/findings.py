"""What is odd about a table, before it is saved: count, example rows, what will be done."""

from __future__ import annotations

import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text

__all__ = ["Finding", "Findings"]


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

    def to_frame(self) -> pd.DataFrame:
        """The example rows."""
        return self.examples

    def summary(self, lang: str = "en") -> str:
        """What was found and what will be done."""
        gap = "" if lang == "zh" else " "
        return f"{self.message.to(lang)}{gap}{self.action.to(lang)}"


class Findings(Result):
    """Every oddity found, most urgent first."""

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
