"""Texts become numbers only where no two of them become one."""

import pytest

from causalrec.data.reading.files import import_file
from causalrec.data.text.read_options import ReadOptions


def read(tmp_path, cells, name="code", delimiter=",", **options):
    path = tmp_path / "log.csv"
    rows = [f"{n}{delimiter}{cell}" for n, cell in enumerate(cells)]
    path.write_text("\n".join([f"n{delimiter}{name}", *rows]), encoding="utf-8")
    return import_file(path, tmp_path / "out.parquet", ReadOptions.make(options))


@pytest.mark.parametrize(
    "cells",
    [
        ["1E5", "10E4", "2E3"],
        ["1E5", "2E3"],
        ["12345678901234567890", "12345678901234567891"],
        ["9007199254740993", "9007199254740992", ""],
        [*map(str, range(9_000)), "007"],
        ["01:10", "02:20"],
        ["1.10", "1.1"],
        ["1", "2.0"],
        ["-0", "0"],
        ["+5", "5"],
        ["0x10", "16"],
        ["1_000", "2_000"],
        ["12345678901234567.25", "12345678901234567.50"],
        ["2020-01-01", "2020-01-01 00:00:00"],
        ["true", "True"],
        ["0123", "4567"],
    ],
)
def test_what_numbers_would_merge_or_rewrite_stays_text(tmp_path, cells):
    found = read(tmp_path, cells).to_frame()["code"]
    assert found.dropna().tolist() == [cell for cell in cells if cell]


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["5", "-3", "NA", ""], [5, -3]),
        (["4.5", "3", "NaN"], [4.5, 3.0]),
        (["12.50", "3.00", "NULL"], [12.5, 3.0]),
        (["0.1", "1e-05"], [0.1, 1e-05]),
        ([" 1", " 2"], [1, 2]),
        (["true", "false"], [True, False]),
        (["1.0", "2.0"], [1.0, 2.0]),
        (["4,5", "3", "2,5"], [4.5, 3.0, 2.5]),
        (["12,00", "3,50", "1.234,50"], [12.0, 3.5, 1234.5]),
        (["1,234.50", "12.00"], [1234.5, 12.0]),
        (["1'234.50", "12.00"], [1234.5, 12.0]),
        (["1 234,50", "12,00"], [1234.5, 12.0]),
        (["1.234.567", "2.345.678"], [1234567.0, 2345678.0]),
        (["$1,234.50", "$12.00", "-$3.25"], [1234.5, 12.0, -3.25]),
        (["12,50 €", "1.234,50 €"], [12.5, 1234.5]),
        (["$12.50", "€3.00"], ["$12.50", "€3.00"]),
    ],
)
def test_measures_become_numbers(tmp_path, cells, right):
    found = read(tmp_path, cells, "price", delimiter="\t").to_frame()["price"]
    assert found.dropna().tolist() == right


def test_an_id_by_its_name_is_not_rewritten(tmp_path):
    assert read(tmp_path, ["10", "10.5"], "item_id").to_frame()["item_id"].tolist()[0] == "10"
    whole = read(tmp_path, ["10.0", "11.0"], "item_id").to_frame()["item_id"]
    assert whole.tolist() == [10.0, 11.0]


@pytest.mark.parametrize(
    ("cells", "delimiter", "options", "right", "note"),
    [
        (["1,234", "2,500"], ";", {}, 1.234, "data.note_marks_decimals"),
        (["1,234", "2,500"], "\t", {}, "1,234", "data.note_marks_unclear"),
        (["1,234", "2,500"], "\t", {"decimal": ","}, 1.234, None),
        (["1,234", "2,500"], "\t", {"decimal": "."}, 1234.0, None),
        (["1.234", "2.500"], ";", {}, 1.234, None),
        (["1.234", "2.500"], ";", {"decimal": ","}, 1234.0, None),
        (["4,55", "2.55"], ";", {}, "4,55", "data.note_marks_mixed"),
    ],
)
def test_a_sign_that_can_mean_two_things_is_told(tmp_path, cells, delimiter, options, right, note):
    table = read(tmp_path, cells, "price", delimiter, **options)
    assert table.to_frame()["price"].iloc[0] == right
    assert [one.key for one in table.notes] == ([note] if note else [])


def test_other_columns_speak_for_the_sign_of_an_unclear_one(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("a\tb\n1,234\t4,5\n2,500\t3,25\n", encoding="utf-8")
    assert import_file(path, tmp_path / "o").to_frame()["a"].tolist() == [1.234, 2.5]
    path.write_text("a\tb\n1,234\t4.5\n2,500\t3.25\n", encoding="utf-8")
    assert import_file(path, tmp_path / "o").to_frame()["a"].tolist() == [1234.0, 2500.0]


def test_words_for_nothing(tmp_path):
    """NA alone may be a name; where texts are quoted, or a person says so, it is nothing."""
    named = read(tmp_path, ["NA", "DE", "NULL", '"null"'])
    assert named.to_frame()["code"].tolist()[:2] == ["NA", "DE"]
    assert named.to_frame()["code"].isna().tolist() == [False, False, True, False]
    assert [note.key for note in named.notes] == ["data.note_na"]
    said = read(tmp_path, ["NA", "DE", "-"], missing="NA,-").to_frame()["code"]
    assert said.isna().tolist() == [True, False, True]
    kept = read(tmp_path, ["NA", "DE", "NULL"], missing="empty").to_frame()["code"]
    assert kept.tolist() == ["NA", "DE", "NULL"]
    path = tmp_path / "log.csv"
    path.write_text('"u","c"\n"1","DE"\n"2",NA\n"3","NA"\n', encoding="utf-8")
    quoted = import_file(path, tmp_path / "o").to_frame()["c"]
    assert quoted.isna().tolist() == [False, True, False]
