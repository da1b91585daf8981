"""Who asked for lists, and the lists as a frame with ids, ranks and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.core.words import Text
from causalrec.data.values.asked_ids import asked_id, asked_ids, codes_of, listed, named
from causalrec.recsys.interactions.histories import from_lists

__all__ = ["Histories", "Request", "checked_length", "listing", "note"]

_NAMED = 5

Histories = Sequence[Iterable[Any]] | Mapping[Any, Iterable[Any]]


@dataclass(frozen=True)
class Request:
    """Users who get lists.

    Attributes:
        names: external ids (n,), as they go into the frame.
        codes: int64 (n,), -1 for users who are not known.
        people: the codes, also where a history is given: whose dislikes are known.
        history: csr (n, n_items) given for them, or None: what the model knows.
        strangers: item ids in the histories that no item has.
        nameless: how many of those who were asked for had no id, and get no list.
    """

    names: np.ndarray
    codes: np.ndarray
    people: np.ndarray
    history: sparse.csr_matrix | None
    strangers: tuple[str, ...] = ()
    nameless: int = 0

    @classmethod
    def of(
        cls,
        user_ids: object,
        histories: Histories | None,
        ids: tuple[np.ndarray, np.ndarray],
        *,
        ordered: bool = False,
    ) -> Request:
        """From what `Recommender.recommend` was given; ``ids``: the model's users and items.

        Raises:
            ParamError: there are not as many histories as users, or something is no id.
        """
        if histories is None:
            if user_ids is None:
                everybody = np.arange(len(ids[0]))
                return cls(ids[0], everybody, everybody, None)
            names, codes = named(user_ids, ids[0])
            there = names != ""
            return cls(names[there], codes[there], codes[there], None, (), int((~there).sum()))
        anonymous = user_ids is None and not isinstance(histories, Mapping)
        asked, lists = _paired(user_ids, histories)
        there = np.array([name is not None for name in asked], dtype=bool)
        given = [items for items, good in zip(lists, there, strict=True) if good]
        matrix, strangers = from_lists(given, ids[1], ordered=ordered)
        # The history given speaks for these users, not what was once learnt of them.
        nobody = np.full(len(given), -1, dtype=np.int64)
        users = np.array(asked, dtype=object)[there]
        people = nobody if anonymous else codes_of(users, ids[0])
        return cls(users, nobody, people, matrix, tuple(strangers), int((~there).sum()))


def _paired(user_ids: object, histories: Histories) -> tuple[list[str | None], list[Any]]:
    """Users (None where one has no id) and as many histories.

    Raises:
        ParamError: a user is named twice, or there are not as many histories as users.
    """
    if isinstance(histories, Mapping):
        by_name = {asked_id(name): items for name, items in histories.items()}
        if len(by_name) < len(histories):
            raise ParamError("recsys.history_twice", hint="recsys.history_twice_hint")
        names = list[str | None](by_name) if user_ids is None else asked_ids(user_ids)
        return names, [by_name.get(name or "", ()) for name in names]
    several = listed(histories)
    names = list(map(str, range(len(several)))) if user_ids is None else asked_ids(user_ids)
    if len(names) != len(several):
        raise ParamError(
            "recsys.histories_length",
            hint="recsys.histories_length_hint",
            users=len(names),
            histories=len(several),
        )
    return names, several


def checked_length(k: object) -> int:
    """The length of a list.

    Raises:
        ParamError: it is no whole number of 1 or more.
    """
    if not isinstance(k, (int, np.integer)) or isinstance(k, bool) or k < 1:
        raise ParamError("recsys.bad_k", hint="recsys.bad_k_hint", k=str(k)[:80])
    return int(k)


def listing(
    ask: Request,
    lists: np.ndarray,
    values: np.ndarray,
    item_ids: np.ndarray,
    *,
    history: sparse.csr_matrix,
    disliked: sparse.csr_matrix,
) -> pd.DataFrame:
    """The frame user, rank, item, score; notes in ``attrs["notes"]``.

    Args:
        ask: who asked.
        lists: item codes (n, k) with -1 for none.
        values: their scores (n, k).
        item_ids: code -> id.
        history: what was taken, as it was used, csr (n, n_items).
        disliked: what was rated and not wanted, csr (n, n_items).
    """
    filled = lists >= 0
    row, place = np.nonzero(filled)
    frame = pd.DataFrame(
        {
            "user": ask.names[row],
            "rank": place + 1,
            "item": np.asarray(item_ids)[lists[filled]],
            "score": values[filled],
        }
    )
    strange = ask.codes < 0 if ask.history is None else np.zeros(len(ask.names), dtype=bool)
    nothing, unwanted = (part.getnnz(axis=1) == 0 for part in (history, disliked))
    cold = ask.names[nothing & unwanted & ~strange].tolist()
    short = ask.names[~filled.any(axis=1)].tolist()
    notes = [
        *note("recsys.note_unknown_items", ask.strangers),
        *note("recsys.note_unknown_users", ask.names[strange].tolist()),
        *([Text("recsys.note_nameless", n=ask.nameless)] if ask.nameless else []),
        *note("recsys.note_cold", cold),
        *note("recsys.note_only_disliked", ask.names[nothing & ~unwanted].tolist()),
        *note("recsys.note_nothing_left", short),
    ]
    frame.attrs["notes"] = notes
    return frame


def note(key: str, names: Sequence[str]) -> list[Text]:
    """A sentence that names some; none where there are no names."""
    if not names:
        return []
    shown: str = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        shown = Text("core.and_more", shown=shown, n=len(names) - _NAMED)
    return [Text(key, names=shown, n=len(names))]
