"""Warnings that can be asked for by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from causalrec.core.words import Text

__all__ = ["Flags", "name_of"]

_KINDS = ("flag_", "note_", "design_flag_")


def name_of(key: str) -> str:
    """The name of the alarm whose word has a key: ``causal.flag_few_units`` is "few-units"."""
    name = key.rpartition(".")[2]
    for kind in _KINDS:
        name = name.removeprefix(kind)
    return name.replace("_", "-")


class Flags(tuple[Text, ...]):
    """Warnings, each a sentence in every language; ``"few-units" in flags`` asks for one by name.

    Attributes:
        families: further names of an alarm, by its own: one that several sentences tell.
    """

    __slots__ = ()
    families: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that is told of, once: each sentence's own, then those of its families."""
        own = [name_of(flag.key) for flag in self]
        wider = [family for name in own for family in self.families.get(name, ())]
        return tuple(dict.fromkeys([*own, *wider]))

    def __contains__(self, asked: object) -> bool:
        """Whether an alarm of this name rings, or this very sentence is among them."""
        return asked in self.names or super().__contains__(asked)
