"""Import, append and matrix tasks; sources, pseudonyms, and a disk that refuses."""

import json
import os
import shutil
from functools import partial

import numpy as np
import pandas as pd
import pytest

from causalrec.core.errors import CausalRecError, DataError, NotFoundError, StorageError
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.importing import load_source, save_source, secret_key
from causalrec.data.preparation.measure_profile import profile
from causalrec.data.preparation.rating_matrix import matrix_rows, read_matrix
from causalrec.data.reading import server_folder
from causalrec.data.reading.read_dataset import read_dataset
from causalrec.data.steps.draft import Draft
from causalrec.data.storage.saved_datasets import first_rows, top_items
from causalrec.data.storage.store import load_dataset, save_dataset
from causalrec.runs.record.catalogue import TASKS
from causalrec.tasks.data.import_data import DatasetSummary
from causalrec.workspace import Workspace


def rows(n=300, seed=0, start=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "user_id": rng.integers(0, 20, n),
            "item_id": rng.integers(0, 12, n),
            "timestamp": 1_600_000_000 + start + np.arange(n) * 7200,
            "rating": rng.integers(1, 6, n),
            "age": rng.normal(30, 5, n),
        }
    )


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "root", "Test")


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    rows().to_csv(path, index=False)
    return path


def run(workspace, name, /, **params):
    return TASKS[name](params).run(workspace)


def test_import_guesses_saves_and_makes_it_current(workspace, log):
    done = run(workspace, "import", path=str(log))
    assert (done.rows, done.users, done.items, done.version) == (300, 20, 12, 1)
    assert workspace.settings()["dataset"] == "log"
    data = load_dataset(workspace.thing("dataset", "log").folder)
    assert data.fingerprint == done.fingerprint
    assert DatasetSummary.model_validate_json(done.model_dump_json()).summary() == done.summary()
    assert "300" in done.summary("zh")


def test_read_dataset_is_the_same_path(workspace, log):
    done = run(workspace, "import", path=str(log))
    assert read_dataset(log).fingerprint == done.fingerprint


def test_steps_are_saved_with_the_data(workspace, log):
    steps = [{"name": "positive", "params": {"at_least": 4}}, {"name": "normalise"}]
    done = run(workspace, "import", path=str(log), name="n", steps=steps)
    thing = workspace.thing("dataset", "n")
    assert thing.meta["steps"] == steps
    data = load_dataset(thing.folder)
    assert data.steps == tuple(steps)
    assert data.positive_mask().sum() == (rows()["rating"] >= 4).sum()
    assert [e.step for e in done.effects.steps] == ["positive", "normalise"]


def test_append_is_a_new_version_as_if_imported_whole(workspace, log, tmp_path):
    steps = [{"name": "normalise"}, {"name": "k_core", "params": {"users": 2, "items": 2}}]
    run(workspace, "import", path=str(log), steps=steps)
    more = tmp_path / "more.csv"
    rows(100, 1, start=10**7).to_csv(more, index=False)
    done = run(workspace, "append", dataset="log", path=str(more))
    whole = tmp_path / "whole.csv"
    pd.concat([rows(), rows(100, 1, start=10**7)]).to_csv(whole, index=False)
    at_once = run(workspace, "import", path=str(whole), name="whole", steps=steps)
    assert (done.version, done.rows) == (2, at_once.rows)
    assert done.fingerprint == at_once.fingerprint


def test_what_was_made_from_the_older_version_is_stale(workspace, log):
    run(workspace, "import", path=str(log))
    thing = workspace.thing("dataset", "log")
    made = workspace.save_json("model", "m", {}, made_from=[thing.ref])
    assert workspace.stale(made) == ()
    run(workspace, "append", dataset="log", path=str(log))
    assert workspace.stale(made) == (thing.ref,)


def test_append_needs_the_same_columns(workspace, log, tmp_path):
    run(workspace, "import", path=str(log))
    other = tmp_path / "other.csv"
    rows().rename(columns={"rating": "stars"}).to_csv(other, index=False)
    with pytest.raises(DataError, match="rating"):
        run(workspace, "append", dataset="log", path=str(other))
    assert workspace.thing("dataset", "log").version == 1


def test_a_dataset_without_a_source_cannot_grow(workspace, log):
    data = read_dataset(log)
    workspace.save("dataset", "bare", partial(save_dataset, data))
    with pytest.raises(DataError, match="not made from a table"):
        run(workspace, "append", dataset="bare", path=str(log))


