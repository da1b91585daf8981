"""What a notebook and a terminal show of an object: its sentence, a small table, a figure."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, ClassVar

from causalrec.core.errors import CausalRecError
from causalrec.core.results.interval_svg import interval_svg
from causalrec.core.words import Text, render

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ROWS", "Displayed", "DisplayedLog", "remarks_of", "table_of"]

_LINES, _LETTERS = 3, 400
"""Where a sentence, or what to know beside it, is cut in a terminal."""
ROWS, _COLUMNS = 8, 8
"""The small table of a notebook; `to_frame` has all of it."""


class Displayed:
    """Says itself in one sentence; a notebook sees a small table and a figure beside it.

    A class writes `summary`, and `to_frame` where it has a table. Whatever stands in either is
    text: names of other people are escaped.
    """

    __slots__ = ()
    _columns: ClassVar[tuple[str, ...]] = ()
    """What the small table shows of a wide one; (): its first columns."""
    _drawn: ClassVar[str] = ""
    """Of several metrics the one that the figure shows; "": the first."""

    def summary(self, lang: str = "en") -> str:
        """What it is or says, as one plain sentence.

        Raises:
            TypeError: this kind of thing has none.
        """
        raise TypeError(f"{type(self).__name__} has no summary")

    def to_frame(self) -> pd.DataFrame:
        """What it holds as a tidy table, one row a figure.

        Raises:
            TypeError: this kind of thing has none.
        """
        raise TypeError(f"{type(self).__name__} has no table")

    def _first_rows(self) -> tuple[pd.DataFrame, int] | None:
        """The first rows of the table and how many there are; None where it has none."""
        if type(self).to_frame is Displayed.to_frame:
            return None
        frame = self.to_frame()
        return frame.head(ROWS), len(frame)

    def _figure(self) -> str:
        """A figure as SVG; "" where there is none."""
        if type(self).to_frame is Displayed.to_frame:
            return ""
        return interval_svg(self.to_frame(), self._drawn)

    def _said(self) -> str:
        """The sentence; of what cannot be opened any more, why."""
        try:
            return self.summary()
        except CausalRecError as error:
            return str(error)

    def __repr__(self) -> str:
        remarks = [_short(remark, 1) for remark in remarks_of(self)]
        if len(remarks) > _LINES:
            rest = Text("core.more_remarks", n=len(remarks) - _LINES + 1)
            remarks = [*remarks[: _LINES - 1], rest]
        kind, said = type(self).__name__, _short(self._said(), _LINES)
        sentence = said if said.startswith(kind) else f"{kind}: {said}"
        return "\n".join([sentence, *(f"- {remark}" for remark in remarks)])

    def __str__(self) -> str:
        return repr(self)

    def __rich_repr__(self) -> Iterable[str]:
        yield _short(self._said(), _LINES)

    def _repr_html_(self) -> str:
        said = "<br/>".join(escape(line) for line in self._said().splitlines())
        head = f"<p><strong>{escape(type(self).__name__)}</strong> {said}</p>"
        # Names such as "$x$" are no formulas.
        return f'<div class="tex2jax_ignore mathjax_ignore">{head}{self._evidence()}</div>'

    def _evidence(self) -> str:
        """What to know, the small table and the figure; "" for what cannot be opened any more."""
        remarks = "".join(f"<li>{escape(remark)}</li>" for remark in remarks_of(self))
        try:
            table = self._first_rows()
            shown = "" if table is None else _small(*table, self._columns)
            return (f"<ul>{remarks}</ul>" if remarks else "") + shown + self._figure()
        except CausalRecError:
            return ""  # the sentence says why


class DisplayedLog(Displayed):
    """Has a long table `frame`: of which a look makes the first rows alone, and no figure."""

    frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """All rows, with external ids in place of codes."""
        return self._readable(self.frame)

    def _readable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows as a person reads them."""
        return rows

    def _first_rows(self) -> tuple[pd.DataFrame, int]:
        return self._readable(self.frame.head(ROWS)), len(self.frame)

    def _figure(self) -> str:
        return ""


def remarks_of(thing: object, lang: str = "en") -> list[str]:
    """What to know beside the sentence: the notes and flags of an answer or a log."""
    remarks = [*getattr(thing, "notes", ()), *getattr(thing, "flags", ())]
    return [str(render(remark, lang)) for remark in remarks]


def table_of(thing: Displayed, *, narrow: bool = False) -> pd.DataFrame | None:
    """The whole table, or the columns that a look shows; None where the sentence says it all."""
    if thing._first_rows() is None:
        return None
    frame = thing.to_frame()
    return frame[list(thing._columns)] if narrow and thing._columns else frame


def _short(text: str, most: int) -> str:
    """At most so many lines of a text, and not too long."""
    lines = text.splitlines()
    cut = "\n".join(lines[:most])
    if len(cut) > _LETTERS:
        return cut[: _LETTERS - 1].rstrip() + "…"
    return f"{cut} …" if len(lines) > most else cut


def _small(frame: pd.DataFrame, rows: int, columns: tuple[str, ...]) -> str:
    """The first rows as an HTML table, and how many more there are; "" for no row."""
    if not rows:
        return ""
    shown = frame[list(columns)] if columns else frame.iloc[:, :_COLUMNS]
    table = shown.to_html(index=False, border=0, escape=True, na_rep="–", float_format=_number)
    more = {"rows": rows - len(frame), "columns": frame.shape[1] - shown.shape[1]}
    if not any(more.values()):
        return str(table)
    return f"{table}<p><small>{escape(Text('core.more_of_table', **more))}</small></p>"


def _number(value: float) -> str:
    return f"{value:.4g}"
