"""A mapping that was guessed, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from causalrec.core.errors import DataError
from causalrec.core.words import Text
from causalrec.data.dataset.mapping import ColumnMapping

__all__ = ["RoleGuess"]


@dataclass(frozen=True)
class RoleGuess:
    """A mapping guessed, and why.

    Attributes:
        roles: ``{role: column}`` for the roles with one column.
        outcomes: ``{outcome name: column}``.
        text, covariates: further columns.
        left: columns that look like row numbers or constants.
        reasons: ``{column: sentence}``.
        unsure: roles guessed from values alone.
        others: ``{role: columns}`` that could be it as well.
    """

    roles: dict[str, str]
    outcomes: dict[str, str]
    text: tuple[str, ...]
    covariates: tuple[str, ...]
    left: tuple[str, ...]
    reasons: dict[str, Text]
    unsure: tuple[str, ...]
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def mapping(self) -> ColumnMapping:
        """The guess as a mapping.

        Raises:
            DataError: no column looks like item ids.
        """
        if "item" not in self.roles:
            raise DataError("data.no_item_guess", hint="data.no_item_guess_hint")
        return ColumnMapping(
            **self.roles,
            outcomes=self.outcomes or None,
            text=self.text,
            covariates=self.covariates,
        )

    def notes(self) -> tuple[Text, ...]:
        """What was guessed and may be wrong, as questions."""
        chosen = {
            **self.roles,
            **dict.fromkeys(("outcome",), next(iter(self.outcomes.values()), "")),
        }
        notes = []
        for role in dict.fromkeys([*self.unsure, *self.others]):
            word, column = Text(f"data.role_{role}"), chosen.get(role, "")
            others = ", ".join(f"“{other}”" for other in self.others.get(role, ())[:5])
            key = "data.guess_or" if others else "data.guess_only"
            notes.append(Text(key, role=word, column=column, others=others))
        return tuple(notes)
