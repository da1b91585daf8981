"""Several processes train as one: the same numbers, one end, nothing lost when one is killed.

Run as a script, this file is one process of a team (as ``torchrun`` would start it).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest

import causalrec as cr
from causalrec.core.errors import DataError
from causalrec.data.storage.store import save_dataset
from causalrec.recsys.team.heartbeat import Heartbeat
from causalrec.recsys.team.team import Team
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.train import Train
from causalrec.workspace import Workspace

ROOT = Path(__file__).parents[4]
#: Five steps each, from the same start; sums of two parts round differently than one sum
#: (float32: measured 0 for EASE and iALS, 1e-7 for the others).
MODELS: dict[str, dict[str, Any]] = {
    "ease": {"regularization": 20.0},
    "ials": {"factors": 8, "epochs": 3},
    "lightgcn": {"factors": 8, "epochs": 1, "batch_size": 210, "loss": "softmax"},
    "multvae": {"factors": 8, "width": 16, "dropout": 0.0, "epochs": 1, "batch_size": 210},
    "sasrec": {"factors": 8, "length": 10, "dropout": 0.0, "epochs": 1, "batch_size": 200},
}
STEPS = {"lightgcn": 5, "multvae": 5, "sasrec": 5}


LOG = cr.ColumnMapping(user="user", item="item", time="time")


def write_log(folder: Path) -> None:
    """A made-up log with tastes, in three files: 120 users, 40 items, times."""
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(120), rng.integers(5, 25, 120))
    items = (users * 7 + rng.integers(0, 16, len(users))) % 40
    frame = pd.DataFrame({"user": users, "item": items, "time": rng.permutation(len(users))})
    folder.mkdir()
    for place, rows in enumerate(np.array_split(np.arange(len(frame)), 3)):
        frame.iloc[rows].to_parquet(folder / f"{place}.parquet")


def read_log(folder: Path, part: tuple[int, int] = (0, 1)) -> cr.Dataset:
    """The log, or a process's part of it."""
    return cr.read_dataset(folder, LOG, options={"time_unit": "s"}, part=part)


def fit_all(out: Path) -> None:
    """Read this process's part, fit every model; what each learnt and its NDCG into files."""
    from torch.optim.optimizer import register_optimizer_step_post_hook

    team = cr.current_team()
    assert team.from_leader(b"now" if team.leads else b"") == b"now"
    split = cr.Split.leave_last(read_log(out / "log", (team.rank, team.size)))
    for name, params in MODELS.items():
        steps = [0]
        hook = register_optimizer_step_post_hook(lambda *_, n=steps: n.append(1))
        model = cr.recommender(name, **params)
        model.fit(split.train, split.valid, device="cpu")
        hook.remove()
        value = cr.evaluate(model, split, k=10).row("ndcg", 10)["value"]
        arrays = {**model._arrays, "ndcg": np.array(value)}
        np.savez(out / f"{name}-{team.rank}.npz", **arrays)
        (out / f"{name}-{team.rank}.steps").write_text(str(sum(steps)))


