"""What the beginning of a text table says of its columns, and how it may be quoted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from causalrec.core.errors import DataError
from causalrec.data.text import text_format as tf
from causalrec.data.text.limits import limit, over_limit
from causalrec.data.text.text_opening import Opening, opening

if TYPE_CHECKING:
    from causalrec.data.text.read_options import ReadOptions

__all__ = ["Layout", "UnfitError", "beginning", "forms_of", "is_wide", "layout_of", "one_column"]

_SAMPLE_BYTES = 262_144
_MOST_SAMPLE = 16_777_216


class UnfitError(Exception):
    """The whole file cannot be read in a form."""


@dataclass(frozen=True)
class Layout:
    """What the beginning of a text table says.

    Attributes:
        unnamed: the header has no name for the first column, as where row numbers are written.
        names: of the columns.
        header: whether the first record names them.
        first: the first line as it stands, where it has fewer cells than there are columns.
        skip: lines before the table (``sep=;``, comments, a title).
        quoted: the header's names are in quotes, as where every text is.
    """

    unnamed: bool
    names: list[str]
    header: bool
    first: str
    skip: int
    quoted: bool


def beginning(text: Path, options: ReadOptions) -> Opening:
    """The beginning of the text, at least some lines of it, from its table on."""
    size = _SAMPLE_BYTES
    with text.open("rb") as stream:
        raw = stream.read(size)
        while len(raw.splitlines()) < 4 and size < _MOST_SAMPLE and len(raw) == size:
            raw += stream.read(size)
            size *= 2
        cut = max(raw.rfind(b"\n"), raw.rfind(b"\r"))
        if stream.read(1) and cut > 0:
            raw = raw[: cut + 1]
    head = raw.decode("utf-8-sig", errors="ignore")
    return opening(head, options.delimiter, header=options.header)


def is_wide(head: str, delimiter: str) -> bool:
    """Whether a delimiter makes more than one column."""
    rows = tf.records(head, tf.Form(delimiter, '"'), 50)
    return max((len(row) for row in rows), default=0) > 1


def forms_of(text: Path, delimiter: str, options: ReadOptions) -> list[tf.Form]:
    """Ways to quote, the likeliest first."""
    if options.quote is not None:
        quotes = ["" if options.quote == "none" else options.quote]
    elif len(delimiter.encode()) > 1:
        quotes = ["", '"'] if '"' in tf.quotes_of(text, delimiter) else [""]
    else:
        quotes = tf.quotes_of(text, delimiter)
    signs = tf.QUOTES if options.quote is None else quotes
    escaped = [q for q in signs if q and tf.has_escapes(text, delimiter, q)]
    return [
        *(tf.Form(delimiter, quote, "\\") for quote in escaped),
        *(tf.Form(delimiter, quote) for quote in quotes),
    ]


def layout_of(start: Opening, form: tf.Form, name: str, options: ReadOptions) -> Layout:
    """Names and header under a form.

    Raises:
        DataError: there are too many columns.
        UnfitError: no record can be read under the form.
    """
    head = start.head
    rows = tf.records(head, form)
    if not rows:
        raise UnfitError
    most = max(len(row) for row in rows[:50])
    if most > limit("columns"):
        refusal = over_limit("columns", name, most)
        raise refusal
    header = tf.guess_header(rows[:500]) if options.header is None else options.header
    laid = tf.headed(rows)
    names = tf.column_names(laid, header=header)
    line = head.lstrip().splitlines()[0].strip() if head.strip() else ""
    short = line if header and len(rows[0]) < len(laid) else ""
    unnamed = header and not laid[0].strip()
    return Layout(
        unnamed, names, header, short, start.skip, bool(form.quote) and line[:1] == form.quote
    )


def one_column(name: str, delimiter: str, guessed: list[str], head: str) -> DataError:
    """The error for a table with one column only; it names a delimiter that would do better."""
    other = guessed[0] if guessed else ""
    rows = tf.records(head, tf.Form(other, '"'), 1) if other else []
    n = len(rows[0]) if rows else 1
    return DataError(
        "data.one_column",
        hint="data.one_column_other_hint" if n > 1 else "data.one_column_hint",
        name=name,
        delimiter=tf.shown_delimiter(delimiter),
        other=tf.shown_delimiter(other),
        n=n,
    )
