"""Words as numbers."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step
from causalrec.data.values.ids import readable

__all__ = ["Encode"]


class Encode(Step):
    """Covariates of words become 0/1 columns (few words) or the share of rows with the word."""

    name: ClassVar[str] = "encode"
    changes: ClassVar[tuple[str, ...]] = ("columns",)
    acts_on: ClassVar[str] = "covariates"
    how: str = param("one-hot", choices=("one-hot", "frequency"), help="data.step_encode_how")
    most: int = param(20, ge=2, le=200, help="data.step_encode_most")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        kept: list[str] = []
        coded: dict[str, pd.Series] = {}
        for column in draft.mapping.covariates:
            values = draft.frame[column]
            if pd.api.types.is_numeric_dtype(values):
                kept.append(column)
                continue
            words = readable(values).astype("str").where(values.notna(), "unknown")
            counts = words.value_counts()
            if self.how == "one-hot" and len(counts) <= self.most:
                # The most frequent word is what all columns being 0 means.
                for word in counts.index[1:]:
                    coded[f"{column}={word}"] = (words == word).astype("float64")
            else:
                coded[f"{column}_share"] = words.map(counts / len(words)).astype("float64")
        changed = draft.with_columns(**coded).with_mapping(covariates=(*kept, *coded))
        return changed, Text("data.effect_columns_added", names=_few(list(coded)))


def _few(names: list[str]) -> Text | str:
    shown = ", ".join(names[:5]) or "-"
    return Text("core.and_more", shown=shown, n=len(names) - 5) if len(names) > 5 else shown
