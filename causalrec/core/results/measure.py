"""What a number measures: its one name, its one unit, and how amounts of it are written.

Every sentence, table, card and axis of a figure asks the figure's `Measure`, so that one
quantity has one name and one unit wherever it is read: shares in percent and their changes in
percentage points ("in 100"), money in its currency, other numbers in their own unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causalrec.core.results.result import Estimate
from causalrec.core.words import Text, render
from causalrec.core.words.numbers import decimals_of, written

__all__ = ["NOTHING", "Kind", "Measure", "Per"]

Kind = Literal["share", "money", "number", "bits"]
Per = Literal["impression", "user", "list", "row"]
NOTHING = "–"
"""Stands where there is no number."""
_MOST_DECIMALS = 6


@dataclass(frozen=True)
class Measure:
    """What a number measures.

    Attributes:
        name: in words, at the beginning of a line: "Users who buy".
        said: within a sentence: "the share of users who buy".
        kind: how its values are written.
        per: what it is a mean over.
        good: 1 where more is better, -1 where less is.
        unit: of its values, where they are plain numbers.
        things: what is counted, of a share: "buyers"; empty where its members have no name.
        currency: of money.
    """

    name: Text
    said: Text
    kind: Kind = "number"
    per: Per = "impression"
    good: int = 1
    unit: Text | str = ""
    things: Text | str = ""
    currency: str = ""

    @property
    def scale(self) -> float:
        """What a value is multiplied by to be read: shares by 100, money of impressions by 1,000.

        One impression earns too little to be told apart from nothing.
        """
        if self.kind == "share":
            return 100.0
        return 1000.0 if self.kind == "money" and self.per == "impression" else 1.0

    @property
    def unit_word(self) -> Text | str:
        """The unit of changes, as it stands on an axis; empty where there is none."""
        if self.kind == "share":
            return Text("compare.unit_pp")
        if self.kind == "bits":
            return Text("compare.unit_bits")
        return self.currency if self.kind == "money" else self.unit

    def axis(self, lang: str = "en") -> tuple[float, str]:
        """What changes are multiplied by on an axis, and the axis's unit in words."""
        return self.scale, str(render(self.unit_word, lang))

    def amount(
        self,
        value: float | None,
        *,
        signed: bool = False,
        bare: bool = False,
        decimals: int | None = None,
    ) -> Text | str:
        """A value (or, signed, a change) as people read it.

        Args:
            value: as it was estimated, before `scale`.
            signed: whether it is a change, which has a sign.
            bare: leave the unit out, where it stands beside already.
            decimals: of an interval that is written as one; None: about three figures.
        """
        if value is None:
            return NOTHING
        number = self._number(self.scale * value, signed=signed, decimals=decimals)
        if self.kind == "share" and not signed:
            return f"{number}%"
        if bare:
            return number
        if self.kind == "share":
            return Text("compare.points", value=number)
        if self.kind == "bits":
            return Text("compare.bits", value=number)
        unit = self.currency if self.kind == "money" else self.unit
        if not unit:
            return number
        return f"{number} {unit}" if self.kind == "money" else _with_unit(number, unit)

    def distance(self, value: float, decimals: int) -> Text | str:
        """How far a value is from another, without a sign: "9.8 percentage points"."""
        return self._unit_after(f"{abs(self.scale * value):,.{decimals}f}")

    def decimals(self, estimate: Estimate) -> int:
        """Decimals with which a value and its interval are written side by side."""
        if estimate.low is None or estimate.high is None:
            return 2
        return decimals_of(self.scale * (estimate.high - estimate.low))

    def fitting(self, estimate: Estimate) -> int | None:
        """Decimals of a change that may have no interval: then those of a number alone."""
        if estimate.low is None or estimate.low == estimate.high:
            return None
        return self.decimals(estimate)

    def _number(self, value: float, *, signed: bool, decimals: int | None) -> str:
        sign = "+" if signed else ""
        least = {"bits": 2, "number": 2 if self.per != "list" else 3}.get(self.kind, 0)
        if decimals is None:
            decimals = 2 if self.kind == "bits" else max(_figures(value), least)
        return written(f"{value:{sign},.{decimals}f}")

    # -- a change in words ---------------------------------------------------------------------

    def size(self, low: float, high: float) -> Text:
        """An interval of a change in words: "between 7 and 13 more buyers in 100 users".

        Args:
            low: lower end of the interval, before `scale`.
            high: upper end.
        """
        low, high = self.scale * low, self.scale * high
        across = low < 0 < high
        ends = (-low, high) if across else tuple(sorted((abs(low), abs(high))))
        decimals = decimals_of(high - low, figures=1)
        way = "across" if across else "down" if high <= 0 and low < 0 else "up"
        shown = [_end(end, decimals) for end in ends]
        if shown[0] == shown[1] and not across:
            way = f"{way}_about"
        return self._sized(way, shown)

    def size_of(self, value: float, low: float, high: float) -> Text:
        """A best guess in words, as exact as its interval: "10 more buyers in 100 users".

        Args:
            value: of the change, before `scale`.
            low: lower end of its interval.
            high: upper end.
        """
        value, width = self.scale * value, self.scale * (high - low)
        shown = _end(abs(value), decimals_of(width, figures=1))
        return self._sized("down_about" if value < 0 else "up_about", [shown, shown])

    def _sized(self, way: str, ends: list[str]) -> Text:
        """The words of a size: ends as numbers, the unit with the second."""
        if self.kind == "share" and self.things:
            units = Text(f"answer.units_{self.per}")
            facts = {"things": self.things, "units": units}
            return Text(f"answer.size_counted_{way}", low=ends[0], high=ends[1], **facts)
        facts = {"said": self.said, "low": ends[0], "high": self._unit_after(ends[1])}
        if way == "across":
            facts["low"] = self._unit_after(ends[0])
        return Text(f"answer.size_level_{way}", **facts)

    def _unit_after(self, number: str) -> Text | str:
        if self.kind == "share":
            return Text("answer.points", value=number)
        if self.kind == "bits":
            return Text("compare.bits", value=number)
        unit = self.currency if self.kind == "money" else self.unit
        return _with_unit(number, unit) if unit else number


def _with_unit(number: str, unit: Text | str) -> Text:
    return Text("outcome.with_unit", value=number, unit=unit)


def _figures(value: float) -> int:
    """Decimals that leave about three significant digits."""
    size = abs(value)
    if size >= 100:
        return 0
    if size >= 10:
        return 1
    return 2 if size >= 0.1 or size == 0 else 3


def _end(end: float, decimals: int) -> str:
    """An end of an interval without its sign; one that would be lost as 0 keeps a figure."""
    while end and decimals < _MOST_DECIMALS and round(end, decimals) == 0:
        decimals += 1
    return f"{end:,.{decimals}f}"
