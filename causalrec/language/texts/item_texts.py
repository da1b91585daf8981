"""The texts of items: made of their attributes, cleaned, and in which script they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["TEMPLATE", "chinese_share", "clean_text", "item_texts"]

TEMPLATE = "title (year). Column: values. v1"
"""Names the form of `item_texts`; changes whenever the same item would read differently."""

_FIELD, _WHOLE = 200, 2_000
_ADDRESS = re.compile(r"^(https?:|/|[\w-]+\.(jpe?g|png|gif|webp)$)", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_]")
_OTHER_LANGUAGE = ("_zh", "_cn")


def clean_text(text: object, longest: int = _WHOLE) -> str:
    """A text without control and format characters, white space made plain, cut to a length."""
    whole = str(text)[: 4 * longest]
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} else c for c in whole)
    return " ".join(kept.split())[:longest].rstrip()


def chinese_share(texts: Iterable[str]) -> float:
    """Share of the letters that are Chinese, 0 to 1."""
    joined = " ".join(texts)
    letters = len(_LETTER.findall(joined))
    return len(_CHINESE.findall(joined)) / letters if letters else 0.0


def item_texts(items: pd.DataFrame | None, ids: Sequence[Any] | np.ndarray) -> list[str]:
    """One text an item: "title (year). Category: Action, Comedy. Description: …".

    Columns of ids, addresses and numbers (but the year) are left out; what is missing is not
    said. A title or category in a second language counts only where the first is missing.

    Args:
        items: one row an item, attributes by column; None where nothing is known.
        ids: the items, (n,): how many there are.

    Returns:
        n texts, empty where nothing is known of an item; a field has at most 200 characters.
    """
    if items is None or not len(items.columns):
        return [""] * len(ids)
    table = items.rename(columns=str)
    title = next((name for name in ("title", "title_zh", "name") if name in table.columns), None)
    fields = [name for name in table.columns if name != title and _tells(table, name)]
    years = _years(table)
    titles = [""] * len(ids) if title is None else [_field(v) for v in table[title].tolist()]
    columns = [[_field(value) for value in table[name].tolist()] for name in fields]
    texts = []
    for i, head in enumerate(titles):
        start = head if not years[i] or years[i] in head else f"{head} ({years[i]})".strip()
        parts = [start] if start else []
        for name, values in zip(fields, columns, strict=True):
            if values[i]:
                parts.append(f"{_label(name)}: {values[i]}")
        texts.append(clean_text(". ".join(parts)))
    return texts


def _tells(table: pd.DataFrame, name: str) -> bool:
    """Whether a column holds words."""
    first = next((name.removesuffix(s) for s in _OTHER_LANGUAGE if name.endswith(s)), name)
    if first != name and first in table.columns:
        return False
    values = [value for value in table[name].dropna().tolist() if not isinstance(value, bool)]
    words = [_field(value) for value in values if not isinstance(value, (int, float, np.number))]
    words = [word for word in words if word]
    if len(words) < max(1, len(values) / 2) or any(map(_ADDRESS.match, words[:50])):
        return False
    distinct = len(set(words))
    # Nearly every item its own single word: codes, not descriptions.
    alone = np.mean([" " not in word and not _CHINESE.search(word) for word in words])
    return not (distinct > max(20, 0.9 * len(words)) and alone > 0.9)


def _field(value: object) -> str:
    """A cell in words: several values with commas, nothing where it is missing."""
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        several = sorted(map(str, value)) if isinstance(value, (set, frozenset)) else list(value)
        return clean_text(", ".join(word for word in map(_field, several) if word), _FIELD)
    if value is None or value is pd.NA or value != value:
        return ""
    return clean_text(", ".join(part.strip() for part in str(value).split("|")), _FIELD)


def _years(table: pd.DataFrame) -> list[str]:
    """The year of each row, empty where there is none."""
    name = next((c for c in table.columns if c.lower() in {"year", "release_year", "年份"}), None)
    if name is None:
        return [""] * len(table)
    numbers = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return [str(int(year)) if 1000 <= year <= 2999 else "" for year in numbers]


def _label(column: str) -> str:
    return clean_text(column, 40).replace("_", " ").capitalize()