@contextmanager
def members(out: Path, work: str, size: int = 2) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes of a team, with what ``torchrun`` tells them; none outlives the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    environment |= {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", "PYTHONPATH": str(ROOT)}
    processes = []
    for rank in range(size):
        with (out / f"said-{rank}.txt").open("w") as said:
            processes.append(
                subprocess.Popen(
                    [sys.executable, __file__, work, str(out)],
                    env={**os.environ, **environment, "RANK": str(rank)},
                    stderr=said,
                )
            )
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def said(out: Path) -> str:
    """What the processes of a team wrote to stderr."""
    return "\n".join(path.read_text() for path in sorted(out.glob("said-*.txt")))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of what one process made, and two."""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    write_log(one / "log")
    write_log(two / "log")
    with members(two, "fit") as processes:
        fit_all(one)
        assert [process.wait(timeout=120.0) for process in processes] == [0, 0], said(two)
    return one, two


@pytest.mark.parametrize("name", MODELS)
def test_two_processes_learn_what_one_learns(both: tuple[Path, Path], name: str) -> None:
    alone = np.load(both[0] / f"{name}-0.npz")
    for rank in range(2):
        member = np.load(both[1] / f"{name}-{rank}.npz")
        counts = [
            (both[0] / f"{name}-0.steps").read_text(),
            (both[1] / f"{name}-{rank}.steps").read_text(),
        ]
        assert counts == [str(STEPS.get(name, 0))] * 2
        assert distance(member, alone, alone.files) <= 1e-6
        # One array alone may hold only small numbers (biases that began at zero).
        assert all(distance(member, alone, [key]) <= 1e-5 for key in alone.files)


def distance(one: Any, two: Any, keys: list[str]) -> float:
    """|one - two| / |two|, of these arrays together."""
    apart = sum(float(np.sum((one[key].astype(float) - two[key]) ** 2)) for key in keys)
    size = sum(float(np.sum(two[key].astype(float) ** 2)) for key in keys)
    return float(np.sqrt(apart / max(size, 1e-30)))


def command(ws: Workspace, *words: str) -> subprocess.Popen[str]:
    """``python -m causalrec train`` on the made-up log, in two processes."""
    asked = [sys.executable, "-m", "causalrec", "train", "--nproc", "2", *words]
    return subprocess.Popen(
        [*asked, "--workspace", str(ws.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def member(parent: subprocess.Popen[str], rank: int) -> psutil.Process:
    """The process of a rank below the command."""
    children = psutil.Process(parent.pid).children(recursive=True)
    return next(one for one in children if one.environ().get("RANK") == str(rank))


def test_a_killed_process_ends_the_run_and_the_checkpoint_serves(tmp_path: Path) -> None:
    ws = Workspace.create(tmp_path, "Mine")
    write_log(tmp_path / "log")
    ws.save(
        "dataset", "made", partial(save_dataset, read_log(tmp_path / "log")), made_from=[], meta={}
    )
    endless = {"epochs": 2000, "patience": 1000, "factors": 8, "width": 16, "batch_size": 20}
    model = ["--model", "multvae", "--params", json.dumps(endless)]
    with command(ws, "--dataset", "made", *model) as parent:
        try:
            limit = time.monotonic() + 90.0
            while not list(ws.folder.rglob("checkpoint.safetensors")):
                assert parent.poll() is None, parent.communicate()
                assert time.monotonic() < limit
                time.sleep(0.05)
            killed = time.monotonic()
            member(parent, 1).send_signal(signal.SIGKILL)
            said = parent.communicate(timeout=30.0)
            seconds = time.monotonic() - killed
        finally:
            parent.kill()
    assert parent.returncode == 1
    assert seconds < 30.0
    assert "Process 1 of the team of 2 ended" in said[1]
    assert "Traceback" not in said[1]
    assert not said[0]
    (run,) = ws.register.runs()
    assert run.status == "failed"
    result = run_inline(ws, Train, {"resume": run.id, "finish": True})
    (note,) = [n for n in result.notes if n.key == "recsys.note_finished"]
    assert note.values["epoch"] >= 1  # noqa: PD011 - the values of a Text
    assert ws.thing("model", "multvae").folder.is_dir()


def test_a_process_that_falls_silent_is_heard() -> None:
    from torch.distributed import HashStore  # type: ignore[attr-defined]

    store, gone = HashStore(), []
    ears = [Heartbeat(store, rank, 3, patience=3.0) for rank in range(3)]
    ears[0].start(lambda rank, seconds: gone.append(rank))
    ears[1].start(lambda rank, seconds: gone.append(rank))
    ears[1].stop()  # in good order, while rank 2 never beats
    limit = time.monotonic() + 20.0
    while not gone and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1.0)
    ears[0].stop()
    assert gone == [2]


def test_shares_are_disjoint_and_whole() -> None:
    for n in (0, 1, 7, 10):
        shares = [np.arange(n)[Team(rank, 3).share(n)] for rank in range(3)]
        assert np.concatenate(shares).tolist() == list(range(n))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, pd.DataFrame]:
    """A log as one file, as four, and by month; some ids are missing."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "user": pd.Series([f"u{code}" for code in rng.integers(0, 50, 800)], dtype=object),
            "item": pd.array(rng.integers(0, 30, 800), dtype="Int64"),
            "time": pd.date_range("2025-01-01", periods=800, freq="3h"),
            "rating": rng.integers(1, 6, 800).astype(float),
            "other": rng.random(800),
        }
    )
    frame.loc[3, "user"] = None
    frame.loc[9, "item"] = pd.NA
    frame.to_parquet(tmp_path / "one.parquet")
    (tmp_path / "four").mkdir()
    for place in range(4):
        part = frame.iloc[place * 200 : (place + 1) * 200]
        part.to_parquet(tmp_path / "four" / f"{place}.parquet")
    dated = frame.assign(month=frame["time"].dt.strftime("%Y-%m"))
    dated.to_parquet(tmp_path / "months", partition_cols=["month"])
    return tmp_path, dated


