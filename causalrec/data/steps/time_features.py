"""Hour, weekday and day as covariates."""

from __future__ import annotations

from typing import ClassVar

from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step

__all__ = ["TimeFeatures"]


class TimeFeatures(Step):
    """Add hour of day (0-23), weekday (0 is Monday) and days since the first row, all in UTC."""

    name: ClassVar[str] = "time_features"
    changes: ClassVar[tuple[str, ...]] = ("columns",)
    needs: ClassVar[tuple[str, ...]] = ("time",)

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        times = draft.times()
        assert times is not None
        features = {
            "time_hour": times.dt.hour.astype("float64"),
            "time_weekday": times.dt.day_of_week.astype("float64"),
            "time_day": ((times - times.min()).dt.total_seconds() // 86400).astype("float64"),
        }
        new = {name: column for name, column in features.items() if name not in draft.frame.columns}
        changed = draft.with_columns(**new)
        changed = changed.with_mapping(covariates=(*draft.mapping.covariates, *new))
        return changed, Text("data.effect_columns_added", names=", ".join(new) or "-")
