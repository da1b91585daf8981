"""How a number is written in a sentence: one minus sign, and nothing is minus or plus nothing."""

from __future__ import annotations

import re
from numbers import Integral, Real

__all__ = ["MINUS", "decimals_of", "in_words", "written"]

MINUS = "\u2212"
"""The minus sign that people read; a hyphen is none."""
_LEAST = {1: 2.0, 2: 30.0}
"""The least width, in units of the last decimal that is written, by its figures."""
_NOTHING = re.compile(r"^(\s*)[+-](?=[0.])(?!.*[1-9])")


def written(text: str) -> str:
    """A formatted number as it is read: "−0.5%", never "-0.5%", "-0.0" or "+0%"."""
    return _NOTHING.sub(r"\1", text).replace("-", MINUS)


class _Number(float):
    """A number whose format in a template is written as people read it."""

    def __format__(self, how: str) -> str:
        return written(format(float(self), how))


class _Whole(int):
    """The same of a whole number."""

    def __format__(self, how: str) -> str:
        return written(format(int(self), how))


def in_words(value: object) -> object:
    """A value for a template: a number becomes one that is written as people read it."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    return _Whole(value) if isinstance(value, Integral) else _Number(value)


def decimals_of(width: float, *, figures: int = 2) -> int:
    """Decimals that show about so many figures of an interval's width.

    Two figures: 0 of 57, 1 of 5.7, 2 of 0.57. Behind the second decimal one figure is enough,
    which keeps the ends apart: 2 of 0.05, 3 of 0.005.

    Args:
        width: of the interval, in the unit that is written.
        figures: 1 or 2.
    """
    size, decimals = abs(width), 0
    if not 0 < size < 1e9:
        return figures - 1
    while size < (_LEAST[figures] if decimals < 2 else _LEAST[1]) and decimals < 6:
        size *= 10
        decimals += 1
    return decimals
