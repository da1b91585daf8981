"""What an effect warns of, by name: the one place from which names are listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from causalrec.core.results.flags import Flags, name_of
from causalrec.core.words import table

__all__ = ["DOUBTS", "Alarm", "Alarms", "alarms"]

DOUBTS = frozenset(
    f"causal.flag_{name}"
    for name in (
        *("few_clusters", "few_by_arm", "dowhy_rows", "misfit", "unbalanced", "varying"),
        *("thin", "extrapolates", "unsettled", "leftover", "no_counterpart"),
        *("weak_instrument", "overidentified", "bent"),
    )
)
"""Flags that say of the interval itself that it may be too narrow or miss the truth."""

_KEY = re.compile(r"causal\.(flag_.+|note_no_path)")
_VALUE = re.compile(r"\{[^}]*\}")


class Alarms(Flags):
    """Warnings of an effect, each known by its own name and by that of its family.

    A poor overlap is "overlap" whatever is done about it; few rows or units an arm are
    "few-units"; unknown values of a covariate are "missing" whichever way they are dealt with.
    """

    __slots__ = ()
    families: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "moved": ("overlap",),
        "thin": ("overlap",),
        "extrapolates": ("overlap",),
        "small": ("few-units",),
        "few-clusters": ("few-units",),
        "few-by-arm": ("few-units", "few-clusters"),
        "missing-impute": ("missing",),
        "missing-complete": ("missing", "dropped"),
        "missing-indicator": ("missing",),
        "clipped-at": ("clipped",),
        "bent": ("misfit",),
        "still-share": ("still",),
        "still-arm": ("still",),
    }


class Alarm(NamedTuple):
    """An alarm as a table tells of it.

    Attributes:
        name: its own; families: what it goes by besides.
        says: its sentence in English, with "…" where a value stands.
    """

    name: str
    families: tuple[str, ...]
    says: str


def alarms() -> list[Alarm]:
    """Every alarm that an effect may ring, by name, as their words say."""
    keys = sorted(key for key in table("en") if _KEY.fullmatch(key))
    return [
        Alarm(
            name_of(key),
            Alarms.families.get(name_of(key), ()),
            _VALUE.sub("…", table("en")[key]),
        )
        for key in keys
    ]
