"""What a spreadsheet opens runs nothing, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from causalrec.core.untrusted.spreadsheet import safe_cell, to_csv

BLANKS = ["", " ", "\u3000", "\xa0", "\ufeff", "\u200b", "\u2060 ", "\x00", "\x0b"]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("sign", [*"=+-@", *"＝＋－＠", "﹦", "﹢", "﹣", "﹫", "⁼", "₊"])
def test_words_like_formulas_are_marked(blank, sign):
    text = f"{blank}{sign}HYPERLINK(1)"
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\t1", "\ra", "\nx"])
def test_words_that_begin_with_a_break_are_marked(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-1.5, -1.5),
        (3, 3),
        (np.float64(-2), -2),
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        ("a=b", "a=b"),
        ("", ""),
        (" ", " "),
        (date(2026, 1, 2), "2026-01-02"),
        (["=1"], "['=1']"),
    ],
)
def test_other_cells_stay_what_they_are(value, cell):
    assert safe_cell(value) == cell


def test_names_of_columns_are_cells_too():
    frame = pd.DataFrame({"=1+1": [0.1], "name": ['say "x", ＝2']})
    told = to_csv(frame)
    assert told.startswith(b"\xef\xbb\xbf'=1+1,name\r\n")
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    assert rows == [["'=1+1", "name"], ["0.1", 'say "x", ＝2']]
