"""How rows fall into the parts of a split, and parts that share their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.data.dataset.attribute_tables import align
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.values.frames import as_pandas
from causalrec.data.values.ids import recode

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["as_dataset", "check_shares", "cut", "dealt", "moved", "user_shares"]


def check_shares(test: float, valid: float) -> None:
    """Check shares of a split: 0 < test, 0 <= valid, test + valid < 1.

    Raises:
        ParamError: they are not.
    """
    if not (0 < test < 1 and 0 <= valid < 1 and test + valid < 1):
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="test, valid",
            value=f"{test}, {valid}",
            why="0 < test, 0 <= valid, test + valid < 1",
        )


def cut(n: int, share: float) -> int:
    """Where the last ``share`` of n sorted rows begins."""
    return min(max(n - round(n * share), 0), n - 1)


def user_shares(
    data: Dataset,
    test: float,
    valid: float,
    rng: np.random.Generator,
    *,
    among: np.ndarray | None = None,
) -> np.ndarray:
    """Random shares of each user's rows: 2 for test, 1 for validation, 0 for the rest, (n,).

    Args:
        data: the log.
        test: share of the rows of each user for test, rounded.
        valid: the same for validation.
        rng: the draw.
        among: rows that take part, bool (n,); the others get 0. None: all.
    """
    rank, counts = _ranked(data, rng, among)
    user = data.frame["user"].to_numpy()
    n_test = np.floor(counts * test + 0.5).astype(np.int64)[user]
    n_valid = np.floor(counts * valid + 0.5).astype(np.int64)[user]
    part = np.where(rank < n_test, 2, np.where(rank < n_test + n_valid, 1, 0))
    return np.asarray(part if among is None else np.where(among, part, 0))


def dealt(data: Dataset, folds: int, rng: np.random.Generator) -> np.ndarray:
    """The fold of each row, (n,): every user's rows in random order, dealt like cards.

    Users start at a fold of their own, so that folds are alike in size.
    """
    rank, counts = _ranked(data, rng, None)
    first = rng.integers(0, folds, size=len(counts))
    return np.asarray((rank + first[data.frame["user"].to_numpy()]) % folds)


def _ranked(
    data: Dataset, rng: np.random.Generator, among: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """A random place of each row among its user's, from 0, (n,), and rows a user, (n_users,)."""
    user = data.frame["user"].to_numpy()
    left_out = np.zeros(len(user), dtype=bool) if among is None else ~among
    order = np.lexsort([rng.random(len(user)), left_out, user])
    starts = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=data.n_users))[:-1]])
    rank = np.empty(len(user), dtype=np.int64)
    rank[order] = np.arange(len(user)) - starts[user[order]]
    return rank, np.bincount(user[~left_out], minlength=data.n_users)


def as_dataset(
    part: Dataset | IntoFrame, mapping: ColumnMapping | None, parts: Sequence[Dataset | IntoFrame]
) -> Dataset:
    """A part as a dataset; a table's mapping is the given one, another part's, or guessed."""
    if isinstance(part, Dataset):
        return part
    frame = as_pandas(part)
    if mapping is None:
        shared = next((p.mapping for p in parts if isinstance(p, Dataset)), None)
        if shared is None:
            from causalrec.data.roles.guess_mapping import guess_mapping

            shared = guess_mapping(frame)
        mapping = shared
    return Dataset.from_frame(frame, mapping)


def moved(
    data: Dataset, user_ids: np.ndarray, item_ids: np.ndarray, sets: list[Dataset]
) -> Dataset:
    """A part in the codes of the union of ids, with the tables of all parts."""
    frame = data.frame.copy(deep=False)
    frame["item"] = recode(frame["item"].to_numpy(), data.item_ids, item_ids)
    if "user" in frame.columns:
        frame["user"] = recode(frame["user"].to_numpy(), data.user_ids, user_ids)
    return replace(
        data,
        frame=frame,
        user_ids=user_ids,
        item_ids=item_ids,
        items=_joined(item_ids, [(s.item_ids, s.items) for s in sets]),
        users=_joined(user_ids, [(s.user_ids, s.users) for s in sets]),
    )


def _joined(
    ids: np.ndarray, parts: list[tuple[np.ndarray, pd.DataFrame | None]]
) -> pd.DataFrame | None:
    tables = [t.assign(__id=own) for own, t in parts if t is not None]
    if not tables:
        return None
    return align(pd.concat(tables, ignore_index=True).drop_duplicates("__id"), ids, "__id")
