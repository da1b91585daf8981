"""Which sign stands before the decimals and which between thousands, told by whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "CURRENCIES",
    "DECIMALS",
    "Marks",
    "MarksSeen",
    "marks_seen",
    "plain_numbers",
    "without_currency",
]

DECIMALS = (".", ",")
CURRENCIES = "$€£¥₹₩₽₺₫฿元円원"
_SIGN = r"^[-+]?"
_EXPONENT = r"([eE][-+]\d+)?$"
_GAP = "[ '’\u00a0\u202f]"
"""Signs that stand between thousands whatever the decimal sign is (as in 1'234.50)."""


@dataclass(frozen=True)
class Marks:
    """Signs inside numbers: before the decimals, and between thousands ("" where none)."""

    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True)
class MarksSeen:
    """What the distinct texts of a column say of its signs.

    Attributes:
        point, comma: how many can only be read with this sign before the decimals.
        either_point, either_comma: how many have one such sign before exactly three digits, and
            so may be decimals or thousands.
        whole: how many are digits alone (or digits with gaps).
        n: distinct texts.
        example: one that may be either, "" where none.
    """

    point: int
    comma: int
    either_point: int
    either_comma: int
    whole: int
    n: int
    example: str = ""

    @property
    def numbers(self) -> bool:
        """Whether every text is a number under some reading."""
        parts = (self.point, self.comma, self.either_point, self.either_comma, self.whole)
        return self.n > 0 and sum(parts) == self.n


def _sure(decimal: str) -> str:
    """Texts that are numbers with this decimal sign, and under no other reading."""
    mark, other = (r"\.", ",") if decimal == "." else (",", r"\.")
    loose = rf"\d*{mark}(\d{{1,2}}|\d{{4,}}){_EXPONENT}"
    long = rf"(\d{{4,}}|0\d*|){mark}\d{{3}}{_EXPONENT}"
    grouped = rf"\d{{1,3}}({other}\d{{3}})+{mark}\d+$"
    groups = rf"\d{{1,3}}({other}\d{{3}}){{2,}}$"
    gaps = rf"\d{{1,3}}({_GAP}\d{{3}})+{mark}\d+$"
    exponent = rf"\d+{mark}\d*[eE][-+]?\d+$"
    trailing = rf"\d+{mark}$"
    forms = (loose, long, grouped, groups, gaps, exponent, trailing)
    return "|".join(_SIGN + form for form in forms)


_WHOLE = rf"{_SIGN}(\d+{_EXPONENT}|\d{{1,3}}({_GAP}\d{{3}})+$)"


def without_currency(words: pa.Array) -> pa.Array:
    """Texts (Arrow) without the currency sign around them; as they are where the signs differ."""
    import pyarrow.compute as pc

    there = [sign for sign in CURRENCIES if pc.any(pc.match_substring(words, sign)).as_py()]
    if len(there) != 1:
        return words
    plain = pc.replace_substring_regex(words, rf"^([-+]?)\s*[{there[0]}]\s*", r"\1")
    return pc.replace_substring_regex(plain, rf"\s*[{there[0]}]$", "")


def marks_seen(words: pa.Array) -> MarksSeen:
    """Count how the distinct texts of a column (an Arrow array, none missing) can be read."""
    import pyarrow.compute as pc

    def count(pattern: str) -> int:
        return int(pc.sum(pc.match_substring_regex(words, pattern)).as_py() or 0)

    either = pc.match_substring_regex(words, rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}$")
    unclear = words.filter(either)
    commas = int(pc.sum(pc.match_substring(unclear, ",")).as_py() or 0)
    return MarksSeen(
        point=count(_sure(".")),
        comma=count(_sure(",")),
        either_point=len(unclear) - commas,
        either_comma=commas,
        whole=count(_WHOLE),
        n=len(words),
        example=str(unclear[0].as_py()) if len(unclear) else "",
    )


def plain_numbers(words: pa.Array, marks: Marks) -> pa.Array:
    """The texts with a point before the decimals and nothing between thousands."""
    import pyarrow.compute as pc

    plain = pc.replace_substring_regex(words, rf"(\d){_GAP}(\d)", r"\1\2")
    if marks.thousands:
        plain = pc.replace_substring(plain, marks.thousands, "")
    if marks.decimal != ".":
        plain = pc.replace_substring(plain, marks.decimal, ".")
    return pc.replace_substring_regex(plain, r"^\+", "")
