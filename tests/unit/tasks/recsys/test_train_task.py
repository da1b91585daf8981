"""Training runs: resumed after a kill, finished as they stand, their cost, a floor for groups."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from practice_runs import wait

import causalrec as cr
from causalrec.core.errors import Cancelled, ConflictError, NotFoundError, ParamError
from causalrec.core.words import Text
from causalrec.data.storage.store import save_dataset
from causalrec.runs.background.launcher import Launcher
from causalrec.runs.record.checkpoints import can_resume, folder_of
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.train import Train, evaluation_of
from causalrec.workspace import Workspace

MAPPING = cr.ColumnMapping(user="who", item="what", time="at")
#: Enough epochs that a test can stop it midway, and no early end.
LONG = {"factors": 4, "epochs": 400, "patience": 400, "batch_size": 1_024}


def log(seed: int = 0) -> pd.DataFrame:
    """80 users of two tastes, 30 items, 8 each."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"user {u}", f"i{i}")
        for u in range(80)
        for i in rng.choice(np.arange(u % 2, 30, 2), 8, replace=False)
    ]
    frame = pd.DataFrame(rows, columns=["who", "what"])
    return frame.assign(at=1_600_000_000 + np.arange(len(frame)))


def users() -> pd.DataFrame:
    names = [f"user {u}" for u in range(80)]
    return pd.DataFrame({"who": names, "taste": ["even", "odd"] * 40, "age": np.arange(80)})


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "root", "Mine")
    data = cr.Dataset.from_frame(log(), MAPPING, users=users(), name="log")
    made.save("dataset", "log", partial(save_dataset, data))
    return made


@pytest.fixture
def launcher(ws: Workspace) -> Iterator[Launcher]:
    made = Launcher(ws.root)
    yield made
    for run in ws.register.active():
        made.cancel(ws, run.id)
    wait(ws, *[run.id for run in ws.register.active()])
    made.close()


