"""Train, validation and test parts of a dataset, and how they were cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, ParamError
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.data.dataset import Dataset
from causalrec.data.ids import recode, union_ids
from causalrec.data.mapping import ColumnMapping
from causalrec.data.tables import align

__all__ = ["MIN_WARM_USERS", "PROTOCOLS", "Split"]

PROTOCOLS = ("auto", "by_time", "leave_last", "per_user")
MIN_WARM_USERS = 500
"""Fewest test users with history for which the global time split is chosen by itself."""


@dataclass(frozen=True, eq=False)
class Split:
    """Three parts that share their ids.

    Attributes:
        train, test: the parts.
        valid: for tuning and stopping; None when none was asked for or no row fell in it.
        protocol: "by_time", "leave_last", "per_user" or "given".
        note: a sentence on how it was cut, and why.
    """

    train: Dataset
    test: Dataset
    valid: Dataset | None
    protocol: str
    note: Text

    @property
    def warm_test_users(self) -> int:
        """Users with a positive in test and one in train."""
        return _warm(self.train, self.test)

    @classmethod
    def auto(cls, data: Dataset) -> Self:
        """By time when at least `MIN_WARM_USERS` test users have history, else leave last out.

        Raises:
            DataError: the log knows no users or is too short.
        """
        if not data.has("time"):
            split = cls.per_user(data)
            return replace(split, note=Text("data.split_no_time"))
        by_time = cls.by_time(data)
        warm = by_time.warm_test_users
        if warm >= MIN_WARM_USERS:
            note = Text("data.split_by_time_chosen", warm=warm)
            return replace(by_time, note=note)
        note = Text("data.split_leave_last_chosen", warm=warm, least=MIN_WARM_USERS)
        return replace(cls.leave_last(data), note=note)

    @classmethod
    def make(cls, data: Dataset, protocol: str = "auto", seed: int = 0) -> Self:
        """A split by the name of its protocol, one of `PROTOCOLS`.

        Raises:
            ParamError: no such protocol.
        """
        if protocol == "per_user":
            return cls.per_user(data, seed=seed)
        if protocol not in PROTOCOLS:
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name="protocol",
                value=repr(protocol),
                why=", ".join(PROTOCOLS),
            )
        made: Self = getattr(cls, protocol)(data)
        return made

    @classmethod
    def by_time(cls, data: Dataset, test: float = 0.1, valid: float = 0.1) -> Self:
        """The last rows of the whole log by time: `test` share, and `valid` before them.

        Rows of one moment stay together.

        Raises:
            DataError: no times, no users, or nothing left to train on.
        """
        _check_shares(test, valid)
        data.require("user")
        data.require("time")
        times = data.frame["time"].to_numpy()
        ordered = np.sort(times)
        first_test = ordered[_cut(len(ordered), test)]
        first_valid = ordered[_cut(len(ordered), test + valid)] if valid else first_test
        part = np.where(times >= first_test, 2, np.where(times >= first_valid, 1, 0))
        note = Text("data.split_by_time", share=test, day=str(first_test)[:10])
        return cls._cut_by(data, part, "by_time", note)

    @classmethod
    def leave_last(cls, data: Dataset) -> Self:
        """Each user's last positive is test, the last but one validation.

        Without times the order of the rows counts. Users with fewer than three positives stay in
        train. Rows that are no positives go with the positive that they follow.
        """
        data.require("user")
        frame = data.frame
        keys = [frame["time"].to_numpy()] if data.has("time") else []
        order = np.lexsort([*keys, frame["user"].to_numpy()])
        user = frame["user"].to_numpy()[order]
        positive = data.positive_mask()[order]
        seen = pd.Series(positive.astype(np.int64)).groupby(user).cumsum().to_numpy()
        total = np.bincount(user, weights=positive, minlength=data.n_users)[user].astype(np.int64)
        part = np.where(total < 3, 0, np.clip(2 - (total - seen), 0, 2))
        unordered = np.empty(len(part), dtype=np.int64)
        unordered[order] = part
        return cls._cut_by(data, unordered, "leave_last", Text("data.split_leave_last"))

    @classmethod
    def per_user(
        cls, data: Dataset, test: float = 0.1, valid: float = 0.1, *, seed: int = 0
    ) -> Self:
        """Random shares of each user's rows; optimistic, since the future informs the past."""
        _check_shares(test, valid)
        data.require("user")
        user = data.frame["user"].to_numpy()
        order = np.lexsort([generator(seed, "split").random(len(user)), user])
        counts = np.bincount(user, minlength=data.n_users)
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        rank = np.empty(len(user), dtype=np.int64)
        rank[order] = np.arange(len(user)) - starts[user[order]]
        n_test = np.floor(counts * test + 0.5).astype(np.int64)[user]
        n_valid = np.floor(counts * valid + 0.5).astype(np.int64)[user]
        part = np.where(rank < n_test, 2, np.where(rank < n_test + n_valid, 1, 0))
        return cls._cut_by(data, part, "per_user", Text("data.split_per_user", share=test))

    @classmethod
    def given(
        cls,
        train: Dataset | pd.DataFrame,
        test: Dataset | pd.DataFrame,
        valid: Dataset | pd.DataFrame | None = None,
        *,
        mapping: ColumnMapping | None = None,
    ) -> Self:
        """Parts that somebody else cut; ids are unioned over all of them.

        The parts are datasets, or frames; the mapping of frames, where it is not said, is that
        of a dataset among the parts, else guessed.
        """
        parts = [p for p in (train, test, valid) if p is not None]
        sets = [_as_dataset(p, mapping, parts) for p in parts]
        user_ids = union_ids(*(s.user_ids for s in sets))
        item_ids = union_ids(*(s.item_ids for s in sets))
        binary = tuple(o for o in sets[0].binary if all(o in s.binary for s in sets))
        moved = [replace(_move(s, user_ids, item_ids, sets), binary=binary) for s in sets]
        return cls(
            train=moved[0],
            test=moved[1],
            valid=moved[2] if len(moved) > 2 else None,
            protocol="given",
            note=Text("data.split_given"),
        )

    @classmethod
    def _cut_by(cls, data: Dataset, part: np.ndarray, protocol: str, note: Text) -> Self:
        train, valid, test = (data.with_frame(data.frame[part == p]) for p in (0, 1, 2))
        if not len(train) or not len(test):
            raise DataError("data.too_short", hint="data.too_short_hint", n=len(data))
        return cls(train, test, valid if len(valid) else None, protocol, note)


