"""Chinese words: one translation a term, and the signs of Chinese between Chinese words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from causalrec.core.words import table

ROOT = Path(__file__).parents[2]
GLOSSARY = {
    "scenario": ("方案", {"情景", "场景"}),
    "item": ("物品", {"商品", "项目编号"}),
    "truth": ("真值", {"真相"}),
    "wanted": ("正反馈", {"正向", "想要的"}),
    "interval": ("区间", {"间隔值"}),
    "recommender": ("推荐模型", {"推荐器"}),
    "workspace": ("工作区", {"工作空间", "工作台"}),
}
"""What a term is in Chinese, and what it is not."""
FIELD = re.compile(r"\{[^{}]*\}")
HAN = "[\u4e00-\u9fff]"
HALF = re.compile(rf"{HAN}[,;:!?]|[,;:!?]\s?{HAN}|{HAN}\(|(?<![a-z])\({HAN}|{HAN}\.(?![\w/])")


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_term_has_one_translation(term: str) -> None:
    word, others = GLOSSARY[term]
    words = table("zh")
    assert any(word in text for text in words.values())
    assert {k: t for k, t in words.items() if any(other in t for other in others)} == {}


def test_chinese_sentences_have_chinese_signs() -> None:
    texts = {key: FIELD.sub("X", text) for key, text in table("zh").items()}
    assert {key: text for key, text in texts.items() if HALF.search(text)} == {}


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("没有,用户", True),
        ("共 5 行. ", True),
        ("删除(3 行)", True),
        ("1.5 / log(物品数)", False),
        ("没有用户.", True),
        ("没有用户：请上传。", False),
        ("读取 log.csv 文件", False),
    ],
)
def test_half_signs_are_seen(text: str, half: bool) -> None:
    assert bool(HALF.search(text)) == half


def test_the_glossary_says_the_same() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.M)
    told = {term: word for term, word in rows if term in GLOSSARY}
    assert len(told) >= 2
    for term, word in told.items():
        assert word == GLOSSARY[term][0]
