"""Drop rows that are there twice."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step

__all__ = ["DropDuplicates"]


class DropDuplicates(Step):
    """Keep one of rows that are equal in every mapped column, or of each user and item."""

    name: ClassVar[str] = "duplicates"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    answers: ClassVar[tuple[str, ...]] = ("duplicates", "repeats")
    mends: ClassVar[tuple[str, ...]] = ("duplicates",)
    same: str = param("row", choices=("row", "pair"), help="data.step_duplicates_same")
    keep: str = param("last", choices=("first", "last"), help="data.step_duplicates_keep")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        mapping = draft.mapping
        columns = [c for c in mapping.columns() if c in draft.frame.columns]
        rows, order = draft, np.arange(len(draft.frame))
        if self.same == "pair":
            columns = [c for c in (mapping.user, mapping.item) if c is not None]
            times = draft.times()
            if times is not None:
                order = np.argsort(times.to_numpy(), kind="stable")
                rows = replace(draft, frame=draft.frame.iloc[order])
        twice = np.empty(len(order), dtype=bool)
        twice[order] = rows.repeated(columns, "first" if self.keep == "first" else "last")
        kept = draft.keep(~pd.Series(twice))
        return kept, Text("data.effect_dropped", n=int(twice.sum()))
