"""Drop rows whose time is in the future or before a year."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, left
from causalrec.data.values.times import stand_ins

__all__ = ["BadTimes"]


class BadTimes(Step):
    """Drop rows later than now (and a day), earlier than a year, or with a stand-in for a time."""

    name: ClassVar[str] = "bad_times"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    needs: ClassVar[tuple[str, ...]] = ("time",)
    answers: ClassVar[tuple[str, ...]] = ("stand_in_times", "future_times")
    mends: ClassVar[tuple[str, ...]] = answers
    stand_ins: bool = param(True, help="data.step_bad_times_stand_ins")
    first_year: int = param(1970, ge=1900, le=2100, help="data.step_bad_times_first_year")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        times = draft.times()
        assert times is not None
        latest = pd.Timestamp.now("UTC").tz_localize(None) + pd.Timedelta(days=1)
        good = (times <= latest) & (times >= pd.Timestamp(year=self.first_year, month=1, day=1))
        if self.stand_ins:
            good &= ~stand_ins(times)
        return left(draft.keep(good)), Text("data.effect_dropped", n=int((~good).sum()))