MAPPING = cr.ColumnMapping(user="user", item="item", time="time", outcome="rating")


def test_many_files_are_the_same_log_as_one(files: tuple[Path, pd.DataFrame]) -> None:
    folder, dated = files
    one = cr.read_dataset(folder / "one.parquet", MAPPING)
    for place in ("four/*.parquet", "four", "months"):
        many = cr.read_dataset(folder / place, MAPPING)
        assert many.fingerprint == one.fingerprint
        assert many.dropped == one.dropped == {"user": 1, "item": 1}
        assert many.name == place.split("/")[0]
    with_month = cr.ColumnMapping(user="user", item="item", covariates=("month",))
    months = cr.read_dataset(folder / "months", with_month).frame["month"]
    assert months.tolist() == dated.drop([3, 9])["month"].tolist()


def test_shares_of_many_files_make_the_whole_log(files: tuple[Path, pd.DataFrame]) -> None:
    whole = cr.read_dataset(files[0] / "four", MAPPING)
    parts = [cr.read_dataset(files[0] / "four", MAPPING, part=(n, 3)) for n in range(3)]
    for part in parts:
        assert part.user_ids.tolist() == whole.user_ids.tolist()
        assert part.item_ids.tolist() == whole.item_ids.tolist()
    owned = [set(part.frame["user"]) for part in parts]
    assert sum(map(len, owned)) == len(set.union(*owned)) == whole.n_users
    joined = pd.concat([part.frame for part in parts]).sort_values(["time", "item"])
    expected = whole.frame.sort_values(["time", "item"])
    pd.testing.assert_frame_equal(joined.reset_index(drop=True), expected.reset_index(drop=True))


def test_a_part_is_not_split_by_time(files: tuple[Path, pd.DataFrame]) -> None:
    part = cr.read_dataset(files[0] / "four", MAPPING, part=(0, 3))
    with pytest.raises(DataError) as caught:
        cr.Split.by_time(part)
    assert caught.value.text.key == "distributed.part_by_time"
    assert cr.Split.auto(part).protocol == "leave_last"


def test_files_that_cannot_be_read_say_so(files: tuple[Path, pd.DataFrame]) -> None:
    with pytest.raises(DataError) as caught:
        cr.read_dataset(files[0] / "none" / "*.parquet", MAPPING)
    assert caught.value.text.key == "data.no_file"
    (files[0] / "four" / "2.parquet").write_bytes(b"PAR1 cut short")
    with pytest.raises(DataError) as caught:
        cr.read_dataset(files[0] / "four", MAPPING)
    assert caught.value.text.key == "data.truncated_parquet"


if __name__ == "__main__":
    {"fit": fit_all}[sys.argv[1]](Path(sys.argv[2]))
