"""Units over days or weeks: means, sums with their zeros, periods counted from a start."""

from __future__ import annotations

import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.tables.panel_table import panel_table, panel_units


@pytest.fixture(scope="module")
def log() -> cr.Dataset:
    """Two users over 21 days from a Monday on; b buys every third day and is marked on day 10."""
    days = pd.date_range("2024-01-01", periods=21)
    rows = [("a", day, 0, 0) for day in days[::2]]
    rows += [("b", day, int(at % 3 == 0), int(at >= 10)) for at, day in enumerate(days)]
    frame = pd.DataFrame(rows, columns=["user", "time", "purchase", "promo"]).assign(item="i")
    mapping = cr.ColumnMapping(
        user="user", item="item", time="time", outcome="purchase", covariates=("promo",)
    )
    return cr.Dataset.from_frame(frame, mapping)


def test_sums_count_times_without_rows_as_nothing(log: cr.Dataset) -> None:
    table = panel_table(log, "purchase", unit="user", period="day", measure="sum")
    assert len(table) == 42
    assert table["purchase"].sum() == 7
    assert not table["purchase"].isna().any()
    means = panel_table(log, "purchase", unit="user", period="day")
    assert (means["unit"] == "a").sum() == 11


def test_weeks_begin_on_monday_or_at_the_start_and_are_whole(log: cr.Dataset) -> None:
    plain = panel_table(log, "purchase", unit="user")
    assert sorted(plain["time"].dt.day.unique()) == [1, 8, 15]
    counted = panel_table(log, "purchase", unit="user", start="2024-01-11")
    assert sorted(counted["time"].dt.day.unique()) == [4, 11]


def test_a_unit_is_treated_from_its_first_mark_or_throughout(log: cr.Dataset) -> None:
    table = panel_table(
        log, "purchase", unit="user", period="day", measure="sum", treatment="promo"
    )
    mine = table[table["unit"] == "b"]
    assert mine["treatment"].tolist() == [0] * 10 + [1] * 11
    assert table.loc[table["unit"] == "a", "treatment"].max() == 0
    asked = {"unit": "user", "treatment": "promo", "start": "2024-01-11"}
    ever = panel_table(log, "purchase", **asked).groupby("unit")["treatment"].unique()
    assert {name: list(values) for name, values in ever.items()} == {"a": [0.0], "b": [1.0]}


def test_one_series_and_what_is_unknown(log: cr.Dataset) -> None:
    series = panel_table(log, "purchase", period="day")
    assert list(series.columns) == ["time", "purchase"]
    assert len(series) == 21
    assert panel_units(log) == ("user", "item")
    for wrong in ({"outcome": "x"}, {"unit": "x"}, {"treatment": "x"}):
        with pytest.raises(cr.CausalRecError):
            panel_table(log, **{"outcome": "purchase", **wrong})
    bare = cr.Dataset.from_frame(
        pd.DataFrame({"i": ["a"], "y": [1.0]}), cr.ColumnMapping(item="i", outcome="y")
    )
    with pytest.raises(cr.CausalRecError, match="times"):
        panel_table(bare, "y")
