"""The parts of dates that are written as text: day, month, year, clock, zone.

All by vectorised patterns; a month may be a word, signs may be Chinese, Japanese or Korean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NOT_A_TIME", "clock", "composed", "date_parts", "named_dates", "split_clock", "western"]

NOT_A_TIME = np.datetime64("NaT", "us")
_MONTHS = (
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
)
_EASTERN = (
    ("[年년月월]", "-"),
    ("[日号號일]", " "),
    (r"\(?(?:星期|周|週)[一二三四五六日天]\)?", " "),
    ("上午|午前|오전|凌晨|早上", " AM "),
    ("下午|午後|오후|晚上|中午", " PM "),
    (r"[时時点點시]\s*(\d)", r":\1"),
    (r"[时時点點시]", ":00"),
    (r"[分분]\s*(\d)", r":\1"),
    ("[分분秒초]", ""),
)
_ZONE = r"\s*(?P<z>Z|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?"
_CLOCK = (
    r"(?:(?P<before>[AP])\.?M\.?\s*)?(?P<H>\d{1,2})(?:[:.h](?P<M>\d{1,2})"
    r"(?:[:.](?P<S>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?)?\s*(?:(?P<after>[AP])\.?M\.?)?(?:UHR|HRS)?"
)
_REST = rf"(?:(?:[\sT,]+|:){_CLOCK})?{_ZONE}\s*$"
_LATE = rf"(?:[\sT,]+{_CLOCK})?{_ZONE}\s*$"
_TWO = r"^(?P<day>.*?\S)(?:[\sT,]+|:)(?P<clock>(?:[AP]\.?M\.?\s*)?\d{1,2}:\d{1,2}.*)$"
_TH = "(?:ST|ND|RD|TH)?"
_FIGURES = (
    r"^(?P<a>\d{1,4})\s*[-/.\s]\s*(?P<b>\d{1,2})\s*[-/.\s]\s*(?P<c>\d{4}|\d{1,2})\s*\.?" + _REST
)
_NAMED = (
    rf"^(?P<d>\d{{1,2}}){_TH}[-\s./]*@(?P<m>\d+)@[-\s.,/']*(?P<y>\d{{4}}|\d{{2}}){_REST}",
    rf"^@(?P<m>\d+)@[-\s.]*(?P<d>\d{{1,2}}){_TH}[-\s,/]+(?P<y>\d{{4}}|'?\d{{2}}){_LATE}",
    rf"^(?P<y>\d{{4}})[-\s./]*@(?P<m>\d+)@[-\s./]*(?P<d>\d{{1,2}}){_REST}",
    rf"^@(?P<m>\d+)@\s+(?P<d>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<y>\d{{4}})$",
)


def western(plain: pa.Array) -> pa.Array:
    """Chinese, Japanese and Korean dates with the signs of western ones; no day of the week."""
    import pyarrow.compute as pc

    if not pc.all(pc.string_is_ascii(plain)).as_py():
        for pattern, sign in _EASTERN:
            plain = pc.replace_substring_regex(plain, pattern, sign)
    week = r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+"
    return pc.utf8_upper(pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, week, "")))


def date_parts(texts: pa.Array) -> dict[str, np.ndarray]:
    """Parts of dates that are all figures, float64 (n,), NaN where a text is no such date.

    Returns:
        a, b, c: the figures in their order; first_long, last_long: 1 where `a` or `c` is a
        year of four figures; H, M, S, f (microseconds), half, offset (minutes), zoned.
    """
    return _parts(texts, _FIGURES)


def split_clock(texts: pa.Array) -> tuple[pd.Series, pd.Series]:
    """The day and the clock of each text ("" where it has none): few of each among many texts."""
    import pyarrow.compute as pc

    halves = pc.extract_regex(texts, _TWO)
    if not halves.null_count:
        day, clock_ = (pc.struct_field(halves, name) for name in ("day", "clock"))
    else:
        there = halves.is_valid()
        day = pc.if_else(there, pc.struct_field(halves, "day"), texts)
        clock_ = pc.if_else(there, pc.struct_field(halves, "clock"), "")
    return day.to_pandas(), clock_.to_pandas()


def clock(texts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Time since midnight in UTC, timedelta64[us] (n,), NaT where unreadable; names its zone."""
    import pyarrow as pa

    parts = _parts(pa.array(texts.astype(object), pa.string()), rf"^{_CLOCK}{_ZONE}\s*$")
    ones = np.ones(len(texts))
    times = composed(parts, 1970 * ones, ones, ones) - np.datetime64(0, "us")
    read = np.where(np.isnan(parts["H"]), np.timedelta64("NaT", "us"), times)
    bare = (texts == "").to_numpy()
    return np.where(bare, np.timedelta64(0, "us"), read), parts["zoned"] > 0


