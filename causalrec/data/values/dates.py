"""Dates written as text: one order of day, month and year a column, by the whole column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.data.values.date_text import (
    NOT_A_TIME,
    clock,
    composed,
    date_parts,
    named_dates,
    split_clock,
    western,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ORDERS", "Dates", "read_dates"]

ORDERS = ("dmy", "mdy", "ymd", "ydm")
"""Orders of day, month and year in dates that are all figures."""

_ISO_ZONE = r"\d[T ]\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"


@dataclass(frozen=True, eq=False)
class Dates:
    """Texts read as times.

    Attributes:
        times: datetime64[us] (n,), UTC, NaT where unreadable.
        zoned: bool (n,), whether the text names its zone.
        order: the order taken for dates that are all figures; None where none is.
        doubt: "none"; "absent": no day tells the orders apart; "mixed": days speak for both.
        other: the order that may be meant instead, where there is doubt.
        against: texts (indices) that only the other order reads.
        open: texts (indices, up to 3) that the two orders read differently, and both readings.
    """

    times: np.ndarray
    zoned: np.ndarray
    order: str | None = None
    doubt: str = "none"
    other: str | None = None
    against: np.ndarray | None = None
    open: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None


def read_dates(texts: pd.Series, counts: np.ndarray, order: str | None = None) -> Dates:
    """Read distinct texts as times.

    Args:
        texts: distinct, shape (n,).
        counts: how many rows say each, int (n,).
        order: one of `ORDERS`; None goes by the texts.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = pc.utf8_trim_whitespace(pa.array(texts.astype(object), pa.string()))
    times, zoned = _iso(plain)
    work = np.flatnonzero(np.isnat(times))
    if order != "ydm" and not len(work):
        return Dates(times, zoned)
    dates = _by_days(western(plain.take(pa.array(work))), counts[work], order)
    if order == "ydm" or (dates.order == "ydm" and len(work) < len(times)):
        work = np.arange(len(times))  # what ISO takes for year, month, day is meant otherwise
        dates = _by_days(western(plain), counts, order)
    times[work], zoned[work] = dates.times, dates.zoned
    shown = dates.open and (work[dates.open[0]], *dates.open[1:])
    against = None if dates.against is None else work[dates.against]
    return replace(dates, times=times, zoned=zoned, against=against, open=shown)


def _by_days(texts: pa.Array, counts: np.ndarray, order: str | None) -> Dates:
    """Days and clocks are read once each, then put together."""
    import pyarrow as pa

    days, clocks = split_clock(texts)
    day, day_texts = pd.factorize(days)
    hour, hour_texts = pd.factorize(clocks)
    distinct = pa.array(day_texts.astype(object), pa.string())
    by_day = _ordered(date_parts(distinct), np.bincount(day, counts).astype(int), order)
    told_times, told_zones = named_dates(distinct)
    by_name = np.isnat(by_day.times) & ~np.isnat(told_times)
    dates = np.where(by_name, told_times, by_day.times)
    since, zones = clock(pd.Series(hour_texts, dtype=object))
    times = dates[day] + since[hour]
    zoned = (by_day.zoned | told_zones)[day] | zones[hour]
    rest = np.flatnonzero(np.isnat(times))  # the clock may stand before the year
    if len(rest):
        times[rest], zoned[rest] = named_dates(texts.take(pa.array(rest)))
    by_day = replace(by_day, times=times, zoned=zoned)
    if by_day.against is None or by_day.open is None:
        return by_day
    first = np.unique(day, return_index=True)[1][by_day.open[0]]
    mine, theirs = (start + since[hour[first]] for start in by_day.open[1:])
    against = np.flatnonzero(np.isin(day, by_day.against))
    return replace(by_day, against=against, open=(first, mine, theirs))


