"""The public names of the package, room by room, with what their docstrings say."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

import causalrec

__all__ = ["names_page", "names_table"]


class _Name(NamedTuple):
    """A public name and where it lives.

    Attributes:
        name: as people write it after ``cr.``.
        path: dotted, of its definition.
        about: first line of its docstring.
    """

    name: str
    path: str
    about: str

    @property
    def room(self) -> str:
        """The room that it lives in."""
        return self.path.split(".")[1]


def _names() -> list[_Name]:
    found = []
    for name in causalrec.__all__:
        value: Any = getattr(causalrec, name)
        if not name.startswith("_"):
            about = (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ")
            found.append(_Name(name, f"{value.__module__}.{value.__qualname__}", about))
    return found


def names_table(room: str) -> str:
    """The public names of a room, Markdown; "" where it has none."""
    rows = [
        f"| [`cr.{one.name}`][{one.path}] | {one.about} |" for one in _names() if one.room == room
    ]
    return "\n".join(["| name | what it is |", "|---|---|", *rows]) if rows else ""


def names_page() -> str:
    """Every public name with its docstring, Markdown for mkdocstrings."""
    names = _names()
    parts = [
        "# Public names",
        "`import causalrec as cr` gives these; each is loaded when first used.",
    ]
    for room in sorted({one.room for one in names}):
        parts.append(f"## {room}")
        parts += [f"::: {one.path}" for one in names if one.room == room]
    return "\n\n".join(parts)
