"""Column mappings: what they accept, what they refuse."""

import pytest

from causalrec.core.errors import CausalRecError, DataError, ParamError
from causalrec.data.dataset.mapping import ColumnMapping, meaning_of


def test_one_outcome_is_short_for_outcomes():
    assert ColumnMapping(item="i", outcome="c").named_outcomes == {"c": "c"}
    assert ColumnMapping(item="i", outcomes=("a", "b")).named_outcomes == {"a": "a", "b": "b"}
    named = ColumnMapping(item="i", outcomes={"click": "tapped"}).named_outcomes
    assert named == {"click": "tapped"}


def test_a_column_mapped_twice_says_which():
    with pytest.raises(DataError) as caught:
        ColumnMapping(user="id", item="id")
    assert "“id”" in caught.value.text
    assert "user" in caught.value.text
    assert "item" in caught.value.text
    assert caught.value.hint


@pytest.mark.parametrize(
    "values", [{}, {"item": 3}, {"item": "i", "colour": "c"}, {"item": "i", "positive": {"a": "x"}}]
)
def test_a_bad_mapping_is_our_error(values):
    with pytest.raises(CausalRecError):
        ColumnMapping(**values)


def test_a_missing_item_is_a_parameter_error():
    with pytest.raises(ParamError):
        ColumnMapping(user="u")


def test_a_column_that_is_not_there_lists_those_that_are():
    with pytest.raises(DataError) as caught:
        ColumnMapping(user="u", item="i").check(["u", "thing"])
    assert "“i”" in caught.value.text
    assert "thing" in caught.value.hint


def test_a_mapping_survives_json():
    mapping = ColumnMapping(
        item="i", outcomes={"click": "c"}, positive=4, text="t", covariates=["x"]
    )
    assert ColumnMapping.model_validate_json(mapping.model_dump_json()) == mapping


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("is_click", "click"),
        ("Clicked", "click"),
        ("转化", None),
        ("成交", "purchase"),
        ("x", None),
    ],
)
def test_names_tell_meanings(name, meaning):
    assert meaning_of(name) == meaning
