"""From which value on an outcome counts as wanted."""

from __future__ import annotations

from typing import ClassVar

from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.draft import Draft
from causalrec.data.steps.step import Step

__all__ = ["PositiveThreshold"]


class PositiveThreshold(Step):
    """The first outcome counts as wanted from a value on; all rows stay."""

    needs: ClassVar[tuple[str, ...]] = ("outcome",)
    at_least: float = param(4.0, help="data.step_positive_at_least")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        changed = draft.with_mapping(positive=self.at_least)
        before, after = int(draft.positive().sum()), int(changed.positive().sum())
        return changed, Text("data.effect_positive", before=before, after=after)
