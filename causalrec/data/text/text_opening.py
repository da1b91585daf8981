"""What stands before a text table: the delimiter it names, comment lines, a title.

Lines that begin with a mark are comments, unless they are rows of the table (ids such as ``#7``)
or name its columns (``#user_id,item_id``): the records below them tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from causalrec.core.words import Text
from causalrec.data.column_names.role_names import is_id_name
from causalrec.data.dataset.mapping import meaning_of
from causalrec.data.text import text_format as tf

__all__ = ["Opening", "opening"]

_MARKS = ("#", "%", "//")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_MOST_TITLE = 20
_SHOWN = 80
_SIZES = re.compile(r"\s*\d+\s+\d+(\s+\d+)?\s*")


@dataclass(frozen=True)
class Opening:
    """The beginning of a text, cut where its table begins.

    Attributes:
        head: from the table's first line on; a mark before its names is taken away.
        separator: the delimiter that a line ``sep=;`` names, "" where none does.
        skip: lines before the table.
        left: those of them that are comments or a title.
    """

    head: str
    separator: str = ""
    skip: int = 0
    left: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[Text, ...]:
        """What a person should know of it."""
        if not self.left:
            return ()
        first = self.left[0][:_SHOWN]
        return (Text("data.note_comment_lines", n=len(self.left), first=first),)


def opening(head: str, delimiter: str | None, *, header: bool | None) -> Opening:
    """Cut the beginning of a text where its table begins.

    Args:
        head: the first lines of the text.
        delimiter: as chosen; None guesses.
        header: whether the first record names the columns; None guesses.
    """
    lines = _LINES.findall(head)
    blank = _count(lines, lambda line: not line.strip())
    separator = _separator(lines[blank]) if blank < len(lines) else ""
    start = blank + bool(separator)
    rest = lines[start:]
    mark = _mark(rest)
    names, table = "", 0
    if mark:
        names, table = _commented(rest, mark, separator or delimiter, header)
    elif header is not False:
        table = _titled(rest, separator or delimiter)
    left = tuple(line.strip() for line in rest[:table] if line.strip())
    below = rest[table:] if not names else [names, *rest[table + 1 :]]
    return Opening("".join(below), separator, start + table, left)


def _separator(line: str) -> str:
    named = line.strip("\r\n ").lower()
    if not named.startswith("sep=") or len(named) > len("sep=") + 1:
        return ""
    return named.removeprefix("sep=") or "\t"


def _count(lines: list[str], leads: Callable[[str], bool]) -> int:
    """How many lines lead before the first that does not."""
    return next((n for n, line in enumerate(lines) if not leads(line)), len(lines))


def _mark(lines: list[str]) -> str:
    first = lines[0].lstrip() if lines else ""
    return next((mark for mark in _MARKS if first.startswith(mark)), "")


def _commented(
    lines: list[str], mark: str, delimiter: str | None, header: bool | None
) -> tuple[str, int]:
    """The line of names behind a mark ("" where there is none), and the lines before the table."""
    end = _count(lines, lambda line: not line.strip() or line.lstrip().startswith(mark))
    below = "".join(lines[end:])
    if lines[0].lower().startswith("%%matrixmarket") and _SIZES.fullmatch(
        "".join(lines[end : end + 1])
    ):
        return "", end + 1  # the numbers of rows, columns and entries
    guessed = [delimiter] if delimiter else tf.guess_delimiters(below)
    if not guessed:
        return "", 0
    form = tf.Form(guessed[0], '"')
    rows = tf.records(below, form, 500)
    width = _width(rows)
    valued = _valued(rows, width)
    while end and _is_row(_cells(lines[end - 1], form), width, valued, rows):
        end -= 1
        rows.insert(0, _cells(lines[end], form))
    place = max((n for n, line in enumerate(lines[:end]) if line.strip()), default=-1)
    named = _unmarked(lines[place], mark, form) if place >= 0 else ""
    if header is not False and _names(_cells(named, form), width, rows, valued):
        return named, place
    return "", end


def _unmarked(line: str, mark: str, form: tf.Form) -> str:
    """A line without the mark before it, which stays where it is a name (``#,user,item``)."""
    cells = _cells(line, form)
    return line if cells[:1] == [mark] else line.lstrip().lstrip(mark).lstrip()


def _width(rows: list[list[str]]) -> int:
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _cells(line: str, form: tf.Form) -> list[str]:
    rows = tf.records(line, form, 1)
    return [cell.strip() for cell in rows[0]] if rows else []


def _valued(rows: list[list[str]], width: int) -> list[int]:
    """Columns of numbers and dates, a header not counted."""
    full = [row for row in rows if len(row) == width]
    body = full[1:] or full
    return [c for c in range(width) if all(tf.is_value(row[c]) for row in body)]


def _is_row(cells: list[str], width: int, valued: list[int], rows: list[list[str]]) -> bool:
    """Whether a line with a mark is a row of the table, as of ids that begin with it."""
    if len(cells) != width or not rows:
        return False
    if valued:
        return all(tf.is_value(cells[c]) for c in valued)
    below = [row for row in rows if len(row) == width]
    return any(cells[c] == row[c].strip() for row in below for c in range(width))


def _names(cells: list[str], width: int, rows: list[list[str]], valued: list[int]) -> bool:
    """Whether cells name the columns, and no record below does."""
    meant = any(map(_known, cells))
    short = meant and 2 < width == len(cells) + 1  # as R writes them, with no name for row names
    plain = len(set(cells)) == len(cells) and all(cells) and (len(cells) == width or short)
    if not plain or any(tf.is_value(c) or re.search(r"[:=]|\S\s+\S+\s+\S", c) for c in cells):
        return False
    first = rows[0] if rows else []
    if any(map(_known, first)):
        return False
    named_below = any(c < len(first) and not tf.is_value(first[c]) for c in valued)
    return meant or not named_below


def _known(cell: str) -> bool:
    roles = ("user", "item", "time", "session")
    return meaning_of(cell) is not None or any(is_id_name(role, cell) for role in roles)


def _titled(lines: list[str], delimiter: str | None) -> int:
    """How many lines of a title stand before a line of names; 0 where there is no such."""
    text = "".join(lines)
    guessed = [delimiter] if delimiter else tf.guess_delimiters(text)
    if not guessed:
        return 0
    form = tf.Form(guessed[0], '"')
    width = _width(tf.records(text, form, 500))
    least = max(width - 1, 2)
    end = _count(lines[:_MOST_TITLE], lambda line: sum(map(bool, _cells(line, form))) < least)
    rows = tf.records("".join(lines[end:]), form, 500) if end else []
    if not rows:
        return 0
    first = [cell.strip() for cell in rows[0]]
    named = len(first) == width and not any(map(tf.is_value, first))
    below = any(map(_known, first)) or bool(_valued(rows, width))
    return end if named and below and len(rows) > 1 else 0
