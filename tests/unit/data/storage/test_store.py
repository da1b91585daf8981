"""Saved datasets: whole as they were, and refused where the folder was changed."""

import json
from pathlib import Path

import pandas as pd
import pytest
from practice_logs import draft

from causalrec.core.errors import StorageError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.measure_profile import profile
from causalrec.data.storage.store import load_dataset, save_dataset


def test_saving_and_loading_keeps_everything(tmp_path):
    items = pd.DataFrame({"id": range(15), "title": [f"Item {n}" for n in range(15)]})
    data = draft(items=items).dataset("log")
    save_dataset(data, tmp_path / "d")
    back = load_dataset(tmp_path / "d")
    pd.testing.assert_frame_equal(back.frame, data.frame)
    assert list(back.user_ids) == list(data.user_ids)
    assert back.titles([0]) == ["Item 0"]
    assert back.fingerprint == data.fingerprint
    assert back.mapping == data.mapping


def test_loading_what_is_no_dataset_says_so(tmp_path):
    with pytest.raises(StorageError):
        load_dataset(tmp_path)


def test_a_folder_that_was_changed_is_refused_in_one_way(tmp_path: Path) -> None:
    frame = pd.DataFrame({"u": ["a", "b", "a"], "i": ["x", "y", "z"], "click": [1, 0, 1]})
    mapping = ColumnMapping(user="u", item="i", outcome="click")
    save_dataset(Dataset.from_frame(frame, mapping), tmp_path)
    whole = json.loads((tmp_path / "dataset.json").read_text())
    assert load_dataset(tmp_path).fingerprint == whole["fingerprint"]
    odd = [{}, [], 5, {**whole, "mapping": {"item": 5}}, {**whole, "mapping": {}}]
    odd += [{**whole, "outcomes": ["sales"]}, {**whole, "users": 3}, {**whole, "rows": -1}]
    odd += [{**whole, "name": None}, {**whole, "dropped": {"user": "x"}}, {**whole, "notes": [1]}]
    odd += [
        {k: v for k, v in whole.items() if k != name} for name in ("outcomes", "users", "event")
    ]
    for one in odd:
        (tmp_path / "dataset.json").write_text(json.dumps(one))
        with pytest.raises(StorageError):
            load_dataset(tmp_path)
    (tmp_path / "dataset.json").write_text(json.dumps(whole))
    rows = pd.read_parquet(tmp_path / "rows.parquet")
    for changed in (
        rows.assign(item=99),
        rows.assign(user=-1),
        rows.drop(columns="click"),
        rows[:1],
    ):
        changed.to_parquet(tmp_path / "rows.parquet", index=False)
        with pytest.raises(StorageError):
            load_dataset(tmp_path)
    (tmp_path / "rows.parquet").write_bytes(b"PAR1 cut")
    for ask in (load_dataset, profile):
        with pytest.raises(StorageError):
            ask(tmp_path)
