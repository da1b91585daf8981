"""Several phrases as one."""

from __future__ import annotations

from collections.abc import Sequence

from causalrec.core.words import Text

__all__ = ["listed"]


def listed(phrases: Sequence[Text | str]) -> Text:
    """Several names or phrases as one: "NDCG@10, Coverage@10"."""
    joined = Text("answer.as_is", value=phrases[0])
    for phrase in phrases[1:]:
        joined = Text("compare.listed", first=joined, second=phrase)
    return joined
