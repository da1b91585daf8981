"""What outcomes are is read off a log's mapping, names and values, and said in two languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.words import LANGUAGES
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.log_outcomes import outcome_values, outcomes_of
from causalrec.data.dataset.outcomes import outcome_named, same_outcome
from causalrec.whatif.changes.metric_kinds import measure


@pytest.mark.parametrize(
    ("name", "kind", "unit", "money", "good"),
    [
        ("click", "share", "", False, 1),
        ("rating", "mean", "points", False, 1),
        ("minutes_listened", "sum", "min", False, 1),
        ("watchSeconds", "sum", "s", False, 1),
        ("gmv", "sum", "", True, 1),
        ("listens", "sum", "", False, 1),
        ("is_skipped", "share", "", False, -1),
        ("churned", "share", "", False, -1),
        ("refund", "share", "", False, -1),
        ("something", "mean", "", False, 1),
    ],
)
def test_what_a_name_tells(name, kind, unit, money, good) -> None:
    one = outcome_named(name)
    assert (one.kind, one.unit, one.money, one.good) == (kind, unit, money, good)
    assert measure(name).good == good
    for lang in LANGUAGES:
        assert measure(name).name.to(lang)


def log(**columns) -> Dataset:
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({"u": [f"u{i % 3}" for i in range(n)], "i": ["a"] * n, **columns})
    about = {"mood": {"unit": "smiles", "good": -1, "kind": "sum"}}
    names = tuple(name for name in columns if name != "paid")
    mapping = cr.ColumnMapping(
        user="u", item="i", outcomes=names, about=about, price="paid" if "paid" in columns else None
    )
    return Dataset.from_frame(frame, mapping)


def test_values_and_the_person_say_what_a_name_does_not() -> None:
    data = log(
        watch_share=[0.2, 0.5, 1.0], skips=[0.0, 3.0, 1.0], mood=[1.0, 5.0, 2.0], liked=[0, 1, 1]
    )
    told = outcomes_of(data)
    assert list(told) == ["watch_share", "skips", "mood", "liked"]
    assert told["watch_share"].kind == "share"
    assert told["skips"].kind == "sum"  # counts, whatever the name's usual kind
    assert told["liked"].kind == "share"
    mood = told["mood"]
    assert (mood.unit, mood.good, mood.kind) == ("smiles", -1, "sum")
    assert str(measure("mood", about=mood).amount(-1.25, signed=True)) == "−1.25 smiles"
    again = cr.ColumnMapping(**data.mapping.model_dump())
    assert again.about == data.mapping.about


def test_money_is_a_sale_times_its_price_where_the_log_has_none_itself() -> None:
    data = log(buy=[0, 1, 1], paid=[2.0, 3.0, np.nan])
    told = outcomes_of(data)
    money = next(one for one in told.values() if one.money)
    assert (money.source, money.times) == ("buy", "price")
    assert outcome_values(data, money).tolist()[:2] == [0.0, 3.0]
    own = outcomes_of(log(buy=[0, 1, 1], sales=[0.0, 9.0, 4.0], paid=[2.0, 3.0, 1.0]))
    assert [one.name for one in own.values() if one.money] == ["sales"]


def test_two_outcomes_of_one_meaning_keep_their_names() -> None:
    told = outcomes_of(log(bought=[0, 1, 1], ordered=[0, 0, 1]))
    names = [str(measure(name, about=one).name) for name, one in told.items()]
    assert names == ["Conversion", "Share with ordered"]
    assert same_outcome("ctr", "clicked")
