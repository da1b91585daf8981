"""What every step is: parameters, what it needs, and what it does to a draft."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.params import Params
from causalrec.core.words import Text
from causalrec.data.steps.draft import Draft
from causalrec.data.values.ids import readable

__all__ = ["Step", "is_constant", "left", "numeric_covariates"]


class Step(Params):
    """One change of rows or columns; it never touches the uploaded file."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Roles that must be mapped ("covariates" for at least one)."""

    @abstractmethod
    def apply(self, draft: Draft) -> tuple[Draft, Text]:
        """The changed draft, and a sentence on what changed besides the number of rows."""

    def missing(self, draft: Draft) -> list[str]:
        """Roles that the step needs and the mapping lacks."""
        return [role for role in self.needs if not _mapped(draft, role)]

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
