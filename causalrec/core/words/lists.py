"""Several phrases as one, and a phrase as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from causalrec.core.words import Text

__all__ = ["as_sentence", "listed"]


def listed(phrases: Sequence[Text | str]) -> Text:
    """Several names or phrases as one: "NDCG@10, Coverage@10"."""
    joined = Text("answer.as_is", value=phrases[0])
    for phrase in phrases[1:]:
        joined = Text("compare.listed", first=joined, second=phrase)
    return joined


def as_sentence(text: str, lang: str = "en") -> str:
    """A phrase as a sentence: its first letter large, one full stop at its end."""
    ended = (
        text if text.endswith((".", "。", "?", "？")) else text + ("。" if lang == "zh" else ".")
    )
    return f"{ended[:1].upper()}{ended[1:]}"
