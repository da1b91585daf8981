"""How large a part of a file may be, by name; each limit is raised by an environment variable."""

from __future__ import annotations

import os

from causalrec.core.errors import DataError, ParamError

__all__ = ["LIMITS", "limit", "over_limit"]

LIMITS = {
    "columns": ("CAUSALREC_MAX_COLUMNS", 2_000),
    "field": ("CAUSALREC_MAX_FIELD", 1_000_000),
}
"""Columns of a table, and characters of one cell: the variable, and what holds without it."""


def limit(name: str) -> int:
    """The value of one of `LIMITS`.

    Raises:
        ParamError: the environment variable is no positive whole number.
    """
    variable, usual = LIMITS[name]
    asked = os.environ.get(variable)
    if not asked:
        return usual
    if not asked.isascii() or not asked.isdecimal() or not int(asked):
        raise ParamError(
            "core.bad_param", hint="core.bad_param_hint", name=variable, value=asked, why="1, 2, …"
        )
    return int(asked)


def over_limit(kind: str, name: str, n: int) -> DataError:
    """The error for a file that goes over one of `LIMITS`.

    Args:
        kind: which limit.
        name: the file's name.
        n: how many columns or characters were met (reading may have stopped there).
    """
    return DataError(
        f"data.over_{kind}",
        hint=f"data.over_{kind}_hint",
        name=name,
        n=n,
        limit=limit(kind),
        variable=LIMITS[kind][0],
    )
