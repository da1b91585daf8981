"""Chinese words are set with Chinese punctuation."""

from __future__ import annotations

import re

from causalrec.core.words import table

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff\u201d][,:;?!]|[,;][\u4e00-\u9fff]")


def test_no_half_width_marks_between_chinese_words():
    wrong = {key: words for key, words in table("zh").items() if HALF_WIDTH.search(words)}
    assert not wrong
