"""What all targets draw from: odd texts, values of JSON, bytes that were spoilt."""

from __future__ import annotations

from random import Random
from typing import Any

__all__ = ["NAMES", "ODD", "cut_or_twist", "json_value", "spoilt"]

NAMES = [
    *("user_id", "item_id", "user", "item", "timestamp", "time", "date", "click", "rating"),
    *("purchase", "price", "propensity", "position", "event", "category", "session", "exposed"),
    *(
        "用户",
        "评分",
        "",
        " ",
        "a b",
        'with "quotes"',
        "semi;colon",
        "{x}",
        "{0}",
        "%s",
        "<b>",
        "id",
    ),
    *("é", "e\u0301", "😀", "\u202eabc", "null", "NaN", "True", "0", "index", "n" * 300, "USER_ID"),
]
ODD = [
    *("", " ", "NA", "NULL", "nan", "inf", "-inf", "1e400", "1E5", "-0", "0x10", "1_000", "1,5"),
    *("9" * 40, "007", "1.0", "2024-02-30", "31/12/2024", "12/31/2024", "20240131", "0001-01-01"),
    *(
        "1700000000",
        "1700000000000",
        "2024年1月2日",
        "2024-01-01T00:00:00+14:00",
        "01:10",
        "½",
        "²",
    ),
    *(
        "true",
        "False",
        "是",
        "\\N",
        "None",
        "\x00",
        "\x1f",
        "\u2028",
        "\ufeff",
        "a\tb",
        "a\nb",
        "\r",
    ),
    *(
        'a"b',
        "'",
        ";",
        "|",
        "=1+1",
        "{}",
        "[]",
        '{"a":1}',
        "../../etc/passwd",
        "<script>",
        "e" * 500,
    ),
]
_NUMBERS = [0, 1, -1, 2, 3.5, -0.0, 1e308, 5e-324, 2**31, 2**63, 2**64, 10**30, True, False]
_PIECES = [b"\x00", b'"', b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b",", b"\x1f", b"{", b"]"]


def json_value(r: Random, depth: int = 0) -> Any:
    """Any value that JSON can hold (also the numbers that it should not)."""
    kind = r.randrange(8 if depth < 3 else 5)
    if kind == 0:
        return None
    if kind == 1:
        return r.choice(_NUMBERS)
    if kind == 2:
        return r.choice(
            [float("nan"), float("inf"), -float("inf"), r.gauss(0, 1), r.randrange(100)]
        )
    if kind in (3, 4):
        return r.choice(ODD if kind == 3 else NAMES)
    if kind == 5:
        return [json_value(r, depth + 1) for _ in range(r.randrange(4))]
    return {r.choice(NAMES): json_value(r, depth + 1) for _ in range(r.randrange(4))}


def spoilt(r: Random, value: Any, share: float = 0.06) -> Any:
    """A document of which some parts were left out, doubled or replaced."""
    if r.random() < share:
        return json_value(r)
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if r.random() > share / 3}
        return {
            (r.choice(NAMES) if r.random() < share / 4 else key): spoilt(r, one, share)
            for key, one in kept.items()
        }
    if isinstance(value, list):
        made = [spoilt(r, one, share) for one in value[:200] if r.random() > share / 3]
        return made + made[:1] if r.random() < share else made
    return value


def cut_or_twist(r: Random, raw: bytes, most: int = 5) -> bytes:
    """Bytes with a few places changed, left out, doubled, or with an end cut off."""
    for _ in range(r.randint(1, most)):
        at = r.randrange(len(raw) + 1)
        how = r.randrange(5)
        if how == 0:
            raw = raw[:at] + bytes([r.randrange(256)]) + raw[at + 1 :]
        elif how == 1:
            raw = raw[:at] + raw[at + r.choice([1, 4, 60]) :]
        elif how == 2:
            raw = raw[:at] + raw[at : at + r.choice([3, 30, 300])] + raw[at:]
        elif how == 3:
            raw = raw[:at] + r.choice(_PIECES) + raw[at:]
        elif r.random() < 0.3:
            raw = raw[:at]
    return raw
