"""The form of a text file is judged by its records and by the whole of it."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from causalrec.core.errors import DataError
from causalrec.data.reading.files import import_file, read_frame
from causalrec.data.roles.guess_mapping import guess_mapping
from causalrec.data.text.read_options import ReadOptions
from causalrec.data.text.text_format import column_names

SAYS = "a;b | c\nsecond; line | of it\nthird; one | more"


def read(path, **options):
    return import_file(path, path.parent / "out.parquet", ReadOptions.make(options))


def written(tmp_path, content, name="log.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def keys(table):
    return [note.key for note in table.notes]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_reviews_of_several_lines_are_one_cell(tmp_path, delimiter, quote):
    signs = dict.fromkeys((delimiter, quote), " ")
    said = SAYS.translate(str.maketrans(signs))
    rows = [f"u{n % 5}{delimiter}i{n % 7}{delimiter}{quote}{said}{quote}" for n in range(40)]
    table = read(written(tmp_path, "\n".join([delimiter.join(["user", "item", "said"]), *rows])))
    assert (table.rows, table.columns) == (40, ("user", "item", "said"))
    assert (table.delimiter, table.quote, table.skipped) == (delimiter, quote, 0)
    assert set(table.to_frame()["said"]) == {said}


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_first_met_late_are_quotes_everywhere(tmp_path, quote):
    early = [f"u{n % 50},Name {n % 30},{n}" for n in range(20_000)]
    late = [f"u1,{quote}Name {n % 30}, part 2{quote},{n}" for n in range(40)]
    same = [f"u1,{quote}Name 5{quote},{n}" for n in range(40)]
    table = read(written(tmp_path, "\n".join(["user,item,n", *early, *late, *same])))
    assert (table.rows, table.skipped, table.quote) == (20_080, 0, quote)
    assert table.to_frame()["item"].nunique() == 60


def test_a_quote_that_is_only_a_sign_swallows_no_rows(tmp_path):
    lines = ["user,item,title"] + [f"{n},{n % 9},Plain {n}" for n in range(60)]
    lines[5], lines[40] = '4,1,"Weird', '39,2,"Odd'
    table = read(written(tmp_path, "\n".join(lines)))
    assert (table.rows, table.skipped) == (60, 0)
    assert table.to_frame()["title"].iloc[4] == '"Weird'
    apart = ["user,item,title"] + [f"{n},{n % 9},'tis {n}" for n in range(60)]
    assert read(written(tmp_path, "\n".join(apart))).to_frame()["title"].iloc[0] == "'tis 0"


def test_quotes_may_be_escaped_instead_of_doubled(tmp_path):
    rows = [f'{n},"said \\"no\\", twice",{n % 5}' for n in range(30)]
    table = read(written(tmp_path, "\n".join(["user,title,rating", *rows])))
    assert (table.rows, table.skipped) == (30, 0)
    assert table.to_frame()["title"].iloc[0] == 'said "no", twice'


def test_a_first_line_may_name_the_delimiter(tmp_path):
    table = read(written(tmp_path, "sep=;\nuser;item;n\n1;a,b;3\n2;c,d;4\n"))
    assert (table.delimiter, table.columns, table.rows) == (";", ("user", "item", "n"), 2)


@pytest.mark.parametrize("short", [True, False])
def test_row_names_without_a_name_shift_no_column(tmp_path, short):
    head = '"user_id"\t"item_id"\t"rating"' if short else '""\t"user_id"\t"item_id"\t"rating"'
    rows = [f'"{n + 1}"\t{100 + n % 7}\t{200 + n % 11}\t{n % 5}' for n in range(50)]
    table = read(written(tmp_path, "\n".join([head, *rows])))
    assert table.columns == ("row_number", "user_id", "item_id", "rating")
    assert (table.rows, table.skipped) == (50, 0)
    assert sorted(set(table.to_frame()["user_id"])) == list(range(100, 107))


def test_a_delimiter_at_the_end_of_each_line_adds_a_column_at_the_end(tmp_path):
    table = read(written(tmp_path, "user,item\n1,2,\n3,4,\n"))
    assert table.columns == ("user", "item", "column_3")


def test_decimal_commas_do_not_make_the_comma_the_delimiter(tmp_path):
    table = read(written(tmp_path, "".join(f"{n};4,{n % 9 + 1}\n" for n in range(30))))
    assert table.delimiter == ";"
    assert table.to_frame()["column_2"].iloc[0] == 4.1


def test_a_key_met_late_is_a_column(tmp_path):
    rows = [{"u": n % 9, "i": n % 7} for n in range(22_000)]
    rows += [{"u": n % 9, "i": n % 7, "stars": 4} for n in range(10)]
    table = read(written(tmp_path, "\n".join(map(json.dumps, rows)), "log.jsonl"))
    assert table.to_frame()["stars"].notna().sum() == 10


def test_text_ids_met_late_and_long_numbers_stay_as_written(tmp_path):
    ids = [*range(25_000), 2**63 + 1, 10**30 + 1, "A17", "007", None]
    text = "\n".join(json.dumps({"u": one, "i": 1}) for one in ids)
    frame = read(written(tmp_path, text, "log.jsonl")).to_frame()
    assert frame["u"].dropna().tolist() == [str(one) for one in ids if one is not None]


def test_json_of_other_shapes(tmp_path):
    pretty = json.dumps([{"a": 1, "b": [1, {"c": 2.50}]}, {"a": 2}], indent=1)
    table = read(written(tmp_path, pretty, "log.json"))
    assert (table.rows, table.columns) == (2, ("a", "b"))
    assert table.to_frame()["b"].iloc[0] == '[1,{"c":2.5}]'
    lone = read(written(tmp_path, '{"a": "\\ud800x", "b": 1}\n{"a": "y", "b": 2}\n', "l.jsonl"))
    assert lone.rows == 2
    deep = '{"a": 1}\n{"a": ' + "[" * 100_000 + "\n" + '{"a": 3}\n'
    table = read(written(tmp_path, deep, "deep.jsonl"))
    assert (table.rows, table.skipped) == (2, 1)


def test_the_index_that_pandas_keeps_is_a_column(tmp_path):
    frame = pd.DataFrame({"user_id": ["a", "b"], "item_id": ["x", "y"]})
    frame.set_index("user_id").to_parquet(tmp_path / "log.parquet")
    table = read(tmp_path / "log.parquet")
    assert set(table.to_frame().columns) == {"user_id", "item_id"}
    assert set(table.head(1).columns) == {"user_id", "item_id"}


def test_parquet_of_every_type_is_read(tmp_path):
    from datetime import date, time, timedelta
    from decimal import Decimal

    big = 2**60
    made = {
        "list": pa.array([[1], None, [2, 3]]),
        "object": pa.array([{"a": 1}, {"a": None}, None]),
        "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
        "bytes": pa.array([b"\xff\x00", b"abc", None]),
        "half": pa.array([1.5, None, 2.0], pa.float16()),
        "whole": pa.array([Decimal(10**20 + n) for n in range(3)], pa.decimal128(38, 0)),
        "zeros": pa.array([Decimal(n) for n in range(3)], pa.decimal128(38, 10)),
        "price": pa.array([Decimal("1.50"), None, Decimal("2.25")]),
        "length": pa.array([timedelta(minutes=2), None, timedelta(0)]),
        "clock": pa.array([time(1, 10), None, time(2, 0)]),
        "day": pa.array([date(2024, 1, 2), None, date(1, 1, 1)]),
        "zone": pa.array([0, None, 10**12], pa.timestamp("ns", tz="Asia/Shanghai")),
        "far": pa.array([2**62, None, 0], pa.timestamp("ms")),
        "kind": pa.array(["a", None, "b"]).dictionary_encode(),
        "none": pa.nulls(3),
        "holes": pa.array([big + 1, None, big + 2]),
    }
    pq.write_table(pa.table(made), tmp_path / "log.parquet")
    table = read(tmp_path / "log.parquet")
    frame = table.to_frame()
    first = {name: frame[name].iloc[0] for name in made}
    assert first["list"] == "[1]"
    assert first["object"] == '{"a":1}'
    assert (first["bytes"], frame["bytes"].iloc[1]) == ("ff00", "abc")
    assert first["whole"] == "1" + "0" * 20
    assert (frame["zeros"].tolist(), first["price"]) == ([0.0, 1.0, 2.0], 1.5)
    assert (first["length"], first["clock"]) == (120.0, "01:10:00.000000")
    assert first["day"] == pd.Timestamp("2024-01-02")
    assert str(frame["zone"].dtype) == "datetime64[us, UTC]"
    assert frame["far"].isna().tolist() == [True, True, False]
    assert frame["kind"].tolist()[::2] == ["a", "b"]
    assert frame["holes"].dropna().tolist() == [str(big + 1), str(big + 2)]
    assert keys(table) == ["data.note_duration"]


def test_columns_of_one_name_are_told_apart(tmp_path):
    twice = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["a", "a"])
    pq.write_table(twice, tmp_path / "log.parquet")
    assert read(tmp_path / "log.parquet").to_frame()["a_2"].tolist() == [3, 4]


def test_equal_names_are_told_apart_in_one_pass(tmp_path, monkeypatch):
    names = column_names(["x", "x_2"] + ["x"] * 20_000, header=True)
    assert (names[:4], names[-1]) == (["x", "x_2", "x_3", "x_4"], "x_20002")
    assert len(set(names)) == len(names)
    monkeypatch.setenv("CAUSALREC_MAX_COLUMNS", "2500")
    table = read(written(tmp_path, ",".join(["x"] * 2_500) + "\n" + ",".join("1" * 2_500)))
    assert table.columns[:2] + table.columns[-1:] == ("x", "x_2", "x_2500")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_too_many_columns_name_the_limit(tmp_path, kind):
    names = [f"c{n}" for n in range(2_001 if kind == "parquet" else 60_000)]
    if kind == "csv":
        path = written(tmp_path, ",".join(names) + "\n" + ",".join("1" for _ in names))
    elif kind == "jsonl":
        path = written(tmp_path, json.dumps(dict.fromkeys(names, 1)), "log.jsonl")
    else:
        path = tmp_path / "log.parquet"
        pq.write_table(pa.table({name: [1] for name in names}), path)
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.text.key == "data.over_columns"
    assert "CAUSALREC_MAX_COLUMNS" in caught.value.hint


def test_a_long_field_is_read_up_to_a_limit_that_can_be_raised(tmp_path, monkeypatch):
    path = written(tmp_path, f"a,b\n1,{'x' * 200_000}\n2,y\n")
    assert read(path).to_frame()["b"].str.len().max() == 200_000
    monkeypatch.setenv("CAUSALREC_MAX_FIELD", "150000")
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.text.key == "data.over_field"
    assert "CAUSALREC_MAX_FIELD" in caught.value.hint
    lines = written(tmp_path, json.dumps({"a": "x" * 200_000, "b": [1]}), "log.jsonl")
    with pytest.raises(DataError, match="CAUSALREC_MAX_FIELD"):
        read(lines)


def test_a_name_with_the_signs_of_a_pattern_is_that_file(tmp_path):
    for name in ("log[1].csv", "*.csv"):
        assert len(read_frame(written(tmp_path, f"a,{name}\n1,2\n3,4\n", name))) == 2
    one = written(tmp_path, '{"a": 1, "b": 2}\n', "*.jsonl")
    written(tmp_path, '{"a": 5, "b": 2}\n', "other.jsonl")
    assert read_frame(one)["a"].tolist() == [1]


def test_an_unnamed_index_never_plays_a_role(tmp_path):
    """The index of a frame of which rows were left out: no gap-free sequence."""
    rows = [f"{3 * n + n % 2 + 7},{n % 9},{n % 7},4" for n in range(60)]
    path = written(tmp_path, "\n".join([",user_id,item_id,rating", *reversed(rows)]))
    mapping = guess_mapping(read_frame(path))
    assert (mapping.user, mapping.item) == ("user_id", "item_id")
    assert "row_number" not in mapping.columns()


@pytest.mark.parametrize("delimiter", [", ", "::", "; "])
def test_quoted_cells_behind_a_blank_or_a_long_delimiter(tmp_path, delimiter):
    plain = delimiter.strip()
    rows = [delimiter.join([f"u{n}", str(n % 5), f'"A{plain} {n}"']) for n in range(20)]
    table = read(written(tmp_path, "\n".join([delimiter.join(["user", "item", "title"]), *rows])))
    frame = table.to_frame()
    assert (table.delimiter, table.columns) == (plain, ("user", "item", "title"))
    assert (frame["item"].iloc[3], frame["title"].iloc[3]) == (3, f"A{plain} 3")
