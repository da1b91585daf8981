"""Text columns become numbers, truth values or times only where no two texts become one.

A column is judged whole. What could be ids stays as it was written: leading zeros, twenty digits,
exponents such as 1E5, `1.10` beside `1.1`; `causalrec.data.dataset.coding` makes numbers of
such a text where its role is a number.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from causalrec.data.values.decimal_marks import CURRENCIES, without_currency

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NULL_WORDS", "as_plain_type", "is_id_name", "number_words"]

NULL_WORDS = ("", "NULL", "null", "NaN", "nan", "NA", "\\N")
"""Cells that mean "nothing" in a column of numbers."""
_HEAD = 60
_TRUE = (("true", "false"), ("True", "False"), ("TRUE", "FALSE"))
_TYPED = re.compile(r"[-+]?[.,]?\d[\d.,'’ \u00a0\u202f:eETZ+-]*")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?(Z|[+-]\d\d(:?\d\d)?)?")
# Each style writes a number in one way only, so that different texts are different numbers; more
# digits than a float holds are a measure's.
_STYLES = (
    r"^-?(0|[1-9]\d{0,14})\.(\d*[1-9]|0)([eE][-+]\d+)?$",
    r"^-?(0|[1-9]\d{0,14})(\.\d*[1-9])?([eE][-+]\d+)?$",
)
_ID_PARTS = re.compile(
    "ids?|uid|sku|isbn|asin|ean|upc|gtin|uuid|guid|code|key|user|item|product|movie|customer"
    "|visitor|session|编号|编码|用户|物品|商品|会话"
)


def is_id_name(name: str) -> bool:
    """Whether a column's name says that it holds ids ("userId", "item_id", "SKU")."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()
    parts = re.findall(r"[a-z]+|[\u4e00-\u9fff]+", spaced)
    return bool(parts) and (bool(_ID_PARTS.fullmatch(parts[-1])) or parts[0] in ("id", "uid"))


def as_plain_type(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray | None:
    """A text column (Arrow, chunked) as another type, None where it stays text.

    Numbers with signs that need a decision (decimal commas, thousands) are left to
    `number_words`.
    """
    head = column.slice(0, 50 * _HEAD).drop_null()[:_HEAD].to_pylist()
    if not all(_maybe(v) for v in head):
        return None
    typed = _typed(column, name)
    if typed is None:
        tidy = without_words(column)
        typed = None if tidy.equals(column) else _typed(tidy, name)
    return typed


def _typed(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray | None:
    for make in (_whole, _times, _truth, partial(_fractions, name=name)):
        typed = make(column)
        if typed is not None:
            return typed
    return None


def _maybe(value: str) -> bool:
    value = value.strip()
    word = value in NULL_WORDS or value.lower() in ("true", "false")
    return word or _TYPED.fullmatch(value) is not None


def without_words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without spaces around its texts, missing where a word says "nothing"."""
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(column)
    empty = pc.is_in(trimmed, value_set=pa.array(NULL_WORDS))
    return pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Whole numbers, where each is written as a whole number is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return None
    try:
        whole = column.cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    zeros = pc.sum(pc.equal(column, "0")).as_py()
    odd = pc.sum(pc.starts_with(column, "0")).as_py() != zeros  # 007
    if pc.min(whole).as_py() <= 0:
        odd = odd or pc.any(pc.starts_with(column, "-0")).as_py()
    return None if odd or _beyond_floats(whole) else whole


def _beyond_floats(whole: pa.ChunkedArray) -> bool:
    """Whether a missing value would make floats of whole numbers that floats cannot tell apart."""
    import pyarrow.compute as pc

    if not whole.null_count:
        return False
    ends = pc.min_max(whole).as_py()
    return bool(max(-ends["min"], ends["max"]) > 2**53)


def _times(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """ISO dates and times, where all are written alike."""
    import pyarrow as pa
    import pyarrow.compute as pc

    head = column.drop_null()[:_HEAD].to_pylist()
    if not head or not all(_TIME.fullmatch(v) for v in head):
        return None
    sizes = pc.min_max(pc.binary_length(column)).as_py()
    zone = re.search(r"(Z|[+-]\d\d(:?\d\d)?)$", head[0][10:]) is not None
    try:
        times = column.cast(pa.timestamp("us", tz="UTC" if zone else None))
    except pa.ArrowInvalid:
        return None
    alike = sizes["min"] == sizes["max"] or pc.count_distinct(times) == pc.count_distinct(column)
    return times if alike else None


def _truth(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Truth values, where each is written in one way."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.drop_null()[:1].to_pylist() not in [[word] for pair in _TRUE for word in pair]:
        return None
    words = set(pc.unique(column).drop_null().to_pylist())
    pair = next((pair for pair in _TRUE if words <= set(pair)), None)
    if pair is None:
        return None
    return pc.if_else(pc.is_null(column), pa.scalar(None, pa.bool_()), pc.equal(column, pair[0]))


def _fractions(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray | None:
    """Numbers with a decimal point, where all are written in one style; of ids only 1.0, 2.0."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = column.drop_null()[:1].to_pylist()
    if not first or re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", first[0]):
        return None  # the point may stand between thousands
    digits = len(first[0].partition(".")[2])
    if is_id_name(name):
        styles: tuple[str, ...] = (rf"^-?(0|[1-9]\d{{0,14}})\.0{{{max(digits, 1)}}}$",)
    elif 0 < digits < 100:
        styles = (rf"^-?(0|[1-9]\d{{0,14}})\.\d{{{digits}}}$", *_STYLES)
    else:
        styles = _STYLES
    if not any(pc.all(pc.match_substring_regex(column, style)).as_py() for style in styles):
        return None
    try:
        return column.cast(pa.float64())
    except pa.ArrowInvalid:
        return None


def number_words(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The distinct texts of a column that may be numbers with signs, else None.

    The sign of a currency around all of them is left out.
    """
    import pyarrow.compute as pc

    head = column.slice(0, 50 * _HEAD).drop_null()[:_HEAD].to_pylist()
    if not all(_maybe(v.strip(CURRENCIES + " -+")) for v in head):
        return None
    words = without_currency(pc.unique(without_words(column)).drop_null())
    return words if len(words) else None