def _check_shares(test: float, valid: float) -> None:
    if not (0 < test < 1 and 0 <= valid < 1 and test + valid < 1):
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="test, valid",
            value=f"{test}, {valid}",
            why="0 < test, 0 <= valid, test + valid < 1",
        )


def _cut(n: int, share: float) -> int:
    return min(max(n - round(n * share), 0), n - 1)


def _warm(train: Dataset, test: Dataset) -> int:
    known = np.unique(train.frame.loc[train.positive_mask(), "user"])
    asked = np.unique(test.frame.loc[test.positive_mask(), "user"])
    return int(np.isin(asked, known).sum())


def _as_dataset(
    part: Dataset | pd.DataFrame, mapping: ColumnMapping | None, parts: list[Dataset | pd.DataFrame]
) -> Dataset:
    if isinstance(part, Dataset):
        return part
    if mapping is None:
        known = next((p.mapping for p in parts if isinstance(p, Dataset)), None)
        if known is None:
            from causalrec.data.roles import guess_mapping

            known = guess_mapping(part)
        mapping = known
    return Dataset.from_frame(part, mapping)


def _move(
    data: Dataset, user_ids: np.ndarray, item_ids: np.ndarray, sets: list[Dataset]
) -> Dataset:
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
    known = [t.assign(__id=own) for own, t in parts if t is not None]
    if not known:
        return None
    return align(pd.concat(known, ignore_index=True).drop_duplicates("__id"), ids, "__id")
