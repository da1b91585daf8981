"""Drop rows whose propensity is no probability."""

from __future__ import annotations

from typing import ClassVar

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step, left

__all__ = ["BadPropensities"]


class BadPropensities(Step):
    """Drop rows with a propensity outside (0, 1], or below a floor."""

    name: ClassVar[str] = "bad_propensities"
    changes: ClassVar[tuple[str, ...]] = ("rows",)
    needs: ClassVar[tuple[str, ...]] = ("propensity",)
    answers: ClassVar[tuple[str, ...]] = ("bad_propensities",)
    mends: ClassVar[tuple[str, ...]] = answers
    floor: float = param(0.0, ge=0.0, le=0.5, help="data.step_bad_propensities_floor")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        assert draft.mapping.propensity is not None
        values = draft.numbers(draft.mapping.propensity)
        good = (values > 0) & (values >= self.floor) & (values <= 1)
        return left(draft.keep(good)), Text("data.effect_dropped", n=int((~good).sum()))
