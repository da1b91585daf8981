"""Numbers are written one way: a real minus sign, no signed nothing, percent without a space."""

from __future__ import annotations

import re

import numpy as np
import pytest

from causalrec.core.words import LANGUAGES, Text, table
from causalrec.core.words.numbers import decimals_of, written


@pytest.mark.parametrize(
    ("formatted", "read"),
    [
        ("-0.0", "0.0"),
        ("+0%", "0%"),
        ("-0.00%", "0.00%"),
        ("-0", "0"),
        ("-0.5%", "−0.5%"),
        ("+0.5%", "+0.5%"),
        ("-1,234", "−1,234"),
        ("4.5e-05", "4.5e−05"),
        ("-inf", "−inf"),
        ("+0.10", "+0.10"),
    ],
)
def test_how_a_formatted_number_is_read(formatted: str, read: str) -> None:
    assert written(formatted) == read


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", [-0.046, np.float64(-0.046), np.float32(-0.046)])
def test_every_sentence_writes_its_numbers_so(lang: str, number: float) -> None:
    rail = {"metric": "m", "allowed": 0.05, "gain": number, "low": -0.2, "high": -0.0001}
    text = Text("compare.rail_changes", **rail).to(lang)
    assert "−4.6%" in text
    assert "-" not in text
    assert "−20.0%" in text
    assert "−0.0%" not in text


def test_whole_numbers_too_and_texts_stay_as_they_are() -> None:
    assert Text("answer.as_is", value=-3) == "−3"
    assert Text("answer.as_is", value="a-b") == "a-b"
    assert Text("answer.as_is", value=True) == "True"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_space_stands_before_a_percent_sign(lang: str) -> None:
    spaced = re.compile(r"(?:\d|%?\}) %")
    assert {key for key, words in table(lang).items() if spaced.search(words)} == set()


@pytest.mark.parametrize(("width", "decimals"), [(57, 0), (5.7, 1), (0.57, 2), (0.0, 1), (1e12, 1)])
def test_decimals_follow_the_interval(width: float, decimals: int) -> None:
    assert decimals_of(width) == decimals
