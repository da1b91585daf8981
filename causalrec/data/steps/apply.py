"""Steps applied to a draft, in the order of the shelf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import pandas as pd

from causalrec.core.results.result import Result
from causalrec.core.words import Text, Worded, word_of
from causalrec.data.steps import STEPS
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step

__all__ = ["Effects", "StepEffect", "prepare"]

_FEW_ROWS, _FEW_WANTED = 0.5, 0.01
"""Shares of rows: a step that leaves less than half has taken the log apart; of a shop's events
about one in fifty is a purchase, so that fewer than one in a hundred wanted is no usual rule."""


class StepEffect(Result):
    """What one step did.

    Attributes:
        step: its name.
        params: its parameters.
        before, after: rows.
        note: a sentence on what changed.
        alarm: a sentence where hardly anything is left of the rows, or of those that count as
            wanted, or nothing is left unwanted.
    """

    step: Annotated[str, Worded(Step.words)]
    params: dict[str, Any]
    before: int
    after: int
    note: Text
    alarm: Text | None = None

    def summary(self, lang: str = "en") -> str:
        """Rows before and after, and what else changed."""
        return Text(
            "data.step_effect",
            step=word_of(Step.words, self.step),
            before=self.before,
            after=self.after,
            note=self.note,
        ).to(lang) + self._alarm(lang)

    def _alarm(self, lang: str) -> str:
        if self.alarm is None:
            return ""
        return ("" if lang == "zh" else " ") + self.alarm.to(lang)


class Effects(Result):
    """The effects of steps, in their order."""

    steps: tuple[StepEffect, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a step: step, rows before, after, note."""
        rows = [
            {"step": e.step, "before": e.before, "after": e.after, "note": str(e.note)}
            for e in self.steps
        ]
        return pd.DataFrame(rows, columns=["step", "before", "after", "note"])

    def summary(self, lang: str = "en") -> str:
        """All steps, one sentence each."""
        return " ".join(effect.summary(lang) for effect in self.steps)


def prepare(draft: Draft, steps: Iterable[Mapping[str, Any]]) -> tuple[Draft, Effects]:
    """Apply steps in the order of the shelf.

    Args:
        draft: the rows.
        steps: ``{"name": step, "params": {…}}`` each.

    Raises:
        NotFoundError: there is no such step.
        ParamError: a parameter is out of range.
        DataError: a step needs a column that is not mapped, or no row is left.
    """
    order = list(STEPS)
    chosen = [STEPS[one["name"]].make(one.get("params", {})) for one in steps]
    effects = []
    for step in sorted(chosen, key=lambda step: order.index(step.name)):
        draft, effect = _apply(step, draft)
        effects.append(effect)
    return draft, Effects(steps=tuple(effects))


def _apply(step: Step, draft: Draft) -> tuple[Draft, StepEffect]:
    step.check(draft)
    after, note = step.apply(draft)
    return after, StepEffect(
        step=step.name,
        params=step.model_dump(mode="json"),
        before=len(draft.frame),
        after=len(after.frame),
        note=note,
        alarm=_alarm(step, draft, after),
    )


def _alarm(step: Step, before: Draft, after: Draft) -> Text | None:
    """What a person would hardly have meant: see `StepEffect`."""
    stay = len(after.frame) / max(len(before.frame), 1)
    if stay < _FEW_ROWS and "rows" in step.changes and not step.thins:
        return Text("data.alarm_few_rows", share=stay)
    if "wanted" not in step.changes:
        return None
    wanted = float(after.positive().mean())
    if wanted < _FEW_WANTED:
        return Text("data.alarm_few_wanted", share=wanted)
    return Text("data.alarm_all_wanted") if wanted == 1 else None
