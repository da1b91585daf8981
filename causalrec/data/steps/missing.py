"""What to do with missing values of outcomes, prices and covariates."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, left
from causalrec.data.values.ids import readable

__all__ = ["MissingValues"]


class MissingValues(Step):
    """Drop rows with holes, or fill them: numbers by the median or 0, words by "unknown"."""

    name: ClassVar[str] = "missing"
    changes: ClassVar[tuple[str, ...]] = ("rows", "values")
    rule: str = param("fill", choices=("drop", "fill", "zero"), help="data.step_missing_rule")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        mapping = draft.mapping
        single = (mapping.price, mapping.category, mapping.position)
        columns = [c for c in (*single, *mapping.covariates) if c is not None]
        holes = draft.frame[columns].isna()
        n_cells = int(holes.to_numpy().sum())
        if self.rule == "drop":
            kept = left(draft.keep(~holes.any(axis=1)))
            n = len(draft.frame) - len(kept.frame)
            return kept, Text("data.effect_dropped", n=n)
        filled = {c: self._fill(draft.frame[c]) for c in columns if holes[c].any()}
        return draft.with_columns(**filled), Text("data.effect_filled", n=n_cells)

    def _fill(self, values: pd.Series) -> pd.Series:
        if pd.api.types.is_numeric_dtype(values):
            return values.fillna(0 if self.rule == "zero" else values.median())
        return readable(values).astype("str").where(values.notna(), "unknown")
