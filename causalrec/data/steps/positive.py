"""Which outcomes, and from which value on, count as wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from causalrec.core.errors import DataError
from causalrec.core.params import param
from causalrec.core.words import Text
from causalrec.data.column_names.outcome_names import names_act
from causalrec.data.dataset.mapping import meaning_of
from causalrec.data.dataset.outcomes import are_grades, least_wanted
from causalrec.data.steps.draft import Draft
from causalrec.data.steps.step import Step
from causalrec.data.values.ids import labels
from causalrec.data.values.oddity import Oddity

__all__ = ["PositiveThreshold", "outcome_names", "unasked"]


class PositiveThreshold(Step):
    """Some outcomes count as wanted, or the first one from a value on; all rows stay."""

    name: ClassVar[str] = "positive"
    changes: ClassVar[tuple[str, ...]] = ("wanted",)
    needs: ClassVar[tuple[str, ...]] = ("outcome",)
    answers: ClassVar[tuple[str, ...]] = ("wanted_events", "wanted_grades", "wanted_amounts")
    mends: ClassVar[tuple[str, ...]] = ("wanted_events", "wanted_grades")
    only: tuple[str, ...] = param((), help="data.step_positive_only")
    at_least: float = param(4.0, help="data.step_positive_at_least")

    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        changed = draft.with_mapping(positive=self.only or self.at_least)
        before, after = int(draft.positive().sum()), int(changed.positive().sum())
        if not after:
            values = self.suggested(draft)
            raise DataError(
                "data.step_none_wanted",
                hint="data.step_none_wanted_hint",
                value=", ".join(values.get("only", ())) or f"{values.get('at_least', 1.0):g}",
            )
        return changed, Text("data.effect_positive", before=before, after=after)

    @classmethod
    def suggested(cls, draft: Draft) -> Mapping[str, Any]:
        """Acts rather than views, high grades, what lies above the middle."""
        mapping = draft.mapping
        if mapping.event is not None:
            return {"only": _acts(draft)}
        column = next(iter(mapping.named_outcomes.values()), None)
        if column is None:
            return {"at_least": 1.0}
        return {"at_least": least_wanted(draft.numbers(column).to_numpy())}

    @classmethod
    def asks(cls, draft: Draft) -> Mapping[str, Sequence[str] | None]:
        """Which kinds of event, or from which value on; where there are several outcomes, both."""
        names = outcome_names(draft)
        if draft.mapping.event is not None:
            return {"only": names}
        return {"at_least": None, "only": names} if len(names) > 1 else {"at_least": None}


def outcome_names(draft: Draft) -> tuple[str, ...]:
    """The outcomes of the rows: those mapped, or the kinds of event, the most frequent first."""
    mapping = draft.mapping
    columns = tuple(n for n, v in mapping.named_outcomes.items() if v in draft.frame.columns)
    if mapping.event is None:
        return columns
    named = tuple(n for n in mapping.named_outcomes if n not in columns)
    counts = labels(draft.frame[mapping.event]).replace("", None).dropna().value_counts()
    return columns + (named or tuple(meaning_of(value) or value for value in counts.index))


def _acts(draft: Draft) -> tuple[str, ...]:
    """What somebody did to have the item; where no name tells, the rarest kind of event."""
    kinds = outcome_names(draft)
    acts = [kind for kind in kinds if names_act(kind)]
    return tuple(acts or kinds[-1:])


def unasked(draft: Draft) -> Oddity | None:
    """Rows that count as wanted only because nobody said what does; None where that is clear."""
    mapping = draft.mapping
    if mapping.positive is not None:
        return None
    if mapping.event is not None:
        kinds = labels(draft.frame[mapping.event])
        values = [value for value in kinds.value_counts().index if value]
        chosen = [value for value in mapping.named_outcomes.values() if value in values] or values
        if len(chosen) < 2 or len(_acts(draft)) == len(chosen):
            return None
        listed = ", ".join(map(str, chosen[:8]))
        return Oddity("wanted_events", (kinds != "").to_numpy(), {"values": listed})
    outcomes = [c for c in mapping.named_outcomes.values() if c in draft.frame.columns]
    if not outcomes or any(draft.is_binary(column) for column in outcomes):
        return None
    least = PositiveThreshold.suggested(draft).get("at_least", 1.0)
    numbers = draft.numbers(outcomes[0]).to_numpy()
    # A low grade, or nothing at all, is not wanted; a small amount may well be.
    low, sure = numbers < least, are_grades(numbers) or bool((numbers <= 0).any())
    return Oddity(
        "wanted_grades" if sure else "wanted_amounts", low, {"column": outcomes[0], "least": least}
    )
