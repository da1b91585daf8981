"""All columns of a text table: types, and the signs inside numbers, decided over the whole file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causalrec.core.words import Text
from causalrec.data.text.column_types import as_plain_type, is_id_name, number_words, without_words
from causalrec.data.values.decimal_marks import (
    Marks,
    MarksSeen,
    marks_seen,
    plain_numbers,
    without_currency,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Rule", "type_table"]


@dataclass(frozen=True)
class Rule:
    """What is known of a file before its columns are looked at.

    Attributes:
        marks: signs inside numbers that a person chose; None leaves them to the columns.
        delimiter: what stands between cells; it speaks for a decimal sign where nothing else does.
        missing: words that a person says mean "nothing"; None where nobody said.
        plain: no cell is quoted.
    """

    marks: Marks | None = None
    delimiter: str = ","
    missing: tuple[str, ...] | None = None
    plain: bool = False


def type_table(table: pa.Table, rule: Rule) -> tuple[pa.Table, list[Text]]:
    """An Arrow table of texts with a type for each column, and what a person should know of it."""
    import pyarrow as pa

    names = table.column_names
    columns = table.columns
    del table  # each text column goes as soon as its numbers are made
    waiting: dict[int, MarksSeen] = {}
    points = 0
    chosen = rule.marks is not None and rule.marks.decimal != "."
    for place, name in enumerate(names):
        column = columns[place]
        if not pa.types.is_string(column.type):
            points += pa.types.is_floating(column.type)
            continue
        columns[place] = column = _emptied(column, rule)
        typed = as_plain_type(column, name)
        if typed is not None and not (chosen and pa.types.is_floating(typed.type)):
            points += pa.types.is_floating(typed.type)
            columns[place] = typed
            continue
        words = number_words(column)
        seen = None if words is None else marks_seen(words)
        if seen is not None and seen.numbers:
            waiting[place] = seen
    notes = _decide(names, columns, waiting, rule=rule, points=points)
    for column, name in zip(columns, names, strict=True):
        notes.extend(_words_kept(column, name, rule))
    return pa.Table.from_arrays(columns, names=names), notes


def _emptied(column: pa.ChunkedArray, rule: Rule) -> pa.ChunkedArray:
    """The column with nothing where a cell is empty or a person's word for nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(["", *(rule.missing or ())], pa.string())
    if rule.plain and len(words) == 1:
        return column  # an empty cell without quotes is missing already
    gone = pc.is_in(column, value_set=words)
    if not pc.any(gone).as_py():
        return column
    return pc.if_else(gone, pa.scalar(None, pa.string()), column)


def _decide(
    names: list[str],
    columns: list[Any],
    waiting: dict[int, MarksSeen],
    *,
    rule: Rule,
    points: int,
) -> list[Text]:
    """Turn the waiting columns into numbers, by their own signs, else by those of the others."""
    notes = []
    points += sum(seen.point > 0 for seen in waiting.values())
    commas = sum(seen.comma > 0 for seen in waiting.values())
    for place, seen in waiting.items():
        marks, said = (rule.marks, None) if rule.marks else _marks(seen, rule, points, commas)
        if said is not None:
            notes.append(Text(said, column=names[place], example=seen.example))
        converted = None if marks is None else _converted(columns[place], names[place], marks)
        if converted is not None:
            columns[place] = converted
    return notes


def _marks(
    seen: MarksSeen, rule: Rule, points: int, commas: int
) -> tuple[Marks | None, str | None]:
    """The signs of one column, and the word key of what to say about the choice."""
    if (seen.point and seen.comma) or (seen.either_point and seen.either_comma and not seen.point):
        return None, "data.note_marks_mixed"
    if seen.point or seen.comma:
        return (Marks(".", ",") if seen.point else Marks(",", ".")), None
    if not seen.either_comma and not seen.either_point:
        return Marks(), None
    if seen.either_point:
        by_comma = commas > 0 and points == 0
        return (Marks(",", "."), "data.note_marks_thousands") if by_comma else (Marks(), None)
    by_delimiter = {";": 1, ",": -1}.get(rule.delimiter, 0)
    leaning = (commas > 0) - (points > 0) or by_delimiter
    if leaning > 0:
        return Marks(",", "."), "data.note_marks_decimals"
    if leaning < 0:
        return Marks(".", ","), "data.note_marks_thousands"
    return None, "data.note_marks_unclear"


def _converted(column: pa.ChunkedArray, name: str, marks: Marks) -> pa.ChunkedArray | None:
    """The column as numbers, None where it stays text because numbers would lose something."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tidy = without_words(column)
    words = pc.unique(tidy).drop_null()
    plain = plain_numbers(without_currency(words), marks)
    padded = pc.match_substring_regex(plain, r"^-?(0\d|\d{16,}$)")
    if pc.any(padded).as_py() or is_id_name(name):
        return None
    try:
        numbers = plain.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    apart = len(pc.unique(numbers)) == len(words)
    if marks.decimal == "." and not (apart and _one_style(plain, numbers)):
        return None
    return pc.take(numbers, pc.index_in(tidy, value_set=words))


def _one_style(plain: pa.Array, numbers: pa.Array) -> bool:
    """False where all numbers are whole and only some are written with decimals (1 and 2.0)."""
    import pyarrow.compute as pc

    whole = pc.all(pc.equal(numbers, pc.floor(numbers))).as_py()
    dotted = pc.sum(pc.match_substring(plain, ".")).as_py()
    return not whole or dotted in (0, len(plain))


def _words_kept(column: pa.ChunkedArray, name: str, rule: Rule) -> list[Text]:
    """A note where NA stays a text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if rule.missing is not None or not pa.types.is_string(column.type):
        return []
    n = int(pc.sum(pc.equal(column, "NA")).as_py() or 0)
    return [Text("data.note_na", column=name, n=n)] if n else []
