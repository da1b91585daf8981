"""Numbers as text: one decimal sign a column."""

import numpy as np
import pandas as pd
import pytest

from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.values.numbers import read_numbers, to_number


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["4,5", "3", "2,5"], [4.5, 3, 2.5]),
        (["12,00", "1.234,50", "1.234"], [12, 1234.5, 1234]),
        (["1,234.50", "7", "1,234,567"], [1234.5, 7, 1234567]),
        (["1 234,5", "-0,25"], [1234.5, -0.25]),
        (["$1,234.50", "€ 3.20", "7 €"], [1234.5, 3.2, 7]),
        (["1'234.50", "2"], [1234.5, 2]),
        (["1e3", "2.5", ".5"], [1000, 2.5, 0.5]),
        (["12,34,567.5", "1"], [1234567.5, 1]),
        (["yes", "no", ""], [1, 0, np.nan]),
        (["4.5", "n/a", "abc"], [4.5, np.nan, np.nan]),
        ([b"4", [1], {"a": 1}], [4, np.nan, np.nan]),
    ],
)
def test_a_column_is_read_in_one_way(texts, expected):
    np.testing.assert_allclose(to_number(pd.Series(texts, dtype=object)), expected)


def test_a_lone_comma_before_three_figures_is_told_and_can_be_chosen():
    values = pd.Series(["1,234", "2,500"], name="price")
    read = read_numbers(values)
    assert [one.name for one in read.oddities] == ["decimal_sign_unsure"]
    assert read.values.tolist() == [1234, 2500]  # noqa: PD011 - a field, no frame
    assert read_numbers(values, ",").values.tolist() == [1.234, 2.5]  # noqa: PD011
    assert not read_numbers(values, ",").oddities


def test_amounts_in_several_currencies_are_told():
    read = read_numbers(pd.Series(["$5", "€6.50", "7"], name="price"))
    assert read.values.tolist() == [5, 6.5, 7]  # noqa: PD011 - a field, no frame
    (one,) = read.oddities
    assert (one.name, one.count, one.values["signs"]) == ("currencies_mixed", 2, "$, €")  # noqa: PD011
    assert not read_numbers(pd.Series(["$5", "$6.50", "7"])).oddities


def test_the_mapping_names_the_decimal_sign():
    frame = pd.DataFrame({"i": ["a", "b"], "p": ["1,234", "2,500"], "r": ["x", "4"]})
    plain = Dataset.from_frame(frame, ColumnMapping(item="i", price="p", outcome="r"))
    keys = [note.key for note in plain.notes]
    assert keys == ["data.finding_decimal_sign_unsure", "data.finding_unreadable_numbers"]
    chosen = Dataset.from_frame(frame, ColumnMapping(item="i", price="p", decimal=","))
    assert chosen.frame["price"].tolist() == [1.234, 2.5]
