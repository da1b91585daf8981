"""MovieLens, Open Bandit and Coat go the same way as any table, whatever their columns are called."""  # noqa: E501

import os
from pathlib import Path

import pandas as pd
import pytest

from causalrec.core.errors import DataError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.dataset.exposure import exposure_log
from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.preparation.checks import find
from causalrec.data.reading.read_dataset import read_dataset
from causalrec.data.splits.split import Split
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.catalogue import TASKS
from causalrec.workspace import Workspace

ROOT = Path(__file__).resolve().parents[4]


def bench(*parts: str) -> Path:
    folder = os.environ.get("CAUSALREC_BENCH_DATA")
    path = (Path(folder) if folder else ROOT.parent / "shared" / "data").joinpath(*parts)
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no data for measuring at {path}")
        pytest.skip(f"no data for measuring at {path}")
    return path


@pytest.fixture(scope="module")
def movies() -> Dataset:
    return read_dataset(
        bench("ml-100k", "interactions.parquet"), items=bench("ml-100k", "items.parquet"),
        users=bench("ml-100k", "users.parquet"), name="movies",
    )  # fmt: skip


def test_movielens_by_guess(movies):
    assert (len(movies), movies.n_users, movies.n_items) == (100_000, 943, 1682)
    assert movies.outcomes == ("rating",)
    assert movies.titles([0]) == ["Toy Story (1995)"]
    assert movies.users["occupation"].notna().all()
    assert movies.positive_mask().all()  # the fixed splits use every row
    assert not movies.has_impressions
    split = Split.auto(movies)
    assert split.protocol == "leave_last"
    assert split.note.to("zh") != split.note


def test_movielens_renamed_and_shuffled_is_the_same_data(movies, tmp_path):
    names = {"user_id": "kto", "item_id": "co", "rating": "ile", "timestamp": "kiedy"}
    frame = pd.read_parquet(bench("ml-100k", "interactions.parquet")).rename(columns=names)
    frame = frame.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    path = tmp_path / "dane.txt"
    frame.to_csv(path, index=False, sep="|")
    items = pd.read_parquet(bench("ml-100k", "items.parquet"))
    table = items.rename(columns={"item_id": "klucz"}).sample(frac=1, axis=1, random_state=3)
    table.sample(frac=1, random_state=4).to_csv(tmp_path / "rzeczy.tsv", index=False, sep="\t")
    mapping = ColumnMapping(user="kto", item="co", time="kiedy", outcomes={"rating": "ile"})
    made = read_dataset(path, mapping, items=tmp_path / "rzeczy.tsv")
    columns = list(movies.frame.columns)
    order = ["user", "item", "time", "rating"]
    left, right = (d.frame[columns].sort_values(order, ignore_index=True) for d in (made, movies))
    pd.testing.assert_frame_equal(left, right)
    assert list(made.item_ids) == list(movies.item_ids)
    assert made.titles(range(1682)) == movies.titles(range(1682))


@pytest.mark.parametrize("renamed", [False, True])
def test_open_bandit_has_no_users_and_exact_propensities(tmp_path, renamed):
    frame = pd.read_csv(bench("obd_small", "random", "all", "all.csv"), index_col=0)
    names = {"item_id": "x1", "timestamp": "x2", "propensity_score": "x3", "position": "x4"}
    mapping = None
    if renamed:
        frame = frame.rename(columns={**names, "click": "x5"}).sample(
            frac=1, axis=1, random_state=0
        )
        mapping = ColumnMapping(
            item="x1", time="x2", propensity="x3", position="x4", outcomes={"click": "x5"}
        )
    path = tmp_path / "log.csv"
    frame.to_csv(path, index=not renamed)
    data = read_dataset(path, mapping)
    log = exposure_log(data, "click")
    assert (log.n, log.n_items, data.n_users) == (10_000, 80, 0)
    assert log.frame["propensity"].unique().tolist() == [0.0125]
    assert log.frame["outcome"].sum() == 38
    assert set(log.frame["position"]) == {1, 2, 3}
    with pytest.raises(DataError, match="knows no user"):
        data.matrix()
    with pytest.raises(DataError, match="knows no user"):
        Split.auto(data)


def test_coat_goes_through_its_documented_command(tmp_path):
    workspace = Workspace.create(tmp_path / "root", "Test")
    out = tmp_path / "coat.csv"
    TASKS["matrix"](
        {
            "matrix": str(bench("coat", "train.ascii")),
            "out": str(out),
            "propensities": str(bench("coat", "propensities.ascii")),
        }
    ).run(workspace)
    done = TASKS["import"]({"path": str(out)}).run(workspace)
    assert (done.rows, done.users, done.items) == (6960, 290, 300)
    data = load_dataset(workspace.thing("dataset", "coat").folder)
    assert data.outcomes == ("rating",)
    assert data.has("propensity")
    assert Split.auto(data).protocol == "per_user"


def test_real_logs_have_no_urgent_findings(movies):
    from causalrec.data.steps.draft import Draft

    frame = pd.read_parquet(bench("ml-100k", "interactions.parquet"))
    found = find(Draft(frame, movies.mapping)).found
    assert not any(f.urgent for f in found)
