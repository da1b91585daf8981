"""Reading files: what is recognised, what is refused, and what every refusal says."""

import gzip
import subprocess
import sys
import zipfile
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import DataError, MemoryBudgetError
from causalrec.data.reading import sources
from causalrec.data.reading.files import import_file, read_frame, spread_sample
from causalrec.data.reading.work_folder import work_folder
from causalrec.data.text.read_options import ReadOptions

ROWS = "user,item,t\n1,a,2020-01-01 10:00:00\n2,b,2020-01-02 11:00:00\n"


def read(path, **options):
    return import_file(path, path.parent / "out.parquet", ReadOptions.make(options))


def written(tmp_path, content, name="log.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("delimiter", "content"),
    [
        (",", ROWS),
        ("\t", ROWS.replace(",", "\t")),
        (";", ROWS.replace(",", ";")),
        ("|", ROWS.replace(",", "|")),
        ("::", "1::10::5::978300760\n1::20::3::978302109\n2::10::4::978301968\n"),
        (" ", "196 242 3\n186 302 3\n22 377 1\n"),
    ],
)
def test_delimiters_are_recognised(tmp_path, delimiter, content):
    table = read(written(tmp_path, content))
    assert table.delimiter == delimiter
    assert len(table.columns) >= 3
    assert table.header == ("user" in content)
    assert table.rows == len(content.splitlines()) - table.header


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_chinese_survives_every_encoding(tmp_path, encoding, found):
    content = "用户,物品\n张三,手机\n李四,笔记本电脑\n".encode(encoding)
    table = read(written(tmp_path, content))
    assert table.encoding == found
    assert table.columns == ("用户", "物品")
    assert table.head()["物品"].tolist() == ["手机", "笔记本电脑"]


def test_latin_1_is_not_taken_for_chinese(tmp_path):
    content = "user;item\n1;été à la plage\n2;Señor Müller\n3;größe\n".encode("latin-1")
    table = read(written(tmp_path, content))
    assert table.encoding == "cp1252"  # its printable signs are latin-1's
    assert table.head()["item"].tolist() == ["été à la plage", "Señor Müller", "größe"]


def test_every_guess_can_be_overruled(tmp_path):
    path = written(tmp_path, "a,b\n1,2\n3,4\n")
    assert read(path, header=False).columns == ("column_1", "column_2")
    assert read(path, header=False).rows == 3
    chosen = written(tmp_path, "a;b,c\n1;2,3\n", "two.csv")
    assert read(chosen, delimiter=";").columns == ("a", "b,c")
    assert read(chosen, delimiter=",").columns == ("a;b", "c")
    assert (
        read(written(tmp_path, "é,b\n1,2\n".encode("latin-1")), encoding="latin-1").columns[0]
        == "é"
    )


def test_numbers_that_are_no_numbers_further_down_stay_what_they_are(tmp_path):
    lines = ["item,n"] + [f"{i},1" for i in range(200_000)] + ["x7,4.5"]
    table = read(written(tmp_path, "\n".join(lines)))
    frame = table.to_frame()
    assert frame["item"].iloc[-1] == "x7"
    assert frame["n"].iloc[-1] == 4.5  # never rounded to a whole number


def test_ids_with_leading_zeros_stay_apart(tmp_path):
    frame = read(written(tmp_path, "user,item\n007,1\n7,2\n")).to_frame()
    assert frame["user"].tolist() == ["007", "7"]


def test_quoted_cells_may_hold_delimiters_and_line_ends(tmp_path):
    table = read(written(tmp_path, 'item,title\n1,"Big, ""bad""\nwolf"\n2,Cat\n'))
    assert table.head()["title"].tolist() == ['Big, "bad"\nwolf', "Cat"]


