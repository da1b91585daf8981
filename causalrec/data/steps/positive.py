"""Which outcomes, and from which value on, count as wanted."""

from __future__ import annotations

from typing import Any, ClassVar

from causalrec.core.errors import DataError
from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.dataset.mapping import meaning_of
from causalrec.data.dataset.outcomes import least_wanted
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step
from causalrec.data.values.ids import labels
from causalrec.data.values.oddity import Oddity

__all__ = ["PositiveThreshold", "suggested", "unasked"]


class PositiveThreshold(Step):
    """Some outcomes count as wanted, or the first one from a value on; all rows stay."""

    needs: ClassVar[tuple[str, ...]] = ("outcome",)
    only: tuple[str, ...] = param((), help="data.step_positive_only")
    at_least: float = param(4.0, help="data.step_positive_at_least")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        changed = draft.with_mapping(positive=self.only or self.at_least)
        before, after = int(draft.positive().sum()), int(changed.positive().sum())
        if not after:
            values = suggested(draft)
            raise DataError(
                "data.step_none_wanted",
                hint="data.step_none_wanted_hint",
                value=", ".join(values.get("only", ())) or f"{values.get('at_least', 1.0):g}",
            )
        return changed, Text("data.effect_positive", before=before, after=after)


def suggested(draft: Draft) -> dict[str, Any]:
    """Settings that suit the rows: acts rather than views, high grades, what lies above the middle.

    Returns:
        Parameters of `PositiveThreshold`.
    """
    mapping = draft.mapping
    if mapping.event is not None:
        return _acts(draft, mapping.event)
    column = next(iter(mapping.named_outcomes.values()), None)
    if column is None:
        return {"at_least": 1.0}
    return {"at_least": least_wanted(draft.numbers(column).to_numpy())}


def _acts(draft: Draft, event: str) -> dict[str, Any]:
    """Purchases where there are some, else clicks, else the rarest kind of event."""
    named = {n: v for n, v in draft.mapping.named_outcomes.items() if v not in draft.frame.columns}
    counts = labels(draft.frame[event]).replace("", None).dropna().value_counts()
    kinds = list(named) or [meaning_of(value) or value for value in counts.index]
    known = [kind for kind in ("purchase", "click") if kind in kinds]
    return {"only": tuple((known or kinds[-1:])[:1])}


def unasked(draft: Draft) -> Oddity | None:
    """Rows that count as wanted only because nobody said what does; None where that is clear."""
    mapping = draft.mapping
    if mapping.positive is not None:
        return None
    if mapping.event is not None:
        kinds = labels(draft.frame[mapping.event])
        values = [value for value in kinds.value_counts().index if value]
        chosen = [value for value in mapping.named_outcomes.values() if value in values] or values
        told = {"values": ", ".join(map(str, chosen[:8]))}
        many = len(chosen) > 1
        return Oddity("wanted_events", (kinds != "").to_numpy(), told) if many else None
    outcomes = [c for c in mapping.named_outcomes.values() if c in draft.frame.columns]
    if not outcomes or any(draft.is_binary(column) for column in outcomes):
        return None
    least = suggested(draft).get("at_least", 1.0)
    low = (draft.numbers(outcomes[0]) < least).to_numpy()
    return Oddity("wanted_grades", low, {"column": outcomes[0], "least": least})