def test_pseudonyms_keep_real_ids_out_of_the_workspace(workspace, tmp_path):
    frame = rows().assign(user_id=lambda f: "person-" + f["user_id"].astype("str"))
    path, more = tmp_path / "log.csv", tmp_path / "more.csv"
    frame.to_csv(path, index=False)
    frame.head(50).assign(timestamp=1_700_000_000).to_csv(more, index=False)
    run(workspace, "import", path=str(path), name="n", steps=[{"name": "pseudonymise"}])
    before = set(load_dataset(workspace.thing("dataset", "n").folder).user_ids)
    run(workspace, "append", dataset="n", path=str(more))
    assert set(load_dataset(workspace.thing("dataset", "n").folder).user_ids) == before
    kept = [p for p in workspace.folder.rglob("*") if p.is_file()]
    assert not any(b"person-" in p.read_bytes() for p in kept if p.suffix != ".sqlite")
    for table in (p for p in kept if p.suffix == ".parquet"):
        text = pd.read_parquet(table).astype("str").to_csv()
        assert "person-" not in text
    key = workspace.folder / "pseudonyms.key"
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o077 == 0
    assert secret_key(workspace.folder) == key.read_bytes()


def test_a_full_disk_says_so_and_changes_nothing(workspace, log, monkeypatch):
    run(workspace, "import", path=str(log))

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(StorageError) as caught:
        run(workspace, "import", path=str(log))
    assert caught.value.hint
    assert workspace.thing("dataset", "log").version == 1
    assert not any((workspace.folder / "drafts").iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_workspace_says_so(workspace, log):
    workspace.folder.chmod(0o500)
    try:
        with pytest.raises(CausalRecError) as caught:
            run(workspace, "import", path=str(log))
        assert caught.value.hint
    finally:
        workspace.folder.chmod(0o700)


def test_profile_agrees_with_pandas(workspace, log):
    run(workspace, "import", path=str(log))
    folder = workspace.thing("dataset", "log").folder
    import causalrec.plots  # noqa: F401 - registers the charts

    made, frame = profile(folder), rows()
    assert made.rows == 300
    assert made.activity.frame["rows"].sum() == 300
    counts = frame["item_id"].value_counts()
    assert made.long_tail.top_tenth == pytest.approx(counts.iloc[0] / 300)
    halves = frame.groupby("user_id").size().median()
    users = made.sessions.frame.set_index("quantile")["rows"]
    assert users[0.5] == halves
    mean = made.rates.frame.set_index("outcome")["value"]["rating"]
    assert mean == pytest.approx(frame["rating"].mean())
    assert (
        made.rates.distribution["rows"].tolist()
        == frame["rating"].value_counts().sort_index().tolist()
    )
    for part in (made, made.activity, made.long_tail, made.sessions, made.missingness, made.rates):
        assert part.summary("zh") != part.summary("en")
        assert type(part).model_validate_json(part.model_dump_json()).summary() == part.summary()
        if part is not made:
            assert len(part.plot("zh", dark=True).data)


def test_lists_show_titles(workspace, log, tmp_path):
    items = tmp_path / "items.csv"
    titles = [f"<i>Thing {k}</i>" for k in range(12)]
    pd.DataFrame({"id": range(12), "title": titles}).to_csv(items, index=False)
    run(workspace, "import", path=str(log), items=str(items))
    folder = workspace.thing("dataset", "log").folder
    top = top_items(folder, 3)
    best = rows()["item_id"].value_counts().max()
    assert top["rows"].iloc[0] == best
    assert all(t.startswith("<i>Thing") for t in top["item"])
    assert first_rows(folder, 5)["item"].str.startswith("<i>Thing").all()


def test_a_matrix_becomes_rows(workspace, tmp_path):
    path, out = tmp_path / "m.txt", tmp_path / "rows.csv"
    path.write_text("0 5 0\n3 0 1\n")
    chance = tmp_path / "p.txt"
    chance.write_text(".1 .2 .3\n.4 .5 .6\n")
    done = run(workspace, "matrix", matrix=str(path), out=str(out), propensities=str(chance))
    made = pd.read_csv(out)
    assert made.to_dict("list") == {
        "user": [0, 1, 1], "item": [1, 0, 2], "rating": [5, 3, 1], "propensity": [0.2, 0.4, 0.6],
    }  # fmt: skip
    assert (done.rows, done.users, done.items) == (3, 2, 3)
    assert len(matrix_rows(read_matrix(path), missing=5)) == 5


@pytest.mark.parametrize("content", ["1 2\n3\n", "a b\nc d\n", "", "\n"])
def test_what_is_no_matrix_is_refused(tmp_path, content):
    path = tmp_path / "m.txt"
    path.write_text(content)
    with pytest.raises(DataError, match="no matrix"):
        read_matrix(path)


def test_the_server_folder_offers_its_tables_and_nothing_else(tmp_path, monkeypatch):
    inside, outside = tmp_path / "data", tmp_path / "secret.csv"
    (inside / "sub").mkdir(parents=True)
    outside.write_text("a,b\n1,2\n")
    (inside / "sub" / "log.csv").write_text("a,b\n1,2\n")
    (inside / "notes.pdf").write_text("x")
    (inside / ".hidden.csv").write_text("x")
    (inside / "link.csv").symlink_to(outside)
    monkeypatch.setenv("CAUSALREC_DATA", str(inside))
    assert server_folder.server_files() == ["sub/log.csv"]
    assert server_folder.server_file("sub/log.csv") == inside / "sub" / "log.csv"
    for evil in (
        "../secret.csv",
        str(outside),
        "link.csv",
        "notes.pdf",
        "sub/../../secret.csv",
        "",
    ):
        with pytest.raises(NotFoundError):
            server_folder.server_file(evil)
    shutil.rmtree(inside)
    assert server_folder.server_files() == []
    monkeypatch.delenv("CAUSALREC_DATA")
    with pytest.raises(NotFoundError):
        server_folder.server_file("secret.csv")


def test_the_command_line_takes_a_mapping_as_json(log, tmp_path, monkeypatch, capsys):
    from causalrec.cli import main

    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(tmp_path / "root"))
    mapping = ColumnMapping(user="user_id", item="item_id", outcome="rating", time="timestamp")
    assert (
        main(["import", "--path", str(log), "--mapping", mapping.model_dump_json(), "--json"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["rows"] == 300


def test_what_a_person_corrected_is_used_again_when_rows_are_appended(workspace, tmp_path):
    """A file that reads well in two ways: the chosen one holds for later rows too."""
    rows = [f"u{n % 5}\ti{n % 7}\t1,{n % 9}00" for n in range(40)]
    for name in ("log.tsv", "more.tsv"):
        (tmp_path / name).write_text("\n".join(["user\titem\trating", *rows]), encoding="utf-8")
    mapping = {"user": "user", "item": "item", "outcome": "rating"}
    asked = {"mapping": mapping, "options": {"decimal": ","}}
    done = run(workspace, "import", path=str(tmp_path / "log.tsv"), **asked)
    run(workspace, "append", dataset=done.name, path=str(tmp_path / "more.tsv"))
    data = load_dataset(workspace.thing("dataset", done.name).folder)
    assert len(data) == 80
    assert data.frame["rating"].max() == 1.8


def test_users_of_an_append_are_those_of_the_log(workspace, tmp_path):
    """An empty cell makes the old ids floats, a word makes the new ones text."""
    old = pd.DataFrame({"user_id": [*range(1, 21), None], "item_id": range(21), "time": range(21)})
    new = pd.DataFrame({"user_id": [*range(1, 21), "guest7"], "item_id": range(21)})
    old.to_parquet(tmp_path / "old.parquet")
    new = new.astype({"user_id": "str"}).assign(time=range(21))
    new.to_parquet(tmp_path / "new.parquet")
    mapping = {"user": "user_id", "item": "item_id", "time": "time"}
    first = run(workspace, "import", path=str(tmp_path / "old.parquet"), name="n", mapping=mapping)
    assert first.users == 20
    assert first.dropped == {"user": 1}
    assert "data.note_left_out" in [note.key for note in first.notes]
    both = run(workspace, "append", dataset="n", path=str(tmp_path / "new.parquet"))
    assert both.users == 21
    again = run(workspace, "append", dataset="n", path=str(tmp_path / "new.parquet"))
    assert again.users == 21


def test_a_guess_is_told_with_the_import(workspace, tmp_path):
    n = np.arange(300)
    frame = pd.DataFrame({"sku": n % 30, "product_id": n % 31, "user_id": n % 20})
    frame.to_csv(tmp_path / "log.csv", index=False)
    made = run(workspace, "import", path=str(tmp_path / "log.csv"))
    assert made.notes[0].key == "data.guess_or"
    kept = load_dataset(workspace.thing("dataset", "log").folder)
    assert kept.notes == made.notes


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"{}", b'{"mapping": 3}', b'{"mapping": {"item": "i"}}', b"[" * 10**5],
)
def test_a_damaged_source_is_a_sentence(tmp_path, damage):
    """What appended rows are joined to was cut, emptied or changed by another hand."""
    frame = pd.DataFrame({"u": ["a", "b"], "i": ["x", "y"]})
    save_source(Draft(frame, ColumnMapping(user="u", item="i")), [], tmp_path)
    assert load_source(tmp_path)[1] == []
    (tmp_path / "source" / "source.json").write_bytes(damage)
    with pytest.raises(StorageError):
        load_source(tmp_path)