def _iso(plain: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    import pyarrow.compute as pc

    read = pd.to_datetime(
        pd.Series(plain.to_pandas(), dtype="str"), utc=True, errors="coerce", format="ISO8601"
    )
    zoned = np.asarray(pc.match_substring_regex(plain, _ISO_ZONE).fill_null(fill_value=False))
    return read.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").copy(), zoned.copy()


def _read(parts: dict[str, np.ndarray], order: str) -> np.ndarray:
    """Dates of figures in an order; a year of four figures stands where it stands."""
    first = parts["first_long"] > 0
    last = parts["last_long"] > 0
    place = {sign: parts[cell] for sign, cell in zip(order, "abc", strict=True)}
    times = composed(parts, place["y"], place["m"], place["d"])
    wrong = (first & (order[0] != "y")) | (last & (order[2] != "y"))
    return np.asarray(np.where(wrong, NOT_A_TIME, times))


def _ordered(parts: dict[str, np.ndarray], counts: np.ndarray, order: str | None) -> Dates:
    """Give the dates of figures their order, and say how sure it is."""
    times = np.full(len(counts), np.datetime64("NaT"), dtype="datetime64[us]")
    zoned = parts["zoned"] > 0
    rows = ~np.isnan(parts["a"])
    early = rows & (parts["first_long"] > 0)
    front = order if order in ("ymd", "ydm") else None
    if early.any():
        front = front or max(("ymd", "ydm"), key=lambda o: counts[~np.isnat(_read(parts, o))].sum())
        times[early] = _read(parts, front)[early]
    late = rows & ~early
    if not late.any():
        return Dates(times, zoned, order=front)
    fits = order in ORDERS and (order[2] == "y" or not (parts["last_long"][late] > 0).any())
    if order is not None and fits:
        times[late] = _read(parts, order)[late]
        return Dates(times, zoned, order=order)
    return _settled(parts, late, times, counts)


def _settled(
    parts: dict[str, np.ndarray], rows: np.ndarray, times: np.ndarray, counts: np.ndarray
) -> Dates:
    """The order that suits the dates best whose year does not come first in four figures."""
    years_last = (parts["last_long"][rows] > 0).any()
    usual = ("dmy", "mdy") if years_last else ("dmy", "mdy", "ymd")
    reads = {o: np.where(rows, _read(parts, o), NOT_A_TIME) for o in usual}
    fits = {o: _fit(reads[o], rows, counts) for o in usual}
    chosen, other = sorted(usual, key=lambda o: fits[o], reverse=True)[:2]
    if chosen != "ymd":
        other = "mdy" if chosen == "dmy" else "dmy"
    times[rows] = reads[chosen][rows]
    mine, theirs = ~np.isnat(reads[chosen]), ~np.isnat(reads[other])
    differ = mine & theirs & (reads[chosen] != reads[other])
    against = np.flatnonzero(theirs & ~mine)
    ahead = chosen == "ymd" and fits[other][1] < 1.0
    dates = Dates(times, parts["zoned"] > 0, order=chosen)
    if ahead or (not len(against) and ((mine & ~theirs).any() or not differ.any())):
        return dates
    shown = np.flatnonzero(differ)[:3]
    return replace(
        dates,
        doubt="mixed" if len(against) else "absent",
        other=other,
        against=against,
        open=(shown, reads[chosen][shown], reads[other][shown]),
    )


def _fit(
    read: np.ndarray, rows: np.ndarray, counts: np.ndarray
) -> tuple[float, float, float, float]:
    """How well an order suits: rows read, none of them ahead of now, close together, in turn."""
    good = ~np.isnat(read)
    total = float(counts[rows].sum())
    now = np.datetime64("now") + np.timedelta64(2, "D")
    past = float(counts[good & (read <= now)].sum()) / total
    moments = read[good].astype("int64")
    turn = float((np.diff(moments) >= 0).mean()) if len(moments) > 1 else 1.0
    span = float(moments.max() - moments.min()) / 8.64e10 if len(moments) else np.inf
    return (float(counts[good].sum()) / total, past, -np.log1p(span), turn)
