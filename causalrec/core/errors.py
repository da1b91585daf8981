"""The error tree: every foreseen failure says what happened and names the next step.

CausalRecError
├── DataError          the table or a column cannot serve
├── ParamError         an argument is out of range, unknown or of the wrong kind
├── NotFoundError      a name that nothing has
├── ConflictError      somebody saved a newer version meanwhile
├── MemoryBudgetError  refused before allocating
├── StorageError       the workspace cannot be read or written
├── TeamError          a process that works together with this one is gone
└── GraphError         a graph is cyclic, unreadable or names no column

`Cancelled` is no error: it ends a run that a person stopped.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from causalrec.core.words import Text

__all__ = [
    "Cancelled",
    "CausalRecError",
    "ConflictError",
    "DataError",
    "GraphError",
    "MemoryBudgetError",
    "NotFoundError",
    "ParamError",
    "StorageError",
    "TeamError",
    "check_range",
    "unknown_name",
]


class CausalRecError(Exception):
    """A foreseen failure, as a sentence and a next step.

    Args:
        key: word key of the sentence.
        hint: the next step: a word key (formatted with the same values) or a Text.
        values: what the templates name.
    """

    def __init__(self, key: str, /, hint: str | None = None, **values: object) -> None:
        self.text = Text(key, **values)
        self.hint: Text | None = (
            hint if hint is None or isinstance(hint, Text) else Text(hint, **values)
        )
        super().__init__(str(self.text))

    def __str__(self) -> str:
        return f"{self.text} {self.hint}" if self.hint else str(self.text)


class DataError(CausalRecError):
    """The table or a column cannot serve."""


class ParamError(CausalRecError):
    """An argument is out of range, unknown or of the wrong kind."""


class NotFoundError(CausalRecError):
    """A name that nothing has."""


class ConflictError(CausalRecError):
    """Somebody saved a newer version meanwhile."""


class MemoryBudgetError(CausalRecError):
    """Refused before allocating."""


class StorageError(CausalRecError):
    """The workspace cannot be read or written."""


class TeamError(CausalRecError):
    """A process that works together with this one is gone."""


class GraphError(CausalRecError):
    """A graph is cyclic, unreadable or names no column."""


class Cancelled(Exception):  # noqa: N818 - it ends a run, it is no error
    """Raised by a progress callback when a person stopped the run."""


def unknown_name(kind: str | Text, name: str, names: Iterable[str]) -> NotFoundError:
    """The error for a name that nothing has, with the nearest of the names as the hint."""
    there = sorted(map(str, names))
    close = difflib.get_close_matches(str(name), there, n=3, cutoff=0.5)
    listed = ", ".join(there[:20]) or "-"
    hint = (
        Text("core.did_you_mean", suggestion=", ".join(close), known=listed)
        if close
        else Text("core.known_names", known=listed)
    )
    return NotFoundError("core.unknown_name", hint=hint, kind=kind, name=name)


def check_range(name: str, number: float, low: float, high: float) -> None:
    """Refuse a number that is out of its range.

    Raises:
        ParamError: it is.
    """
    if not low <= number <= high:
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name=name,
            value=str(number),
            why=f"{low:,} – {high:,}",
        )
