"""Leave out covariates that say nothing new."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, is_constant, numeric_covariates

__all__ = ["SelectFeatures"]


class SelectFeatures(Step):
    """Drop constant covariates and those that nearly repeat an earlier one."""

    name: ClassVar[str] = "select_features"
    changes: ClassVar[tuple[str, ...]] = ("columns",)
    acts_on: ClassVar[str] = "covariates"
    correlation: float = param(0.95, ge=0.5, le=1.0, help="data.step_select_features_correlation")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        covariates = draft.mapping.covariates
        gone = {c for c in covariates if is_constant(draft.frame[c])}
        numeric = [c for c in numeric_covariates(draft) if c not in gone]
        close = np.abs(draft.frame[numeric].corr().to_numpy()) >= self.correlation
        for place, column in enumerate(numeric):
            earlier = [numeric[i] for i in np.flatnonzero(close[place, :place])]
            if any(name not in gone for name in earlier):
                gone.add(column)
        kept = tuple(c for c in covariates if c not in gone)
        changed = draft.with_mapping(covariates=kept)
        return changed, Text("data.effect_columns_dropped", n=len(gone), left=len(kept))
