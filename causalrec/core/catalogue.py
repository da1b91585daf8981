"""A shelf of things of one kind: ``name -> "module:Class"``, imported when asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from causalrec.core.errors import unknown_name

__all__ = ["Catalogue"]


class Catalogue(Mapping[str, Any]):
    """Names of one kind and where each lives.

    Args:
        kind: what the entries are, for messages ("recommender").
        entries: ``{"ease": "causalrec.recsys.recommenders.ease:EASE"}``.
    """

    def __init__(self, kind: str, entries: Mapping[str, str]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> Any:
        """The entry, imported now.

        Raises:
            NotFoundError: no entry has the name; the hint has the nearest ones.
        """
        if name not in self._entries:
            raise unknown_name(self.kind, name, self._entries)
        module, _, attribute = self._entries[name].partition(":")
        return getattr(import_module(module), attribute)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
