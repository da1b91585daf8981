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
from causalrec.recsys.history import as_ids, codes_of, from_lists

__all__ = ["Histories", "Request", "listing"]

_NAMED = 5

Histories = Sequence[Iterable[Any]] | Mapping[Any, Iterable[Any]]


@dataclass(frozen=True)
class Request:
    """Users who get lists.

    Attributes:
        names: external ids (n,), as they go into the frame.
        codes: int64 (n,), -1 for users who are not known.
        history: csr (n, n_items) given for them, or None: what the model knows.
        strangers: item ids in the histories that no item has.
    """

    names: np.ndarray
    codes: np.ndarray
    history: sparse.csr_matrix | None
    strangers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        user_ids: Iterable[Any] | None,
        histories: Histories | None,
        ids: tuple[np.ndarray, np.ndarray],
        *,
        ordered: bool = False,
    ) -> Request:
        """From what `Recommender.recommend` was given; ``ids``: the model's users and items.

        Raises:
            ParamError: there are not as many histories as users.
        """
        if histories is None:
            names = ids[0] if user_ids is None else _names(user_ids)
            return cls(names, codes_of(names, ids[0]), None)
        if isinstance(histories, Mapping):
            names = _names(histories if user_ids is None else user_ids)
            by_name = {str(name): items for name, items in histories.items()}
            histories = [by_name.get(name, ()) for name in names.tolist()]
        elif user_ids is None:
            names = np.arange(len(histories)).astype(str)
        else:
            names = _names(user_ids)
        if len(names) != len(histories):
            raise ParamError(
                "recsys.histories_length",
                hint="recsys.histories_length_hint",
                users=len(names),
                histories=len(histories),
            )
        matrix, strangers = from_lists(histories, ids[1], ordered=ordered)
        # The history given speaks for these users, not what was once learnt of them.
        nobody = np.full(len(names), -1, dtype=np.int64)
        return cls(names, nobody, matrix, tuple(strangers))


def listing(
    ask: Request,
    found: tuple[np.ndarray, np.ndarray],
    rows: sparse.csr_matrix,
    item_ids: np.ndarray,
) -> pd.DataFrame:
    """The frame user, rank, item, score; notes in ``attrs["notes"]``.

    Args:
        ask: who asked.
        found: item codes (n, k) with -1 for none, and their scores (n, k).
        rows: the histories used, csr (n, n_items).
        item_ids: code -> id.
    """
    lists, values = found
    listed = lists >= 0
    row, place = np.nonzero(listed)
    frame = pd.DataFrame(
        {
            "user": ask.names[row],
            "rank": place + 1,
            "item": np.asarray(item_ids)[lists[listed]],
            "score": values[listed],
        }
    )
    cold = ask.names[rows.getnnz(axis=1) == 0].tolist()
    short = ask.names[~listed.any(axis=1)].tolist()
    notes = [
        *_note("recsys.note_unknown_items", ask.strangers),
        *_note("recsys.note_cold", cold),
        *_note("recsys.note_nothing_left", short),
    ]
    frame.attrs["notes"] = notes
    return frame


def _names(ids: Iterable[Any]) -> np.ndarray:
    if isinstance(ids, str):
        ids = [ids]
    return as_ids(ids)


def _note(key: str, names: Sequence[str]) -> list[Text]:
    if not names:
        return []
    shown: str = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        shown = Text("core.and_more", shown=shown, n=len(names) - _NAMED)
    return [Text(key, names=shown, n=len(names))]
