"""What items say of themselves, in one text each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.language import clean_text, item_texts


def test_texts_of_items() -> None:
    n = 30
    table = pd.DataFrame(
        {
            "title": ["Toy\x00 Story (1995)", "Alien\u202e", None, *["x" * 300] * (n - 3)],
            "title_zh": ["玩具总动员"] * n,
            "category": ["Animation|Comedy", ["Horror", "SF"], None, *["Drama"] * (n - 3)],
            "year": [1995, 1979, None, *[2000] * (n - 3)],
            "price": np.linspace(1, 9, n),
            "code": [f"A{i}" for i in range(n)],
            "image": ["https://example.com/1.png"] * n,
            "plot_outline": ["Toys come to life.", None, "", *["A story."] * (n - 3)],
        }
    )
    texts = item_texts(table, range(n))
    assert texts[0] == (
        "Toy Story (1995). Category: Animation, Comedy. Plot outline: Toys come to life."
    )
    assert texts[1] == "Alien (1979). Category: Horror, SF"
    assert texts[2] == ""
    assert texts[3].startswith("x" * 200 + " (2000). Category")
    assert item_texts(None, range(3)) == [""] * 3
    assert item_texts(table[["title_zh"]], range(n))[0] == "玩具总动员"


def test_clean_text() -> None:
    assert clean_text("a\tb\r\n c\x1b[0m\u200b") == "a b c [0m"
    assert len(clean_text("y" * 10_000, 200)) == 200
