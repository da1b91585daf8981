"""What is to be known about a column as it was read: a guess, a doubt, something left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.words import Text

__all__ = ["Oddity"]


@dataclass(frozen=True, eq=False)
class Oddity:
    """One thing to know; findings show it on the page, a dataset's notes in a notebook.

    Attributes:
        name: of the finding.
        rows: the rows it is about, bool (n,).
        values: what the sentence names.
        examples: rows that show it; None: some of the rows themselves.
    """

    name: str
    rows: np.ndarray
    values: dict[str, Any] = field(default_factory=dict)
    examples: pd.DataFrame | None = None

    @property
    def count(self) -> int:
        """How many rows."""
        return int(self.rows.sum())

    @property
    def text(self) -> Text:
        """The sentence."""
        return Text(f"data.finding_{self.name}", n=self.count, of=len(self.rows), **self.values)
