"""How a text table is written: delimiter, quotes, header, judged by its records."""

from __future__ import annotations

import csv
import io
import mmap
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from causalrec.data.dataset.mapping import meaning_of

__all__ = [
    "DELIMITERS",
    "QUOTES",
    "Form",
    "column_names",
    "guess_delimiters",
    "guess_header",
    "has_escapes",
    "headed",
    "is_value",
    "quotes_of",
    "records",
    "shown_delimiter",
]

DELIMITERS = (",", "\t", ";", "|", "::", " ")
QUOTES = ('"', "'")
_CUT = "\x1f"
"""Stands for a delimiter of several characters, since readers know delimiters of one."""
_MOST_RECORDS = 1_000
_OPENINGS = 5_000
_NUMBER = re.compile(r"[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?")
_DATE = re.compile(r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*")

# The module's own limit of 128 kB a field is not ours: `limits` names one for every kind of file.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Form:
    """How the cells of a text table stand side by side.

    Attributes:
        delimiter: between two cells.
        quote: around cells that hold a delimiter or line end; "" where there is none.
        escape: before a quote inside a quoted cell; "" where quotes are doubled.
    """

    delimiter: str
    quote: str = ""
    escape: str = ""


def records(text: str, form: Form, most: int = _MOST_RECORDS) -> list[list[str]]:
    """The cells of the first records; a quoted line end belongs to its cell."""
    delimiter = form.delimiter
    if len(delimiter) > 1:
        text, delimiter = text.replace(delimiter, _CUT), _CUT
    stream = io.StringIO(text.replace("\x00", ""), newline="")
    rows: list[list[str]] = []
    reader = csv.reader(
        stream,
        delimiter=delimiter,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        escapechar=form.escape or None,
        doublequote=not form.escape,
        skipinitialspace=bool(form.quote) and delimiter.strip() != "",
    )
    for row in reader:
        if row and any(cell.strip() for cell in row):
            rows.append(row)
        if len(rows) >= most:
            break
    return rows


def guess_delimiters(text: str, quotes: tuple[str, ...] = QUOTES) -> list[str]:
    """Delimiters that cut the records of a text into at least two cells each, the best first."""
    scores = {}
    for delimiter in DELIMITERS:
        sign = next((q for q in quotes if _quoted_in(text, delimiter, q)), "")
        rows = records(text, Form(delimiter, sign))
        score = _score(rows, delimiter)
        if score is not None:
            scores[delimiter] = score
    return sorted(scores, key=lambda d: scores[d], reverse=True)


def _score(rows: list[list[str]], delimiter: str) -> tuple[float, ...] | None:
    """How well a delimiter fits, None where it does not."""
    widths = Counter(len(row) for row in rows)
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    steady = count / max(len(rows), 1)
    if width < 2 or steady <= 0.5:
        return None
    # A quote left open inside a cell says that the cell was cut in two.
    torn = sum(any(cell.count('"') % 2 for cell in row) for row in rows) / len(rows)
    cells = [cell.strip() for row in rows[1:200] for cell in row]
    values = sum(map(is_value, cells)) / max(len(cells), 1)
    # The first record has a cell for each column, or one less (R) but never one only.
    header = {width: 2, width - 1: width > 2}.get(len(rows[0]), 0)
    score = round(steady - torn, 1), header, delimiter != " ", round(values, 1), width
    return tuple(map(float, score))


def _cell(delimiter: str, quote: str) -> str:
    """A pattern for an opening quote, with what closes it rightly as the second group."""
    edge = re.escape(delimiter)
    sign = re.escape(quote)
    gap = " *" if delimiter.strip() else ""
    return (
        rf"(?:^|{edge}|[\r\n]){gap}{sign}(?:[^{sign}]++|{sign}{sign})*+({sign}(?={edge}|[\r\n]|$))?"
    )


def _quoted_in(text: str, delimiter: str, quote: str) -> bool:
    if quote not in text:
        return False
    cells = re.finditer(_cell(delimiter, quote), text)
    closed = [one.group(1) is not None for one, _ in zip(cells, range(_OPENINGS), strict=False)]
    # A lone " at the beginning of a cell is only a sign, and ' begins many a word.
    return sum(closed) > (0.9 * len(closed) if quote == "'" else 0)


def quotes_of(path: Path, delimiter: str) -> list[str]:
    """Signs that stand around whole cells somewhere in a UTF-8 file, then none."""
    quotes = []
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for quote in QUOTES:
            first = view.find(quote.encode())
            if first < 0:
                continue
            # From the line of the first such sign on; a delimiter is as many bytes as signs.
            start = max(view.rfind(b"\n", 0, first), view.rfind(b"\r", 0, first), 0)
            pattern = _cell(delimiter, quote).encode()
            closed = n = 0
            for one in re.finditer(pattern, view[start:] if start else view[:]):
                n += 1
                closed += one.group(1) is not None
                if n >= _OPENINGS:
                    break
            if closed > (0.9 * n if quote == "'" else 0):
                quotes.append(quote)
    return [*quotes, ""]


def has_escapes(path: Path, delimiter: str, quote: str) -> bool:
    """Whether a whole cell of a UTF-8 file holds a quote behind a backslash."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
        if view.find(b"\\" + quote.encode()) < 0:
            return False
        raw = view[:]
    edge, sign = re.escape(delimiter), re.escape(quote)
    inside = rf"(?:[^{sign}\\]++|\\.)*+"
    before = rf"(?:[^{sign}\\]++|\\[^{sign}])*+\\{sign}"
    cell = rf"(?:^|{edge}|[\r\n]){sign}{before}{inside}{sign}(?={edge}|[\r\n]|$)"
    return re.search(cell.encode(), raw) is not None


def is_value(cell: str) -> bool:
    """Whether a cell is a number or a date."""
    cell = cell.strip()
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def guess_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: no numbers or dates in it, but below it."""
    named = [cell.strip() for cell in rows[0] if cell.strip()] if rows else []
    if not named or any(is_value(cell) for cell in named):
        return False
    below = [cell.strip() for row in rows[1:] for cell in row]
    if any(is_value(cell) for cell in below):
        return True
    meant = any(meaning_of(cell) or cell.lower().endswith("id") for cell in named)
    return meant or (len(set(named)) == len(named) and not set(named) <= set(below))


def headed(rows: list[list[str]]) -> list[str]:
    """The header's cells laid over the columns, one cell a column.

    R writes row names without a name for them: a header one cell short belongs to the last
    columns, unless the last cells are empty (a delimiter at the end of each line).
    """
    first, below = rows[0], rows[1:]
    widths = Counter(len(row) for row in below)
    width = max(widths, key=lambda w: (widths[w], w), default=len(first))
    if len(first) >= width:
        return first
    full = [row for row in below if len(row) == width]
    if width - len(first) == 1 and any(row[-1].strip() for row in full):
        return ["", *first]
    return first + [""] * (width - len(first))


def column_names(first: list[str], *, header: bool) -> list[str]:
    """Names of the columns, made where missing and made different where twice."""
    names: list[str] = []
    taken: set[str] = set()
    times: Counter[str] = Counter()
    for place, cell in enumerate(first, start=1):
        base = cell.strip() if header and cell.strip() else f"column_{place}"
        name = base
        while name in taken:
            times[base] += 1
            name = f"{base}_{times[base] + 1}"
        taken.add(name)
        names.append(name)
    return names


def shown_delimiter(delimiter: str) -> str:
    """A delimiter as a message shows it."""
    return {"\t": "\\t", " ": "␠"}.get(delimiter, delimiter)
