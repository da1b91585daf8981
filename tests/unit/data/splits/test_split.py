"""Splits: what falls where, and why the page says so."""

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import CausalRecError, DataError, ParamError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.splits.split import Split


def log(n_users=40, rows=20, seed=0, **mapping):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "user": np.repeat(np.arange(n_users), rows),
            "item": rng.integers(0, 30, n_users * rows),
            "time": rng.permutation(n_users * rows) + 1_000_000_000,
            "click": rng.integers(0, 2, n_users * rows),
        }
    )
    chosen = {"user": "user", "item": "item", "time": "time"} | mapping
    return Dataset.from_frame(frame, ColumnMapping(**chosen))


def parts(split):
    return [p for p in (split.train, split.valid, split.test) if p is not None]


@pytest.mark.parametrize("protocol", ["by_time", "leave_last", "per_user", "auto"])
def test_parts_are_disjoint_complete_and_share_ids(protocol):
    data = log()
    split = Split.make(data, protocol)
    assert sum(map(len, parts(split))) == len(data)
    times = pd.concat([p.frame["time"] for p in parts(split)])
    assert times.is_unique  # each row has its own time, so none is in two parts
    assert all(p.item_ids is data.item_ids for p in parts(split))


def test_by_time_never_trains_on_the_future():
    split = Split.by_time(log(), test=0.2, valid=0.1)
    assert split.train.frame["time"].max() < split.valid.frame["time"].min()
    assert split.valid.frame["time"].max() < split.test.frame["time"].min()
    assert len(split.test) == 160
    assert len(split.valid) == 80


def test_rows_of_one_moment_stay_together():
    data = log()
    same = data.with_frame(data.frame.assign(time=data.frame["time"].dt.floor("90s")))
    split = Split.by_time(same)
    assert split.train.frame["time"].max() < split.test.frame["time"].min()


def test_leave_last_takes_each_users_last_positive():
    split = Split.leave_last(log(outcome="click"))
    test = split.test.frame[split.test.positive_mask()]
    valid = split.valid.frame[split.valid.positive_mask()]
    assert test["user"].is_unique
    assert valid["user"].is_unique
    merged = test.merge(valid, on="user", suffixes=("", "_valid"))
    assert (merged["time"] > merged["time_valid"]).all()
    train = split.train.frame.groupby("user")["time"].max()
    assert (valid.set_index("user")["time"] > train.reindex(valid["user"])).all()


def test_leave_last_keeps_users_with_few_positives_in_train():
    frame = pd.DataFrame({"u": [1, 1, 2, 2, 2], "i": [1, 2, 1, 2, 3], "t": [1, 2, 3, 4, 5]})
    split = Split.leave_last(Dataset.from_frame(frame, ColumnMapping(user="u", item="i", time="t")))
    assert split.test.frame["user"].tolist() == [1]
    assert split.train.frame["user"].tolist() == [0, 0, 1]


def test_per_user_takes_the_share_of_every_user_and_obeys_its_seed():
    data = log()
    split = Split.per_user(data, test=0.2, valid=0.1, seed=3)
    assert (split.test.frame.groupby("user").size() == 4).all()
    assert (split.valid.frame.groupby("user").size() == 2).all()
    again, other = Split.per_user(data, 0.2, 0.1, seed=3), Split.per_user(data, 0.2, 0.1, seed=4)
    assert split.test.frame.equals(again.test.frame)
    assert not split.test.frame.equals(other.test.frame)
    assert "ptimistic" in split.note


def test_auto_says_why():
    few, many = Split.auto(log(n_users=40)), Split.auto(log(n_users=700))
    assert few.protocol == "leave_last"
    assert str(few.note.values["warm"]) in few.note  # noqa: PD011
    assert many.protocol == "by_time"
    assert many.warm_test_users >= 500
    assert Split.auto(log(time=None)).protocol == "per_user"


def test_given_frames_union_their_ids():
    train = pd.DataFrame({"user": [1, 2], "item": [5, 6]})
    test = pd.DataFrame({"user": [3, 1], "item": [7, 5]})
    split = Split.given(train, test)
    assert list(split.train.user_ids) == ["1", "2", "3"]
    assert list(split.test.item_ids) == ["5", "6", "7"]
    assert split.test.frame["user"].tolist() == [2, 0]
    assert split.valid is None


def test_given_datasets_join_their_item_tables():
    def part(users, items, titles):
        frame = pd.DataFrame({"u": users, "i": items})
        table = pd.DataFrame({"id": items, "title": titles})
        return Dataset.from_frame(frame, ColumnMapping(user="u", item="i"), items=table)

    split = Split.given(part([1, 2], ["a", "b"], ["A", "B"]), part([1], ["c"], ["C"]))
    assert split.train.titles([0, 1, 2]) == ["A", "B", "C"]
    assert split.test.n_users == 2


def test_given_parts_are_binary_only_together():
    one = Dataset.from_frame(
        pd.DataFrame({"u": [1], "i": [1], "r": [1]}), ColumnMapping(user="u", item="i", outcome="r")
    )
    other = Dataset.from_frame(
        pd.DataFrame({"u": [1], "i": [2], "r": [5]}), ColumnMapping(user="u", item="i", outcome="r")
    )
    assert Split.given(one, other).train.binary == ()


def test_what_cannot_be_split_says_why():
    with pytest.raises(DataError, match="time"):
        Split.by_time(log(time=None))
    with pytest.raises(DataError, match="user"):
        Split.leave_last(log(user=None))
    with pytest.raises(ParamError):
        Split.by_time(log(), test=0.9, valid=0.2)
    with pytest.raises(ParamError):
        Split.make(log(), "sideways")
    one = Dataset.from_frame(
        pd.DataFrame({"u": [1], "i": [1], "t": [1]}), ColumnMapping(user="u", item="i", time="t")
    )
    with pytest.raises(CausalRecError, match="too few"):
        Split.by_time(one)


def test_every_row_is_tested_in_one_fold():
    data = log()
    folds = [Split.k_fold(data, 4, fold, seed=5) for fold in range(4)]
    times = pd.concat([split.test.frame["time"] for split in folds])
    assert len(times) == len(data)
    assert times.is_unique  # each row has its own time
    for split in folds:
        assert (split.test.frame.groupby("user").size() == 5).all()
        assert (split.valid.frame.groupby("user").size() == 2).all()  # a tenth of 15, rounded
        assert sum(map(len, parts(split))) == len(data)
        assert "ptimistic" in split.note
    sizes = [len(Split.k_fold(log(rows=9), 4, fold).test) for fold in range(4)]
    assert max(sizes) - min(sizes) < 40  # users start at folds of their own
    with pytest.raises(ParamError):
        Split.k_fold(data, 4, 4)
    with pytest.raises(ParamError):
        Split.k_fold(data, 1, 0)
    made = Split.make(data, "k_fold", 5, fold=2, folds=4)
    assert made.test.frame.equals(folds[2].test.frame)


def test_cold_items_are_held_out_with_all_their_rows():
    data = log(outcome="click")
    split = Split.cold_items(data, 0.2, seed=1)
    cold = np.flatnonzero(split.candidates)
    assert len(cold) == 6  # of 30
    assert split.test.frame["item"].isin(cold).all()
    for part in (split.train, split.valid):
        assert not part.frame["item"].isin(cold).any()
    assert sum(map(len, parts(split))) == len(data)
    assert "6" in split.note
    other = Split.cold_items(data, 0.2, seed=2)
    assert (split.candidates != other.candidates).any()
    assert Split.cold_items(data, valid=0.0).valid is None
    with pytest.raises(ParamError):
        Split.cold_items(data, 1.0)
