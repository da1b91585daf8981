"""How a text table is written: encoding, delimiter, header, types; each a guess from a sample."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from pathlib import Path

from causalrec.data.mapping import meaning_of

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "column_names",
    "guess_delimiter",
    "guess_encoding",
    "guess_header",
    "is_quoted",
    "padded_columns",
    "replace_delimiter",
    "split_lines",
    "to_utf8",
    "unmarked_utf16",
]

ENCODINGS = ("utf-8", "gb18030", "utf-16", "latin-1")
"""Encodings by name; GBK is read as gb18030, which contains it."""
DELIMITERS = (",", "\t", ";", "|", "::", " ")
_CHUNK = 1 << 20
_PADDED = re.compile(r"0\d+")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_DATE = re.compile(r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*")
NULLS = ("", "NULL", "null", "NaN", "nan", "NA", "\\N")
"""Cells that mean "nothing"."""


def guess_encoding(path: Path) -> str:
    """One of `ENCODINGS`: by its mark or NUL bytes, else the first that decodes the whole file."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    side = unmarked_utf16(head)
    if side:
        return side
    if _decodes(path, "utf-8"):
        return "utf-8"
    # In GBK text nearly all second bytes are 0xA1 or higher; in latin-1 text they are letters.
    return "gb18030" if _decodes(path, "gb18030") and _chinese_pairs(path) > 0.7 else "latin-1"


def unmarked_utf16(head: bytes) -> str:
    """The UTF-16 encoding whose NUL bytes these are (on one side of the pairs only), else ""."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    # Signs of ASCII (line ends, delimiters, digits) are at least some of the characters.
    if max(even, odd) < max(2, 0.03 * len(head) / 2) or min(even, odd) > 0:
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chinese_pairs(path: Path) -> float:
    """Share of high bytes followed by a second high byte, in the first part that has any."""
    high = both = 0
    with path.open("rb") as stream:
        while high < 200 and (chunk := stream.read(_CHUNK)):
            for pair in re.finditer(rb"[\x81-\xfe].", chunk, re.DOTALL):
                high += 1
                both += pair.group()[1] >= 0xA1
    return both / high if high else 0.0


def to_utf8(path: Path, encoding: str, out: Path) -> None:
    """Write the text again as UTF-8, without a mark; what cannot be decoded becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as stream, out.open("wb") as target:
        first = True
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            target.write((text.removeprefix("\ufeff") if first else text).encode())
            first = False
        target.write(decoder.decode(b"", final=True).encode())


def guess_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines into the same number (at least two) of cells."""
    scores = {}
    for delimiter in DELIMITERS:
        widths = Counter(len(cells) for cells in split_lines(lines, delimiter))
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        steady = count / max(len(lines), 1)
        if width > 1 and steady > 0.5:
            scores[delimiter] = (round(steady, 1), delimiter != " ", width)
    return max(scores, key=lambda d: scores[d], default=",")


def split_lines(lines: list[str], delimiter: str) -> list[list[str]]:
    """Cells of each line; quotes count where the delimiter is one character."""
    if len(delimiter) == 1:
        return [row for row in csv.reader(lines, delimiter=delimiter, strict=False) if row]
    return [line.split(delimiter) for line in lines if line]


def is_quoted(lines: list[str], delimiter: str) -> bool:
    """Whether cells begin and end with quotes (a lone quote inside a cell is only a sign)."""
    edge = re.escape(delimiter)
    cell = rf'(^|{edge})"([^"]|""){{0,2000}}"({edge}|$)'
    return re.search(cell, "\n".join(lines), re.MULTILINE) is not None


def _is_value(cell: str) -> bool:
    cell = cell.strip()
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def guess_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: no numbers or dates in it, but below it."""
    named = [cell.strip() for cell in rows[0] if cell.strip()] if rows else []
    if not named or any(_is_value(cell) for cell in named):
        return False
    below = [cell.strip() for row in rows[1:] for cell in row]
    if any(_is_value(cell) for cell in below):
        return True
    known = any(meaning_of(cell) or cell.lower().endswith("id") for cell in named)
    return known or (len(set(named)) == len(named) and not set(named) <= set(below))


def column_names(first: list[str], *, header: bool) -> list[str]:
    """Names of the columns, made where missing and made different where twice."""
    names: list[str] = []
    for place, cell in enumerate(first, start=1):
        name = cell.strip() if header and cell.strip() else f"column_{place}"
        twice = 2
        base = name
        while name in names:
            name, twice = f"{base}_{twice}", twice + 1
        names.append(name)
    return names


def padded_columns(rows: list[list[str]], names: list[str]) -> list[str]:
    """Columns whose whole numbers begin with zeros (007): ids that must stay text."""
    return [
        name
        for place, name in enumerate(names)
        if any(place < len(row) and _PADDED.fullmatch(row[place].strip()) for row in rows)
    ]


def replace_delimiter(path: Path, old: str, new: str, out: Path) -> None:
    """Write the text again with another delimiter, line by line."""
    with path.open("rb") as stream, out.open("wb") as target:
        for line in stream:
            target.write(line.replace(old.encode(), new.encode()))
