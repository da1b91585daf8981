"""What would be saved of a log, before it is: how many rows of whom, from when, with what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.results.result import Result
from causalrec.core.words import Text, render, worded
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.positive import outcome_names

__all__ = ["Outlook", "outlook"]


class Outlook(Result):
    """A log as it would be saved.

    Attributes:
        of: rows of the file.
        rows: those that would be saved.
        users, items: how many; no users where the log names none.
        first, last: days (ISO) of its first and last row; None where it has no times.
        outcomes: their names.
        wanted: rows that count as wanted.
    """

    of: int
    rows: int
    users: int
    items: int
    first: str | None = None
    last: str | None = None
    outcomes: tuple[str, ...] = ()
    wanted: int

    def to_frame(self) -> pd.DataFrame:
        """One row a figure."""
        figures: dict[str, Any] = self.model_dump(exclude={"outcomes"})
        return pd.DataFrame({"figure": list(figures), "value": list(figures.values())})

    def summary(self, lang: str = "en") -> str:
        """Rows, users and items, period, outcomes, and how many rows count as wanted."""
        counts = {"rows": self.rows, "of": self.of, "users": self.users, "items": self.items}
        parts = [Text(f"data.outlook_rows{'' if self.users else '_no_users'}", **counts)]
        if self.first is not None:
            parts.append(Text("data.outlook_period", first=self.first, last=self.last))
        share = self.wanted / max(self.rows, 1)
        if self.outcomes:
            names = [str(render(worded("data.outcome_", n), lang)) for n in self.outcomes[:6]]
            listed = ("、" if lang == "zh" else ", ").join(names)
            words = {"outcomes": listed, "wanted": self.wanted, "share": share}
            parts.append(Text("data.outlook_outcomes", **words))
        else:
            parts.append(Text("data.outlook_no_outcome"))
        return ("" if lang == "zh" else " ").join(part.to(lang) for part in parts)


def outlook(draft: Draft, of: int) -> Outlook:
    """What would be saved of a draft.

    Args:
        draft: the rows after the steps.
        of: rows of the file.
    """
    codes = {
        role: draft.ids(column)[0]
        for role in ("user", "item")
        if (column := getattr(draft.mapping, role)) is not None
    }
    times = draft.times()
    usable = np.logical_and.reduce([code >= 0 for code in codes.values()])
    if times is not None:
        usable &= times.notna().to_numpy()
        times = times[usable]
    days = None if times is None or times.empty else (times.min(), times.max())
    return Outlook(
        of=of,
        rows=int(usable.sum()),
        users=len(np.unique(codes["user"][usable])) if "user" in codes else 0,
        items=len(np.unique(codes["item"][usable])),
        first=None if days is None else str(days[0])[:10],
        last=None if days is None else str(days[1])[:10],
        outcomes=outcome_names(draft),
        wanted=int((draft.positive().to_numpy() & usable).sum()) if len(usable) else 0,
    )
