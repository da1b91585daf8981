"""Train, validation and test parts of a dataset, and how they were cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError, ParamError
from causalrec.core.results.display import Displayed
from causalrec.core.seeds import generator
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.splits.parts import as_dataset, check_shares, cut, dealt, moved, user_shares
from causalrec.data.values.ids import union_ids

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["MIN_WARM_USERS", "PROTOCOLS", "Split"]

PROTOCOLS = ("auto", "by_time", "leave_last", "per_user", "k_fold", "cold_items")
MIN_WARM_USERS = 500
"""Fewest test users with history for which the global time split is chosen by itself."""


@dataclass(frozen=True, eq=False, repr=False)
class Split(Displayed):
    """Three parts that share their ids.

    Attributes:
        train, test: the parts.
        valid: for tuning and stopping; None when none was asked for or no row fell in it.
        protocol: "by_time", "leave_last", "per_user", "k_fold", "cold_items" or "given".
        note: a sentence on how it was cut, and why.
        candidates: items that compete for the places of a test list, bool (n_items,);
            None: all of them.
    """

    train: Dataset
    test: Dataset
    valid: Dataset | None
    protocol: str
    note: Text
    candidates: np.ndarray | None = None

    def _parts(self) -> dict[str, Dataset]:
        parts = {"train": self.train, "valid": self.valid, "test": self.test}
        return {name: part for name, part in parts.items() if part is not None}

    def to_frame(self) -> pd.DataFrame:
        """One row a part: part, rows, users and items with a row, first and last time."""
        return pd.DataFrame([{"part": name, **_size(part)} for name, part in self._parts().items()])

    def summary(self, lang: str = "en") -> str:
        """The size of each part, and how it was cut."""
        sizes = {name: len(part) for name, part in self._parts().items()}
        key = "data.split_summary" if self.valid else "data.split_summary_no_valid"
        return Text(key, **sizes, note=self.note).to(lang)

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
        if data.part[1] > 1:
            return cls.leave_last(data)
        by_time = cls.by_time(data)
        warm = by_time.warm_test_users
        if warm >= MIN_WARM_USERS:
            note = Text("data.split_by_time_chosen", warm=warm)
            return replace(by_time, note=note)
        note = Text("data.split_leave_last_chosen", warm=warm, least=MIN_WARM_USERS)
        return replace(cls.leave_last(data), note=note)

    @classmethod
    def make(
        cls, data: Dataset, protocol: str = "auto", seed: int = 0, *, fold: int = 0, folds: int = 5
    ) -> Self:
        """A split by the name of its protocol, one of `PROTOCOLS`.

        Args:
            data: the log.
            protocol: how it is cut.
            seed: of the random protocols.
            fold: which of the ``folds`` is the test, for "k_fold".
            folds: number of folds.

        Raises:
            ParamError: no such protocol.
        """
        if protocol == "k_fold":
            return cls.k_fold(data, folds, fold, seed=seed)
        if protocol in {"per_user", "cold_items"}:
            drawn: Self = getattr(cls, protocol)(data, seed=seed)
            return drawn
        if protocol not in PROTOCOLS:
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name="protocol",
                value=repr(protocol),
                why=", ".join(PROTOCOLS),
            )
        split: Self = getattr(cls, protocol)(data)
        return split

    @classmethod
    def by_time(cls, data: Dataset, test: float = 0.1, valid: float = 0.1) -> Self:
        """The last rows of the whole log by time: `test` share, and `valid` before them.

        Rows of one moment stay together.

        Raises:
            DataError: no times, no users, nothing left to train on, or the log is a part whose
                times are not those of the whole.
        """
        check_shares(test, valid)
        if data.part[1] > 1:
            raise DataError("distributed.part_by_time", hint="distributed.part_by_time_hint")
        data.require("user")
        data.require("time")
        times = data.frame["time"].to_numpy()
        ordered = np.sort(times)
        first_test = ordered[cut(len(ordered), test)]
        first_valid = ordered[cut(len(ordered), test + valid)] if valid else first_test
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
        check_shares(test, valid)
        data.require("user")
        part = user_shares(data, test, valid, generator(seed, "split"))
        return cls._cut_by(data, part, "per_user", Text("data.split_per_user", share=test))

    @classmethod
    def k_fold(
        cls, data: Dataset, folds: int = 5, fold: int = 0, *, valid: float = 0.1, seed: int = 0
    ) -> Self:
        """Each user's rows dealt at random over ``folds``: one is the test, the rest is known.

        Every row is in the test of exactly one fold. Optimistic, as `per_user` is.

        Args:
            data: the log.
            folds: number of folds, at least 2.
            fold: which is the test, 0 to folds - 1.
            valid: share of each user's other rows held out for validation.
            seed: of the deal; the same for all folds.

        Raises:
            ParamError: there is no such fold.
        """
        check_shares(1.0 / max(folds, 1), valid)
        if not 0 <= fold < folds:
            raise ParamError(
                "core.bad_param",
                hint="core.bad_param_hint",
                name="fold",
                value=str(fold),
                why=f"0 – {folds - 1}",
            )
        data.require("user")
        test = dealt(data, folds, generator(seed, "split")) == fold
        later = user_shares(data, 0.0, valid, generator(seed, "split", fold), among=~test)
        note = Text("data.split_k_fold", fold=fold + 1, folds=folds)
        return cls._cut_by(data, np.where(test, 2, later), "k_fold", note)

    @classmethod
    def cold_items(
        cls, data: Dataset, share: float = 0.2, valid: float = 0.1, *, seed: int = 0
    ) -> Self:
        """Random items held out with all their rows; in the test only they compete.

        Args:
            data: the log.
            share: of the items with a positive row, above 0 and below 1.
            valid: share of each user's rows with the other items, held out for validation.
            seed: of the draw.

        Raises:
            DataError: no user is mapped, or fewer than two items have a positive row.
            ParamError: a share is out of range.
        """
        check_shares(share, 0.0)
        check_shares(0.5, valid / 2)
        data.require("user")
        rng = generator(seed, "split")
        liked = np.unique(data.frame["item"].to_numpy()[data.positive_mask()])
        if len(liked) < 2:
            raise DataError("data.too_short", hint="data.too_short_hint", n=len(data))
        cold = np.zeros(data.n_items, dtype=bool)
        cold[rng.choice(liked, min(max(round(len(liked) * share), 1), len(liked) - 1), False)] = (
            True
        )
        test = cold[data.frame["item"].to_numpy()]
        later = user_shares(data, 0.0, valid, rng, among=~test)
        note = Text("data.split_cold_items", n=int(cold.sum()), share=share)
        split = cls._cut_by(data, np.where(test, 2, later), "cold_items", note)
        return replace(split, candidates=cold)

    @classmethod
    def given(
        cls,
        train: Dataset | IntoFrame,
        test: Dataset | IntoFrame,
        valid: Dataset | IntoFrame | None = None,
        *,
        mapping: ColumnMapping | None = None,
    ) -> Self:
        """Parts that somebody else cut; ids are unioned over all of them.

        The parts are datasets, or tables of any kind; the mapping of tables, where it is not
        said, is that of a dataset among the parts, else guessed.
        """
        parts = [p for p in (train, test, valid) if p is not None]
        sets = [as_dataset(p, mapping, parts) for p in parts]
        user_ids = union_ids(*(s.user_ids for s in sets))
        item_ids = union_ids(*(s.item_ids for s in sets))
        binary = tuple(o for o in sets[0].binary if all(o in s.binary for s in sets))
        parts_moved = [replace(moved(s, user_ids, item_ids, sets), binary=binary) for s in sets]
        return cls(
            train=parts_moved[0],
            test=parts_moved[1],
            valid=parts_moved[2] if len(parts_moved) > 2 else None,
            protocol="given",
            note=Text("data.split_given"),
        )

    @classmethod
    def _cut_by(cls, data: Dataset, part: np.ndarray, protocol: str, note: Text) -> Self:
        train, valid, test = (data.with_frame(data.frame[part == p]) for p in (0, 1, 2))
        if not len(train) or not len(test):
            raise DataError("data.too_short", hint="data.too_short_hint", n=len(data))
        return cls(train, test, valid if len(valid) else None, protocol, note)


def _size(part: Dataset) -> dict[str, object]:
    size = {"rows": len(part)}
    ids = [role for role in ("user", "item") if role in part.frame]
    size |= {f"{role}s": part.frame[role].nunique() for role in ids}
    if "time" not in part.frame:
        return dict(size)
    return {**size, "first": part.frame["time"].min(), "last": part.frame["time"].max()}


def _warm(train: Dataset, test: Dataset) -> int:
    warm = np.unique(train.frame.loc[train.positive_mask(), "user"])
    asked = np.unique(test.frame.loc[test.positive_mask(), "user"])
    return int(np.isin(asked, warm).sum())
