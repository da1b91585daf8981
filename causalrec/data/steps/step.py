"""What every step is: parameters, what it needs, and what it does to a draft."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd

from causalrec.core.catalogue import Entry
from causalrec.core.errors import DataError
from causalrec.core.params import Params
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.values.ids import readable

__all__ = ["Step", "is_constant", "left", "numeric_covariates"]


class Step(Params, Entry):
    """One change of rows or columns; it never touches the uploaded file.

    Attributes:
        changes: what of the table may be another one afterwards: "rows" (some are left out),
            "values" (of columns that stay), "columns" (some come or go), "wanted" (what counts
            as a wanted interaction).
        needs: roles that must be mapped ("outcome": one of any kind).
        acts_on: the role whose columns it changes; without one there is nothing to do.
        answers: names of the findings that it deals with.
        mends: those of them for which it is on unless a person switches it off.
        thins: whether leaving out most rows is what it is for.
        hides: whether it takes something out for good that no copy of the rows may keep.
    """

    words: ClassVar[str] = "data.step_"
    changes: ClassVar[tuple[str, ...]]
    needs: ClassVar[tuple[str, ...]] = ()
    acts_on: ClassVar[str] = ""
    answers: ClassVar[tuple[str, ...]] = ()
    mends: ClassVar[tuple[str, ...]] = ()
    thins: ClassVar[bool] = False
    hides: ClassVar[bool] = False

    @abstractmethod
    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        """The changed draft, and a sentence on what changed besides the number of rows."""

    @classmethod
    def missing(cls, draft: Draft) -> list[str]:
        """Roles that the step needs and the mapping lacks."""
        return [role for role in cls.needs if not _mapped(draft, role)]

    @classmethod
    def fits(cls, draft: Draft) -> bool:
        """Whether the step can run on the draft and has something to act on."""
        return not cls.missing(draft) and (not cls.acts_on or _mapped(draft, cls.acts_on))

    @classmethod
    def suggested(cls, draft: Draft) -> Mapping[str, Any]:
        """Settings that suit the rows, where others than its defaults do."""
        return {}

    @classmethod
    def asks(cls, draft: Draft) -> Mapping[str, Sequence[str] | None]:
        """The settings that matter for the rows, with the choices where only the rows know them."""
        return dict.fromkeys(cls.model_fields)

    def check(self, draft: Draft) -> None:
        """Check that the step can run.

        Raises:
            DataError: a role that it needs is not mapped.
        """
        for role in self.missing(draft):
            raise DataError(
                "data.step_needs", hint="data.step_needs_hint", role=Text(f"data.role_{role}")
            )


def _mapped(draft: Draft, role: str) -> bool:
    if role == "outcome":
        return bool(draft.mapping.named_outcomes or draft.mapping.event)
    return bool(getattr(draft.mapping, role))


def left(draft: Draft) -> Draft:
    """The draft, if it still has rows.

    Raises:
        DataError: the step dropped all of them.
    """
    if not len(draft.frame):
        raise DataError("data.step_drops_all", hint="data.step_drops_all_hint")
    return draft


def numeric_covariates(draft: Draft) -> list[str]:
    """Covariates whose values are numbers with more than one value."""
    return [
        column
        for column in draft.mapping.covariates
        if pd.api.types.is_numeric_dtype(draft.frame[column])
        and not is_constant(draft.frame[column])
    ]


def is_constant(values: pd.Series) -> bool:
    """Whether all values are equal (missing ones count as a value of their own)."""
    if not len(values):
        return True
    values = readable(values)
    first = values.iloc[0]
    return bool((values.isna() if pd.isna(first) else values == first).fillna(False).all())