def test_lines_that_do_not_fit_are_counted_and_shown(tmp_path):
    table = read(written(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n"))
    assert (table.rows, table.skipped) == (2, 2)
    assert table.examples["text"].tolist() == ["3", "4,5,6"]


def test_names_are_made_where_missing_and_told_apart(tmp_path):
    table = read(written(tmp_path, ",user,user\n1,2,3\n"))
    assert table.columns == ("column_1", "user", "user_2")


@pytest.mark.parametrize("packed", ["gz", "zip", ""])
@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_packed_and_plain_of_every_kind(tmp_path, kind, packed):
    frame = pd.DataFrame({"user": [1, 2], "item": ["a", "b"]})
    plain = tmp_path / f"log.{kind}"
    if kind == "csv":
        frame.to_csv(plain, index=False)
    elif kind == "parquet":
        frame.to_parquet(plain)
    else:
        frame.to_json(plain, orient="records", lines=True)
    path = plain
    if packed == "gz":
        path = tmp_path / "log.gz"
        path.write_bytes(gzip.compress(plain.read_bytes()))
    elif packed == "zip":
        path = tmp_path / "log.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(plain, "inside/log.txt")
            archive.writestr("__MACOSX/._log", "x")
    table = read(path)
    assert (table.kind, table.packed) == (kind, packed)
    assert table.to_frame().astype({"item": object}).to_dict("list") == frame.to_dict("list")
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".read")] == []


def test_broken_json_lines_are_counted_and_nested_values_become_text(tmp_path):
    table = read(written(tmp_path, '{"i": 1, "m": {"x": 2}}\n{"i": 2}\n{"i":\n', "log.jsonl"))
    assert (table.rows, table.skipped) == (2, 1)
    assert table.head()["m"].tolist()[0] == '{"x":2}'


def refused(path, key, **options):
    with pytest.raises(DataError) as caught:
        read(path, **options)
    assert caught.value.text.key == key
    assert caught.value.hint
    assert caught.value.hint.to("zh") != caught.value.hint
    leftovers = {p.name for p in path.parent.iterdir()} - {path.name}
    assert leftovers == set()
    return caught.value


@pytest.mark.parametrize("content", ["", "\n \n", "user,item\n"])
def test_an_empty_file(tmp_path, content):
    refused(written(tmp_path, content), "data.empty_file")


def test_a_wrong_delimiter_names_the_right_one(tmp_path):
    error = refused(written(tmp_path, ROWS), "data.one_column", delimiter=";")
    assert "“,”" in error.hint


def test_a_delimiter_that_fits_few_lines(tmp_path):
    content = "a,b,c\n" + "1;2;3\n" * 50
    refused(written(tmp_path, content), "data.wrong_delimiter", delimiter=",")


def test_a_truncated_parquet(tmp_path):
    whole = tmp_path / "whole.parquet"
    pd.DataFrame({"a": np.arange(10_000)}).to_parquet(whole)
    content = whole.read_bytes()
    whole.unlink()
    refused(
        written(tmp_path, content[: len(content) // 2], "cut.parquet"), "data.truncated_parquet"
    )


def test_a_parquet_with_a_damaged_page(tmp_path):
    whole = tmp_path / "whole.parquet"
    pd.DataFrame({"a": [f"word {i}" for i in range(20_000)]}).to_parquet(whole)
    content = bytearray(whole.read_bytes())
    whole.unlink()
    content[200:4000] = b"\xff" * 3800
    refused(written(tmp_path, bytes(content), "bad.parquet"), "data.truncated_parquet")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "PNG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x80\x04\x95\x10\x00", "pickle"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (bytes(range(256)) * 20, "binary"),
    ],
)
def test_a_file_of_another_kind_under_csv(tmp_path, content, word):
    error = refused(written(tmp_path, content), "data.other_kind")
    assert word in error.text


def test_an_excel_workbook_says_save_as_csv(tmp_path):
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
    assert "CSV" in refused(path, "data.other_kind").hint


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_SUSPECT_FROM", 1_000_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", b"1,2\n" * 2_000_000)
    refused(path, "data.zip_bomb")


