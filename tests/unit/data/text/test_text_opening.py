"""What stands before a table, or between two: comments, titles, row numbers, names once more."""

import pandas as pd
import pytest

from causalrec.data.preparation.checks import find
from causalrec.data.reading.files import import_file
from causalrec.data.reading.read_dataset import read_dataset
from causalrec.data.roles.guess_mapping import guess_roles
from causalrec.data.steps.draft import Draft
from causalrec.data.text.read_options import ReadOptions

NAMES = "user_id,item_id,rating"
ROWS = [f"u{n % 5},i{n % 7},{n % 5 + 1}" for n in range(40)]


def read(tmp_path, *lines, **options):
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return import_file(path, tmp_path / "out.parquet", ReadOptions.make(options))


def keys(table):
    return [note.key for note in table.notes]


@pytest.mark.parametrize(
    "before",
    [
        ["# exported by X"],
        ["# exported by X, Inc", "# rows: 100, users: 5, n: 3"],
        ["", "% version 2", "", "% a, b, c"],
        ['// it\'s "quoted", by X'],
        ["Monthly report", ""],
        ["Report,,", "2026-01-01,,"],
    ],
)
def test_lines_before_the_table_are_left_out_and_told(tmp_path, before):
    table = read(tmp_path, *before, NAMES, *ROWS)
    assert (table.rows, table.skipped, table.columns) == (40, 0, tuple(NAMES.split(",")))
    assert keys(table) == ["data.note_comment_lines"]
    assert f"title: {sum(map(bool, before))}." in table.notes[0]


@pytest.mark.parametrize("before", [[], ["## version 2", "## made by, me, today"]])
@pytest.mark.parametrize("mark", ["#", "# ", "%"])
def test_names_behind_a_mark_are_names(tmp_path, mark, before):
    before = [line.replace("#", mark.strip()) for line in before]
    table = read(tmp_path, *before, mark + NAMES, *ROWS)
    assert (table.rows, table.columns) == (40, tuple(NAMES.split(",")))
    assert table.header
    assert len(table.notes) == bool(before)


@pytest.mark.parametrize("names", [[NAMES], ["#" + NAMES], []])
def test_ids_that_begin_with_a_mark_are_rows(tmp_path, names):
    table = read(tmp_path, *names, "#7,i1,3", "#8,i2,4", *ROWS)
    assert (table.rows, table.notes) == (42, ())
    assert table.head()[table.columns[0]].tolist()[:2] == ["#7", "#8"]


def test_comments_before_rows_without_names(tmp_path):
    table = read(tmp_path, "% asym positive", "% 5 7", *(f"{n % 5} {n % 7}" for n in range(40)))
    assert (table.rows, table.header, table.delimiter) == (40, False, " ")


def test_a_matrix_market_file_is_its_entries(tmp_path):
    entries = [f"{n % 5 + 1} {n % 7 + 1} {n % 5 + 1}.5" for n in range(40)]
    banner = "%%MatrixMarket matrix coordinate real general"
    table = read(tmp_path, banner, "% a comment", "5 7 40", *entries)
    assert (table.rows, table.header) == (40, False)
    assert table.to_frame()["column_3"].max() == 5.5


def test_comments_are_notes_of_the_data_and_findings(tmp_path):
    table = read(tmp_path, "# exported by X", NAMES, *ROWS)
    data = read_dataset(tmp_path / "log.csv")
    assert "data.note_comment_lines" in [note.key for note in data.notes]
    found = find(Draft(table.to_frame(), data.mapping), table)
    assert "data.note_comment_lines" in [one.message.key for one in found.found]


def test_a_person_who_says_there_are_no_names_is_heard(tmp_path):
    table = read(tmp_path, "#" + NAMES, *ROWS, header=False)
    assert (table.rows, table.columns[0]) == (40, "column_1")


@pytest.mark.parametrize("again", [True, False])
def test_exports_one_below_the_other(tmp_path, again):
    frame = pd.DataFrame([row.split(",") for row in ROWS], columns=NAMES.split(","))
    text = frame[:25].to_csv() + frame[25:].reset_index(drop=True).to_csv(header=again)
    table = read(tmp_path, text.strip())
    assert (table.rows, table.columns) == (40, ("row_number", *NAMES.split(",")))
    said = ["data.note_headers_again"] if again else []
    assert keys(table) == [*said, "data.note_row_numbers"]
    guess = guess_roles(table.to_frame())
    assert guess.left == ("row_number",)
    assert "row_number" not in guess.mapping().columns()
    assert table.to_frame()["rating"].dtype.kind == "i"


def test_row_numbers_that_begin_anew_play_no_role_in_a_frame():
    frame = pd.DataFrame([row.split(",") for row in ROWS], columns=NAMES.split(","))
    both = pd.concat([frame, frame[:9]]).reset_index(names="Unnamed: 0")
    assert guess_roles(both).left == ("Unnamed: 0",)


def test_an_unnamed_column_of_ids_is_no_row_number(tmp_path):
    rows = [f"{n * 7 % 11},{row}" for n, row in enumerate(ROWS)]
    table = read(tmp_path, "," + NAMES, *rows)
    assert table.columns[0] == "column_1"


@pytest.mark.parametrize("before", [[], ["# made by X"]])
@pytest.mark.parametrize("names", [["user     item     rating"], []])
def test_columns_put_in_line_by_blanks(tmp_path, names, before):
    rows = [f"  u{n:<7} i{n % 7:<7} {n % 5}" for n in range(40)]
    table = read(tmp_path, *before, *names, *rows)
    assert (table.rows, table.skipped, len(table.columns)) == (40, 0, 3)
    assert table.to_frame().iloc[12].tolist() == ["u12", "i5", 2]


def test_a_text_with_two_blanks_between_words_is_left_alone(tmp_path):
    table = read(tmp_path, "user,title", *(f"u{n},two  blanks {n % 3}" for n in range(20)))
    assert table.head()["title"].tolist()[0] == "two  blanks 0"