def named_dates(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Times of the texts whose month is a word, and whether they name a zone."""
    import pyarrow.compute as pc

    times = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    zoned = np.zeros(len(texts), dtype=bool)
    if not pc.any(pc.match_substring_regex(texts, "[A-Z]{3}")).as_py():
        return times, zoned
    for number, name in enumerate(_MONTHS, start=1):
        texts = pc.replace_substring_regex(texts, f"(?i){name}", f"@{number}@")
    for pattern in _NAMED:
        parts = _parts(texts, pattern)
        moments = composed(parts, parts["y"], parts["m"], parts["d"])
        new = np.isnat(times) & ~np.isnat(moments)
        times[new], zoned[new] = moments[new], parts["zoned"][new] > 0
    return times, zoned


def _parts(texts: pa.Array, pattern: str) -> dict[str, np.ndarray]:
    """Parts of the texts by a pattern as float64 (n,), NaN where they do not fit."""
    import pyarrow.compute as pc

    groups = pc.extract_regex(texts, f"(?i){pattern}")
    there = np.asarray(groups.is_valid())
    parts: dict[str, np.ndarray] = {}
    cells = {field.name: pc.struct_field(groups, field.name) for field in groups.type}
    for name in "abcymdHMS":
        if name in cells:
            text = pd.Series(cells[name].to_pandas(), dtype="str").str.lstrip("'")
            parts[name] = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    fraction = pd.Series(cells["f"].to_pandas(), dtype="str").fillna("")
    digits = pd.to_numeric(fraction.where(fraction != "", "0").str.pad(6, "right", "0").str[:6])
    parts["f"] = np.where(there, digits.to_numpy(dtype=float), 0.0)
    half = [pd.Series(cells[n].to_pandas(), dtype="str").fillna("") for n in ("before", "after")]
    # 0: no half of the day is named, 1: before noon, 2: after noon.
    parts["half"] = (half[0] + half[1]).map({"": 0, "A": 1, "P": 2}).fillna(-1).to_numpy(float)
    zone = pd.Series(cells["z"].to_pandas(), dtype="str").fillna("")
    parts["zoned"] = (zone != "").to_numpy(dtype=float)
    hours = zone.str.extract(r"([+-])(\d{1,2}):?(\d{2})?")
    minutes = pd.to_numeric(hours[1]).fillna(0) * 60 + pd.to_numeric(hours[2]).fillna(0)
    parts["offset"] = np.where(hours[0] == "-", -minutes, minutes).astype(float)
    if "a" in parts:
        parts["first_long"] = _width(cells["a"])
        parts["last_long"] = _width(cells["c"])
    return parts


def _width(cell: pa.Array) -> np.ndarray:
    import pyarrow.compute as pc

    return np.asarray(pc.utf8_length(cell).to_pandas() > 2, dtype=float)


def composed(
    parts: dict[str, np.ndarray], year: np.ndarray, month: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """Times, datetime64[us] (n,), NaT where there is no such day or hour."""
    year = np.where(year < 100, year + np.where(year < 69, 2000, 1900), year)
    hour, minute, second = (np.nan_to_num(parts[name]) for name in "HMS")
    half = parts["half"]
    good = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    good &= (hour < 24) & (minute < 60) & (second < 61) & (half >= 0)
    good &= (half == 0) | ((hour >= 1) & (hour <= 12))
    y, m, d = (np.where(good, part, 1).astype(int) for part in (year, month, day))
    months = (y - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (m - 1)
    days = months.astype("datetime64[D]") + (d - 1)
    good &= days.astype("datetime64[M]") == months
    hour = np.where(half > 0, hour % 12 + 12 * (half == 2), hour)
    seconds = hour * 3600 + minute * 60 + second - np.nan_to_num(parts["offset"]) * 60
    micros = (seconds * 1_000_000 + np.nan_to_num(parts["f"])).astype("timedelta64[us]")
    times = days.astype("datetime64[us]") + micros
    return np.asarray(np.where(good, times, np.datetime64("NaT", "us")))