def test_a_zip_that_lies_about_its_size_stops_while_unpacking(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_SUSPECT_FROM", 1_000_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"1,2\n" * 2_000_000))
    refused(path, "data.zip_bomb")


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:/evil.csv"])
def test_zip_slip(tmp_path, name):
    place = tmp_path / "inside"
    place.mkdir()
    path = place / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, ROWS)
    refused(path, "data.zip_unsafe")
    assert list(tmp_path.iterdir()) == [place]


def test_a_zip_with_two_tables_lists_them(tmp_path):
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", ROWS)
        archive.writestr("b.csv", ROWS)
    assert "a.csv, b.csv" in refused(path, "data.zip_several").text


def zipped(tmp_path, method=zipfile.ZIP_DEFLATED, inside=ROWS * 200):
    path = tmp_path / "log.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("log.csv", inside)
    return path


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_zip_changed_anywhere_is_read_or_refused(tmp_path, method):
    """Every 7th byte turned over, one at a time: nothing but a table or a sentence comes out."""
    whole = zipped(tmp_path, method, ROWS * 3).read_bytes()
    for place in range(0, len(whole), 7):
        changed = bytes(b ^ 0xFF if n == place else b for n, b in enumerate(whole))
        path = written(tmp_path, changed, "changed.zip")
        with suppress(DataError):
            assert read(path).columns
        path.with_name("out.parquet").unlink(missing_ok=True)
    path.unlink()
    refused(written(tmp_path, whole[:-30], "log.zip"), "data.damaged")


def test_an_archive_in_an_archive_says_so(tmp_path):
    packed = gzip.compress(ROWS.encode())
    assert "gzip" in refused(zipped(tmp_path, inside=packed), "data.packed_twice").text


def test_a_zip_with_a_password_says_so(tmp_path):
    content = bytearray(zipped(tmp_path).read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(start) + flags] |= 1
    refused(written(tmp_path, bytes(content), "log.zip"), "data.zip_locked")


def test_a_killed_import_leaves_nothing_for_long(tmp_path):
    """The folder of a process that was killed goes with the next import beside it."""
    program = (
        "import os, signal, pathlib\n"
        "from causalrec.data.reading.work_folder import work_folder\n"
        f"with work_folder(pathlib.Path({str(tmp_path)!r})): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    left = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(left) == 1
    with work_folder(tmp_path) as mine:
        read(written(tmp_path, ROWS))
        assert not left[0].exists()
        assert mine.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "out.parquet"]


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_a_gz_that_is_cut_off(tmp_path, keep):
    rng = np.random.default_rng(0)
    packed = gzip.compress(rng.integers(0, 99, 5000).astype("str").tobytes())
    refused(written(tmp_path, packed[: int(len(packed) * keep)], "log.csv.gz"), "data.damaged")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="no file"):
        read_frame(tmp_path / "nothing.csv")


def test_more_than_the_memory_budget_says_how_much(tmp_path, monkeypatch):
    path = tmp_path / "log.parquet"
    pd.DataFrame({"user": np.arange(200_000), "item": np.arange(200_000)}).to_parquet(path)
    monkeypatch.setenv("CAUSALREC_MEMORY_GB", "0.001")
    with pytest.raises(MemoryBudgetError) as caught:
        read_frame(path)
    needed = caught.value.text.values["needed_gb"]  # noqa: PD011
    assert 0.003 < needed < 0.1
    assert "GB" in caught.value.text
    assert "CAUSALREC_MEMORY_GB" in caught.value.hint
    csv = written(tmp_path, "user,item\n" + "1,2\n" * 400_000)
    with pytest.raises(MemoryBudgetError):
        read_frame(csv)


def test_a_spread_sample_sees_the_end_of_the_table(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"n": np.arange(10_000)}).to_parquet(path, row_group_size=1000)
    sample = spread_sample(path, 400)
    assert 300 <= len(sample) <= 500
    assert sample["n"].max() > 7000
