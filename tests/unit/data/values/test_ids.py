"""Ids: text everywhere, nothing merges, nothing is lost; the same when somebody asks."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from causalrec.core.errors import DataError, ParamError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.storage.store import load_dataset, save_dataset
from causalrec.data.values.asked_ids import asked_id, codes_of, listed, named
from causalrec.data.values.ids import clean_text_ids, encode_ids, labels

BIG = 1_582_218_195_625_938_000


def ids(values, **kind):
    return list(clean_text_ids(pd.Series(values, **kind)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1E5", "10E4", "100000"], ["1E5", "10E4", "100000"]),
        (["1.10", "1.1", "1"], ["1.10", "1.1", "1"]),
        (["1.0", "2.0", ""], ["1", "2", None]),
        (["1.0", "1"], ["1.0", "1"]),
        (["007", "7", "07.0"], ["007", "7", "07.0"]),
        (["01:10", "1:10", "true"], ["01:10", "1:10", "true"]),
        (["12345678901234567890", "12345678901234567891"],) * 2,
        (["NA", "null", "None", "nan", None], ["NA", "null", "None", "nan", None]),
        ([" a", "a\u00a0", "a b"], ["a", "a", "a b"]),
        ([1.0, 2.0, np.nan], ["1", "2", None]),
        ([1.0, 1.5], ["1.0", "1.5"]),
        ([1, "1", 2.0, "x"], ["1", "1", "2", "x"]),
        ([True, 1], ["True", "1"]),
        ([10**20, None], ["100000000000000000000", None]),
        ([Decimal(5), Decimal("5.50"), Decimal(10**19)], ["5", "5.50", str(10**19)]),
        ([b"ab ", b"\xff"], ["ab", "\\xff"]),
    ],
)
def test_an_id_is_text_as_it_is_written(values, expected):
    assert ids(values, dtype=object) == expected


def test_every_kind_of_column_gives_the_same_ids():
    for kind in ("Int64", "int64[pyarrow]", "category", "string", "str", object):
        values = pd.Series([5, 7], dtype="Int64").astype(kind)
        assert list(clean_text_ids(values)) == ["5", "7"], kind
    holed = pd.Series([BIG, None, BIG + 1], dtype="Int64")
    assert list(clean_text_ids(holed)) == [str(BIG), None, str(BIG + 1)]
    decimals = pd.array(pa.array([Decimal(BIG), None]), dtype=pd.ArrowDtype(pa.decimal128(38, 0)))
    assert ids(decimals) == [str(BIG), None]
    assert ids(pd.Categorical([1.0, np.nan, 2.0])) == ["1", None, "2"]
    assert ids(pd.Series([1.0, 2.0], dtype="Float64")) == ["1", "2"]


def test_floats_that_lost_digits_are_refused_and_not_merged():
    for values in ([float(BIG), np.nan], np.array([2**24 + 2], dtype=np.float32)):
        with pytest.raises(DataError) as caught:
            encode_ids(pd.Series(values, name="who"))
        assert caught.value.text.key == "data.ids_too_big"
        assert "who" in caught.value.text


def test_lists_are_no_ids():
    with pytest.raises(DataError) as caught:
        encode_ids(pd.Series([[1], [2]], name="who"))
    assert caught.value.text.key == "data.ids_of_objects"


def test_what_counts_as_missing_is_said_by_the_mapping_and_told():
    frame = pd.DataFrame({"u": ["NA", "US", "null", "US"], "i": list("abcd")})
    kept = Dataset.from_frame(frame, ColumnMapping(user="u", item="i"))
    assert list(kept.user_ids) == ["NA", "US", "null"]
    assert [note.key for note in kept.notes] == ["data.finding_ids_like_missing"]
    mapping = ColumnMapping(user="u", item="i", missing=("NA", "null"))
    fewer = Dataset.from_frame(frame, mapping)
    assert list(fewer.user_ids) == ["US"]
    assert fewer.dropped == {"user": 2}
    assert "2" in fewer.notes[0]
    assert "- 2 rows" in repr(fewer)


def test_notes_are_saved_with_the_data(tmp_path):
    frame = pd.DataFrame({"u": ["NA", "US"], "i": ["a", "b"]})
    made = Dataset.from_frame(frame, ColumnMapping(user="u", item="i"))
    save_dataset(made, tmp_path / "d")
    again = load_dataset(tmp_path / "d")
    assert again.notes == made.notes
    assert again.notes[0].to("zh") != again.notes[0]


KNOWN = np.array(["5", "7", "a"], dtype=object)


@pytest.mark.parametrize("asked", [5, 5.0, np.int64(5), np.float32(5), "5", " 5 ", Decimal(5)])
def test_one_id_in_any_form_is_one_id(asked):
    assert codes_of(asked, KNOWN).tolist() == [0]
    assert codes_of([asked], KNOWN).tolist() == [0]
    assert asked_id(asked) == "5"


def test_a_column_that_became_float_means_the_same_ids():
    names, codes = named(pd.Series([5, np.nan, 8]), KNOWN)
    assert codes.tolist() == [0, -1, -1]
    assert names.tolist() == ["5", "", "8"]
    assert codes_of(["5.0", "7.0"], KNOWN).tolist() == [0, 1]  # the whole column is written so
    assert codes_of(["5.0", "a"], KNOWN).tolist() == [-1, 2]
    halves = np.array(["5.0", "5.5"], dtype=object)  # a log whose ids are not all whole
    assert named([5, 5.5], halves)[0].tolist() == ["5.0", "5.5"]
    assert codes_of("5", halves).tolist() == [-1]


@pytest.mark.parametrize(
    "asked",
    [None, True, np.True_, [None], [np.nan], float("nan"), "", [[1, 2]]],
)
def test_what_is_no_id_is_refused_in_words(asked):
    with pytest.raises(ParamError) as caught:
        named(asked, KNOWN)
    assert caught.value.hint


def test_a_table_is_no_column():
    with pytest.raises(ParamError, match="2 columns"):
        listed(pd.DataFrame({"a": [1], "b": [2]}))
    assert listed(np.array(3)) == [3]


def test_labels_are_written_as_ids_are():
    assert labels(pd.Series([1.0, np.nan, 2.0])).tolist() == ["1", "", "2"]
    assert labels(pd.Series([1e300])).tolist() == ["1e+300"]
