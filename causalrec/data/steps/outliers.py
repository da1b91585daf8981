"""Cut extreme values back."""

from __future__ import annotations

from typing import ClassVar

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, numeric_covariates

__all__ = ["ClipOutliers"]


class ClipOutliers(Step):
    """Set prices and numeric covariates beyond two quantiles to these quantiles."""

    name: ClassVar[str] = "outliers"
    changes: ClassVar[tuple[str, ...]] = ("values",)
    answers: ClassVar[tuple[str, ...]] = ("outliers", "negative_prices")
    share: float = param(0.001, ge=0.0, le=0.1, help="data.step_outliers_share")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        price = [draft.mapping.price] if draft.mapping.price else []
        changed, n = {}, 0
        for column in (*price, *numeric_covariates(draft)):
            values = draft.numbers(column)
            if draft.is_binary(column):
                continue
            low, high = values.quantile([self.share, 1 - self.share])
            n += int(((values < low) | (values > high)).sum())
            changed[column] = values.clip(low, high)
        return draft.with_columns(**changed), Text("data.effect_clipped", n=n)
