"""A shelf of things of one kind: ``name -> "module:Class"``, imported when asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import ClassVar, TypeVar

from causalrec.core.errors import unknown_name
from causalrec.core.words import Text

__all__ = ["Catalogue", "Entry"]


class Entry:
    """What every entry of a shelf says of itself; shelves add facts of their own.

    Attributes:
        name: its name in the catalogue, as people type it.
        words: what the keys of its words begin with ("recsys.model_"); the name follows.
        source: where the method is from (authors, year); "" where it is nobody's.
    """

    name: ClassVar[str]
    words: ClassVar[str]
    source: ClassVar[str] = ""

    @classmethod
    def word(cls, part: str = "", **values: object) -> Text:
        """What it is called; with a part ("_about"), what else is said of it, with its values."""
        return Text(f"{cls.words}{cls.name.replace('-', '_')}{part}", **values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.word()}"


E = TypeVar("E")


class Catalogue(Mapping[str, E]):
    """Names of one kind and where each lives, in the order in which people meet them.

    Args:
        kind: what the entries are, for messages ("recommender").
        entries: ``{"ease": "causalrec.recsys.recommenders.ease:EASE"}``.
        default: which one is meant where nobody chose; the first.
    """

    def __init__(self, kind: str, entries: Mapping[str, str], default: str = "") -> None:
        self.kind = kind
        self._entries = dict(entries)
        self.default = default or next(iter(self._entries))

    def __getitem__(self, name: str) -> E:
        """The entry, imported now.

        Raises:
            NotFoundError: no entry has the name; the hint has the nearest ones.
        """
        if name not in self._entries:
            error = unknown_name(self.kind, name, self._entries)
            raise error
        module, _, attribute = self._entries[name].partition(":")
        entry: E = getattr(import_module(module), attribute)
        return entry

    def __repr__(self) -> str:
        return f"Catalogue({self.kind!r}: {', '.join(self._entries)})"

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def where(self, **facts: object) -> tuple[str, ...]:
        """The names of the entries that declare these facts, in the order of the shelf."""
        return tuple(
            name
            for name, entry in self.items()
            if all(getattr(entry, fact) == value for fact, value in facts.items())
        )
