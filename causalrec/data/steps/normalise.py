"""Covariates on one scale."""

from __future__ import annotations

from typing import ClassVar

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, numeric_covariates

__all__ = ["Normalise"]


class Normalise(Step):
    """Numeric covariates to mean 0 and standard deviation 1, or to 0..1; 0/1 columns stay."""

    name: ClassVar[str] = "normalise"
    changes: ClassVar[tuple[str, ...]] = ("values",)
    acts_on: ClassVar[str] = "covariates"
    how: str = param("standard", choices=("standard", "range"), help="data.step_normalise_how")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        changed = {}
        for column in numeric_covariates(draft):
            values = draft.numbers(column)
            if draft.is_binary(column):
                continue
            if self.how == "range":
                changed[column] = (values - values.min()) / (values.max() - values.min())
            else:
                changed[column] = (values - values.mean()) / values.std(ddof=0)
        return draft.with_columns(**changed), Text("data.effect_normalised", n=len(changed))
