"""Times: one order of day and month a column, figures and epochs, what is in doubt is told."""

import datetime

import numpy as np
import pandas as pd
import pytest

from causalrec.data.values.times import are_numeric_times, parse_times, read_times, stand_ins

DAYS = pd.Series(pd.date_range("2021-03-01 10:15", periods=40, freq="D"))


def told(values, unit=None):
    return [one.name for one in read_times(pd.Series(values, name="when"), unit).oddities]


@pytest.mark.parametrize(
    "form",
    [
        "%d.%m.%Y",
        "%d.%m.%Y %H:%M",
        "%d/%m/%Y %I:%M %p",
        "%d-%m-%Y %H.%M.%S",
        "%d/%m/%y",
        "%m/%d/%Y",
        "%m-%d-%y %H:%M",
        "%y/%m/%d",
        "%Y/%d/%m",
        "%Y.%m.%d %H:%M:%S",
        "%d %b %Y",
        "%d-%b-%y",
        "%B %d, %Y %I:%M %p",
        "%a %b %d %H:%M:%S +0000 %Y",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%Y年%m月%d日 %H时%M分",
        "%Y%m%d",
        "%Y%m%d%H%M",
        "%Y%m%d%H%M%S",
    ],
)
def test_every_day_is_read_by_the_order_of_the_whole_column(form):
    read = parse_times(DAYS.dt.strftime(form))
    right = DAYS if "%M" in form else DAYS.dt.normalize()
    assert read.tolist() == right.tolist()
    if form.startswith("%Y%m%d"):
        figures = DAYS.dt.strftime(form).astype("int64")
        assert parse_times(figures).tolist() == right.tolist()
        assert (
            parse_times(figures.astype(float).where(DAYS.index > 0)).tolist()[1:]
            == (right.tolist()[1:])
        )


def test_days_up_to_twelve_leave_the_order_open_and_both_are_shown():
    texts = ["05/03/2021", "06/03/2021", "07/03/2021", "08/03/2021"]
    read = read_times(pd.Series(texts, name="when"))
    assert [one.name for one in read.oddities] == ["date_order_absent"]
    examples = read.oddities[0].examples
    assert list(examples.columns) == ["when", "dd/mm/yyyy", "mm/dd/yyyy"]
    assert len(examples) == 3
    assert examples["dd/mm/yyyy"][0] == pd.Timestamp("2021-03-05")
    assert examples["mm/dd/yyyy"][0] == pd.Timestamp("2021-05-03")
    chosen = read_times(pd.Series(texts), "mdy")
    assert chosen.times[0] == pd.Timestamp("2021-05-03")
    assert not chosen.oddities


def test_days_that_speak_for_both_orders_are_told_and_the_fewer_are_not_swapped():
    texts = ["13/03/2021", "14/03/2021", "05/03/2021", "03/25/2021"]
    read = read_times(pd.Series(texts, name="when"))
    assert [one.name for one in read.oddities] == ["date_order_mixed"]
    assert read.oddities[0].count == 1
    assert read.times[2] == pd.Timestamp("2021-03-05")
    assert pd.isna(read.times[3])


def test_seconds_and_milliseconds_in_one_column_are_both_read_and_told():
    values = pd.Series([1_600_000_000, 1_600_000_001, 1_600_000_000_000], name="when")
    read = read_times(values)
    assert read.times.dt.year.tolist() == [2020, 2020, 2020]
    assert [one.name for one in read.oddities] == ["time_units_mixed"]
    assert read.oddities[0].count == 1
    assert told(values.astype(str).tolist()) == ["time_units_mixed"]
    assert not told([1_600_000_000, 0, np.nan])


def test_epochs_and_dates_in_one_column_are_both_read():
    read = parse_times(pd.Series(["1600000000", "2020-09-13", "soon"]))
    assert read.dt.year.tolist()[:2] == [2020, 2020]
    assert pd.isna(read[2])


def test_nanoseconds_keep_their_microseconds():
    assert parse_times(pd.Series([1_582_218_195_625_938_001]))[0].microsecond == 625_938


def test_small_numbers_are_a_clock_and_may_be_days_of_a_spreadsheet():
    assert told([1, 2, 3]) == ["time_is_clock"]
    assert told([44_000.5, 44_001]) == ["time_is_days"]
    read = parse_times(pd.Series([44_000.5]), "excel")
    assert read[0] == pd.Timestamp("2020-06-18 12:00")


def test_zones_are_told():
    assert told(["2021-03-05T10:00:00+02:00", "2021-03-05 10:00"]) == ["zones_mixed"]
    assert told(["2021-03-05 10:00"]) == ["zone_assumed"]
    assert not told(["2021-03-05T10:00:00Z"])
    assert not told(["2021-03-05"])  # a day needs no zone
    there = pd.Series(pd.to_datetime(["2021-01-01"]).tz_localize("Asia/Shanghai"))
    assert parse_times(there)[0] == pd.Timestamp("2020-12-31 16:00")
    assert not told(there)


def test_what_is_no_time_is_unreadable_and_nothing_breaks():
    odd = [b"\xff", [1], {"a": 1}, True, "31.02.2021", "05.03.2021 25:00", None, "1.2.3.4", np.inf]
    for value in odd:
        assert parse_times(pd.Series([value, value], dtype=object)).isna().all(), value
    assert parse_times(pd.Series([datetime.date(2021, 3, 5)]))[0] == pd.Timestamp("2021-03-05")
    assert parse_times(pd.Series(["2021-03-05"], dtype="category"))[0].day == 5


def test_sizes_of_times():
    assert are_numeric_times(pd.Series([1_600_000_000, 1_600_000_001]))
    assert are_numeric_times(pd.Series([20_210_305, 20_210_306]))
    assert not are_numeric_times(pd.Series([12_345_678, 87_654_321]))


def test_zero_stands_for_a_missing_time_unless_the_clock_starts_there():
    times = parse_times(pd.Series([0, 1_600_000_000, 1_600_000_001]), "s")
    assert stand_ins(times).tolist() == [True, False, False]
    assert not stand_ins(parse_times(pd.Series([0, 1, 2]), "s")).any()