def stopping_at(epoch: int):
    """A progress callback that stops the run after an epoch."""

    def listen(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        if metrics.get("epoch", 0) >= epoch:
            raise Cancelled

    return listen


def stopped(ws: Workspace, epoch: int, **params) -> str:
    """A training run that was stopped after an epoch; its id."""
    asked = {"dataset": "log", "model": "bpr", "params": LONG, **params}
    with pytest.raises(Cancelled):
        run_inline(ws, "train", asked, stopping_at(epoch))
    return ws.register.runs("train")[0].id


def test_a_stopped_run_goes_on_from_where_it_stood(ws: Workspace) -> None:
    short = {**LONG, "epochs": 12}
    whole = run_inline(ws, Train, {"dataset": "log", "model": "bpr", "params": short})
    first = stopped(ws, 5, params=short)
    assert can_resume(ws, ws.register.run(first))
    resumed = run_inline(ws, Train, {"resume": first})
    assert resumed.notes[0].key == "recsys.note_resumed"
    pd.testing.assert_frame_equal(resumed.curve, whole.curve)
    pd.testing.assert_frame_equal(resumed.table, whole.table)
    assert resumed.best_epoch == whole.best_epoch
    thing = ws.thing("model", "bpr")
    assert thing.meta["dataset"] == "log"
    assert thing.meta["asked"]["resume"] == first
    for run in ws.register.runs("train"):
        assert not folder_of(ws, run.id).exists(), "nothing is left once it is done"


def test_a_killed_run_goes_on(ws: Workspace, launcher: Launcher) -> None:
    params = {**LONG, "epochs": 2_000, "patience": 1_000}
    asked = {"dataset": "log", "model": "bpr", "params": params}
    run_id = launcher.start(ws, "train", asked)
    folder = folder_of(ws, run_id)
    wait_for(lambda: any(folder.rglob("*.safetensors")))
    os.kill(ws.register.run(run_id).process.pid, signal.SIGKILL)
    run = wait(ws, run_id)
    assert (run.status, run.error.key) == ("failed", "tasks.was_killed")
    assert can_resume(ws, run)
    result = run_inline(ws, Train, {**asked, "resume": run_id, "finish": True})
    assert "recsys.note_finished" in [note.key for note in result.notes]
    assert 1 <= len(result.curve) < 2_000


def test_a_cancelled_run_keeps_where_it_stood(ws: Workspace, launcher: Launcher) -> None:
    params = {**LONG, "epochs": 2_000, "patience": 1_000}
    run_id = launcher.start(ws, "train", {"dataset": "log", "model": "bpr", "params": params})
    wait_for(lambda: len(ws.register.run(run_id).metrics) > 3)
    launcher.cancel(ws, run_id)
    run = wait(ws, run_id)
    assert run.status == "cancelled"
    told = max(int(row["epoch"]) for row in run.metrics)
    done = run_inline(ws, Train, {"resume": run_id, "finish": True})
    assert len(done.curve) >= told, "it was stopped at a step, not at its last write"


def wait_for(told, seconds: float = 60.0) -> None:
    import time

    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_run_is_finished_as_it_stands(ws: Workspace) -> None:
    first = stopped(ws, 7)
    done = run_inline(ws, Train, {"resume": first, "finish": True, "name": "enough"})
    assert len(done.curve) == 7
    assert done.best_epoch == int(done.curve["epoch"][done.curve["ndcg"].idxmax()])
    assert ws.thing("model", "enough").meta["params"]["epochs"] == 400
    with pytest.raises(NotFoundError) as caught:
        run_inline(ws, "train", {"resume": first, "finish": True})
    assert caught.value.text.key == "train.nothing_kept"


def test_a_run_that_only_named_another_is_gone_on_from(ws: Workspace) -> None:
    first = stopped(ws, 4, params={**LONG, "epochs": 9})
    with pytest.raises(Cancelled):
        run_inline(ws, "train", {"resume": first}, stopping_at(6))
    second = ws.register.runs("train")[0].id
    done = run_inline(ws, Train, {"resume": second})
    assert [note.to("en") for note in done.notes if note.key == "recsys.note_resumed"] == [
        Text("recsys.note_resumed", epoch=6).to("en")
    ]
    assert not folder_of(ws, first).exists()
    assert not folder_of(ws, second).exists()


def test_what_a_run_goes_on_from_is_its_own_version_of_the_data(ws: Workspace) -> None:
    first = stopped(ws, 3, params={**LONG, "epochs": 5})
    data = cr.Dataset.from_frame(log(1), MAPPING, users=users(), name="log")
    ws.save("dataset", "log", partial(save_dataset, data))
    done = run_inline(ws, Train, {"resume": first})
    assert "recsys.note_resumed" in [note.key for note in done.notes]
    assert ws.thing("model", "bpr").made_from[0].version == 1
    ws.remove("dataset", "log")
    second = ws.register.runs("train")[0]
    with pytest.raises(NotFoundError) as caught:
        run_inline(ws, "train", {"resume": second.id})
    assert caught.value.text.key == "train.data_gone"


def test_what_cannot_be_gone_on_from(ws: Workspace) -> None:
    with pytest.raises(ParamError):
        run_inline(ws, "train", {})
    with pytest.raises(ParamError):
        run_inline(ws, "train", {"dataset": "log", "finish": True})
    with pytest.raises(NotFoundError):
        run_inline(ws, "train", {"resume": "x" * 22})
    other = ws.register.add("shop", {})
    with pytest.raises(ParamError):
        run_inline(ws, "train", {"resume": other})
    waiting = ws.register.add("train", {"dataset": "log"})
    with pytest.raises(ConflictError):
        run_inline(ws, "train", {"resume": waiting})


def test_what_training_cost_is_told_and_kept(ws: Workspace) -> None:
    params = {**LONG, "epochs": 30}
    result = run_inline(ws, Train, {"dataset": "log", "model": "bpr", "params": params})
    assert 0 < result.cpu_seconds < 600
    assert result.gpu_seconds is None
    assert 20 < result.peak_mb < 100_000, "a Python with torch loaded"
    assert result.energy_wh == pytest.approx(result.cpu_seconds * 10 / 3600)
    assert "10 W" in result.energy_note
    thing = ws.thing("model", "bpr")
    assert thing.meta["cpu_seconds"] == result.cpu_seconds
    document = json.loads((thing.folder / "model.json").read_text())
    assert document["facts"]["split"]["fingerprint"] == evaluation_of(thing.folder).split
    assert {row["metric"] for row in document["facts"]["metrics"]} >= {"ndcg", "recall"}
    assert document["report"]["usage"]["cpu_seconds"] == result.cpu_seconds
    assert document["fingerprint"]
    assert set(document["versions"]) == {
        "causalrec",
        "numpy",
        "python",
        "safetensors",
        "scipy",
        "torch",
    }
    # As text: a figure without a list length has NaN for it, which equals nothing.
    kept = cr.load_recommender(thing.folder).facts
    assert json.dumps(kept, sort_keys=True) == json.dumps(document["facts"], sort_keys=True)


def lopsided() -> cr.Dataset:
    """Two tastes of 100 users each; the second is told by a tenth as many rows."""
    rng = np.random.default_rng(2)
    rows = []
    for u in range(300):
        few = u % 3 == 0
        mine = np.arange(int(few), 60, 2)
        share = 1.0 / (1.0 + np.arange(len(mine)))
        drawn = rng.choice(mine, 5 if few else 14, replace=False, p=share / share.sum())
        rows += [(f"u{u}", f"i{i}") for i in drawn]
        if few:  # what the few take is mostly what the many take
            rows += [(f"u{u}", f"i{i}") for i in rng.choice(np.arange(0, 60, 2), 4, replace=False)]
    frame = pd.DataFrame(rows, columns=["who", "what"])
    frame = frame.assign(at=1_600_000_000 + rng.permutation(len(frame)))
    people = pd.DataFrame(
        {
            "who": [f"u{u}" for u in range(300)],
            "group": ["few" if u % 3 == 0 else "many" for u in range(300)],
        }
    )
    things = pd.DataFrame(
        {
            "what": [f"i{i}" for i in range(60)],
            "half": ["even" if i % 2 == 0 else "odd" for i in range(60)],
        }
    )
    return cr.Dataset.from_frame(frame, MAPPING, users=people, items=things, name="lopsided")


def test_a_floor_for_groups_of_items_raises_their_exposure_and_tells_its_price(
    ws: Workspace,
) -> None:
    ws.save("dataset", "lopsided", partial(save_dataset, lopsided()))
    asked = {"dataset": "lopsided", "model": "ease", "params": {"regularization": 20.0}}
    plain = run_inline(ws, Train, asked)
    floor = run_inline(ws, Train, {**asked, "group_by": "half", "group_floor": 0.30}).floor
    rows = floor.table.set_index("group")
    assert floor.kind == "exposure"
    assert rows.loc["odd", "before"] < 0.30, "the premise"
    assert rows["after"]["odd"] > rows["before"]["odd"] + 0.02
    assert rows["after"].sum() == pytest.approx(1.0)
    assert floor.reached == bool(rows["after"].min() >= 0.30)
    assert floor.price_low <= floor.price <= floor.price_high
    assert floor.n == int(plain.table.query("metric == 'ndcg'")["n"].iloc[0])


def test_a_floor_that_holds_anyway_changes_nothing(ws: Workspace) -> None:
    asked = {"dataset": "log", "model": "ease", "params": {"regularization": 20.0}}
    plain = run_inline(ws, Train, asked)
    done = run_inline(ws, Train, {**asked, "group_by": "taste", "group_floor": 0.0})
    assert (done.floor.reached, done.floor.rounds, done.floor.price) == (True, 0, 0.0)
    pd.testing.assert_frame_equal(done.table, plain.table)


def test_a_floor_out_of_reach_is_told_as_missed(ws: Workspace) -> None:
    asked = {"dataset": "log", "model": "ease", "group_by": "taste", "group_floor": 0.99}
    floor = run_inline(ws, Train, {**asked, "group_rounds": 1}).floor
    assert not floor.reached
    assert floor.rounds == 1
    assert floor.note.key == "recsys.floor_missed"
    assert list(floor.tried["round"].unique()) == [0, 1]
    assert (floor.tried.query("round == 0")["weight"] == 1).all()
    assert (floor.tried.query("round == 1")["weight"] > 1).all()


def test_groups_that_cannot_be_used(ws: Workspace) -> None:
    asked = {"dataset": "log", "model": "ease", "group_floor": 0.1}
    with pytest.raises(ParamError, match="taste"):
        run_inline(ws, "train", {**asked, "group_by": "colour"})
    done = run_inline(ws, Train, {**asked, "group_by": "age"})
    assert len(done.floor.table) == 4, "numbers are cut into quarters"


def test_weights_and_penalty_reach_the_model(ws: Workspace) -> None:
    ws.save("dataset", "lopsided", partial(save_dataset, lopsided()))
    asked = {"dataset": "lopsided", "model": "ease", "params": {"regularization": 20.0}}
    plain = run_inline(ws, Train, {**asked, "name": "plain"})
    weighted = run_inline(ws, Train, {**asked, "weighting": "popularity", "name": "weighted"})
    run_inline(ws, "train", {**asked, "popularity_penalty": 0.5, "name": "penalised"})
    assert "recsys.weights_told" in [note.key for note in weighted.notes]
    assert "recsys.weights_told" not in [note.key for note in plain.notes]
    models = {
        name: cr.load_recommender(ws.thing("model", name).folder)
        for name in ("plain", "weighted", "penalised")
    }
    assert np.abs(models["weighted"].score([0]) - models["plain"].score([0])).max() > 1e-3
    assert models["penalised"].popularity_penalty == 0.5
    novelty = {
        name: evaluation_of(ws.thing("model", name).folder).row("novelty", 10)["value"]
        for name in models
    }
    assert novelty["penalised"] > novelty["plain"], "less popular items are listed"
    with pytest.raises(ParamError):
        run_inline(ws, "train", {**asked, "weighting": "groups"})
    run_inline(ws, "train", {**asked, "weighting": "groups", "group_by": "half"})


def test_folds_are_different_runs(ws: Workspace) -> None:
    asked = {"dataset": "log", "model": "popularity", "protocol": "k_fold", "folds": 3}
    tables = []
    for fold in range(3):
        run_inline(ws, "train", {**asked, "fold": fold, "name": f"fold {fold}"})
        tables.append(evaluation_of(ws.thing("model", f"fold {fold}").folder))
    assert len({table.split for table in tables}) == 3
    assert {table.protocol for table in tables} == {"k_fold"}
    with pytest.raises(ParamError):
        run_inline(ws, "train", {**asked, "fold": 3})
