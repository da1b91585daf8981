"""The register: a status that is true, ends that stay, metrics in order, several writers."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from causalrec.core.errors import ConflictError, NotFoundError, StorageError
from causalrec.core.words import Text
from causalrec.workspace import Ref, Register, Workspace
from causalrec.workspace.disk.process import Process, boot, host, since_boot
from causalrec.workspace.register.sqlite import writing


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Workspace.create(tmp_path, "Mine").register


def edit(register: Register, run_id: str, **values: object) -> None:
    with writing(register.path) as db:
        for name, value in values.items():
            db.execute(f"UPDATE runs SET {name} = ? WHERE id = ?", [value, run_id])


def test_a_run_from_asked_to_done(register: Register) -> None:
    run_id = register.add(
        "train", {"model": "ease", "seed": 7, "device": "auto"}, heavy=True, versions={"numpy": "2"}
    )
    queued = register.run(run_id)
    assert (queued.status, queued.active, queued.duration) == ("queued", True, None)
    assert (queued.seed, queued.device, queued.heavy) == (7, "auto", True)
    assert register.claim(run_id)
    assert not register.claim(run_id)
    register.set_process(run_id, Process.current(), own=False)
    assert not register.beat(run_id, 0.5, Text("core.cancelled"), [{"loss": 2.0}, {"loss": 1.0}])
    register.beat(run_id, 0.2)
    register.note(run_id, device="cpu", data_fingerprint="abc")
    register.note(run_id, data_fingerprint="later ones do not count")
    register.add_made(run_id, Ref("model", "ease", 1))
    running = register.run(run_id)
    assert (running.fraction, running.message) == (0.5, "Cancelled.")
    assert running.metrics == [{"loss": 2.0}, {"loss": 1.0}]
    assert running.remaining == pytest.approx(running.duration or 0, rel=0.5, abs=0.1)
    assert register.finish(run_id, "done")
    done = register.run(run_id)
    assert (done.status, done.fraction, done.active, done.remaining) == ("done", 1.0, False, None)
    assert (done.device, done.data_fingerprint, done.versions) == ("cpu", "abc", {"numpy": "2"})
    assert done.made == (Ref("model", "ease", 1),)
    assert done.created <= done.started <= done.ended <= datetime.now(UTC)


def test_the_first_end_stays(register: Register) -> None:
    run_id = register.add("train", {})
    register.claim(run_id)
    assert register.finish(run_id, "done")
    assert not register.finish(run_id, "failed", error=Text("core.cancelled"))
    register.finish_lost(run_id)
    assert register.ask_cancel(run_id).status == "done"
    assert register.run(run_id).error is None
    assert register.beat(run_id, 0.1), "a run that has ended is told to stop"


def test_a_queued_run_is_cancelled_at_once_and_never_starts(register: Register) -> None:
    run_id = register.add("train", {})
    assert register.ask_cancel(run_id).status == "cancelled"
    assert not register.claim(run_id)


def test_a_running_run_is_told_to_stop(register: Register) -> None:
    run_id = register.add("train", {})
    register.claim(run_id)
    register.set_process(run_id, Process.current(), own=False)
    assert not register.run(run_id).cancelling
    assert register.ask_cancel(run_id).cancelling
    assert register.beat(run_id, 0.1)


def lost(register: Register, process: Process, silent: float = 60.0) -> str:
    run_id = register.add("train", {})
    register.claim(run_id)
    register.set_process(run_id, process, own=True)
    edit(register, run_id, beat=since_boot() - silent)
    return run_id


def test_a_run_whose_process_is_gone_has_failed_with_its_reason(register: Register) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    process = Process.of(gone.pid)
    gone.wait()
    run_id = lost(register, process)
    run = register.run(run_id)
    assert (run.status, run.error.key) == ("failed", "workspace.run_lost")
    assert run.hint
    assert register.runs()[0].status == "failed"
    assert register.active() == []


def test_a_process_number_used_again_is_another_process(register: Register) -> None:
    mine = Process.current()
    assert mine.alive()
    assert register.run(lost(register, mine)).status == "running"
    again = Process(mine.pid, mine.started - 100)
    assert register.run(lost(register, again)).status == "failed"


def test_a_dead_process_nobody_reaped_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = Process.of(child.pid)
    deadline = time.monotonic() + 20
    while process.alive():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child.wait()


def test_a_lost_run_that_was_to_be_cancelled_is_cancelled(register: Register) -> None:
    run_id = lost(register, Process(os.getpid(), 0.0), silent=0.0)
    register.ask_cancel(run_id)
    edit(register, run_id, beat=0.0)
    assert register.run(run_id).status == "cancelled"


def test_in_another_container_of_this_machine_the_heartbeat_decides(register: Register) -> None:
    run_id = lost(register, Process(1, 0.0, boot()), silent=5.0)
    edit(register, run_id, host="elsewhere", boot=boot())
    assert register.run(run_id).status == "running"
    edit(register, run_id, beat=since_boot() - 60)
    assert register.run(run_id).status == "failed"


def test_on_another_machine_a_heart_that_stands_still_for_us_decides(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = lost(register, Process(1, 0.0), silent=0.0)
    edit(register, run_id, host="elsewhere", boot="another", beat=5.0)  # their clock says nothing
    now = since_boot()
    monkeypatch.setattr("causalrec.workspace.register.run.since_boot", lambda: now)
    assert register.run(run_id).status == "running"
    now += 15
    edit(register, run_id, beat=6.0)
    assert register.run(run_id).status == "running"
    now += 15
    assert register.run(run_id).status == "running"
    now += 6
    assert register.run(run_id).status == "failed"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_wrong_changes_no_status(
    register: Register, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run's own clock, then the observer's, is an hour off: it lives, it is dead."""
    real = time.time
    for who in ("run", "observer"):
        monkeypatch.setattr(time, "time", lambda: real() + 3600 * hours)
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        run_id = register.add("train", {}, process=Process.of(child.pid))
        register.beat(run_id, 0.5)
        if who == "run":
            monkeypatch.setattr(time, "time", real)
        edit(register, run_id, beat=since_boot() - 30)
        assert register.run(run_id).status == "running"
        child.communicate()
        assert register.run(run_id).status == "failed"
        assert (register.run(run_id).duration or 0.0) >= 0.0


def test_a_step_of_the_clock_changes_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What psutil says of a start moves with the clock; ticks since boot do not."""
    mine = Process.current()
    real = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: real(self) + 10)
    assert mine.alive()


def test_a_process_of_an_earlier_boot_is_gone(register: Register) -> None:
    mine = Process.current()
    earlier = replace(mine, boot="11111111-2222-3333-4444-555555555555")
    assert not earlier.alive()
    assert register.run(lost(register, earlier, silent=0.0)).status == "failed"


def test_where_the_system_has_no_ticks_the_start_by_the_clock_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("causalrec.workspace.disk.process.boot", lambda: "")
    mine = Process.current()
    assert mine.alive()
    assert not replace(mine, started=mine.started - 60).alive()


def test_the_mark_of_a_process_is_read_back() -> None:
    mine = Process.current()
    assert Process.marked(f"{mine.mark}-0a1b") == mine
    for other in ("12-34-deadbeef-aa", "12", "", "x-1-a"):
        assert Process.marked(other) is None


def test_a_run_that_is_done_at_once_never_waits(register: Register) -> None:
    """Registered and started in one step: killed at any moment, it is running or not there."""
    run_id = register.add("train", {}, process=Process.current())
    run = register.run(run_id)
    assert (run.status, run.process, run.own_process) == ("running", Process.current(), False)
    assert run.started is not None
    gone = register.add("train", {}, process=Process(2**22 + 1, 1.0, boot()))
    edit(register, gone, beat=since_boot() - 3)
    assert register.run(gone).status == "failed"


def test_a_result_that_is_there_is_not_lost(register: Register) -> None:
    """Killed between the result and the last write of the register."""
    run_id = lost(register, Process(2**22 + 1, 1.0))
    folder = register.runs_folder / run_id
    folder.mkdir(parents=True)
    (folder / "result.json").write_text("{}")
    run = register.run(run_id)
    assert (run.status, run.fraction, run.error) == ("done", 1.0, None)


@pytest.mark.parametrize("status", ["done", "failed", "cancelled"])
def test_an_end_that_the_register_cannot_take_is_noted_and_taken_up(
    register: Register, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = register.add("train", {}, process=Process.current())
    error = Text("core.cancelled") if status == "failed" else None

    def broken(path: Path) -> None:
        raise StorageError(
            "workspace.unusable", hint="workspace.unusable_hint", folder="x", why="EIO"
        )

    with monkeypatch.context() as patch:
        patch.setattr("causalrec.workspace.register.run_ends.writing", broken)
        patch.setattr("causalrec.workspace.register.ends._PAUSES", (0.0,))
        assert register.finish(run_id, status, error=error)
        assert register.run(run_id).status == status  # said even while it cannot be written
    run = register.run(run_id)
    assert (run.status, run.error) == (status, error)
    assert list((register.runs_folder / run_id).iterdir()) == []
    assert register.runs()[0].status == status


def test_a_register_of_version_1_is_taken_over(register: Register) -> None:
    old = register.path.with_name("old") / "register.sqlite"
    old.parent.mkdir()
    with closing(sqlite3.connect(old)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(
            "CREATE TABLE runs (id TEXT PRIMARY KEY, task TEXT NOT NULL, params TEXT NOT NULL,"
            " status TEXT NOT NULL, created REAL NOT NULL, started REAL, ended REAL,"
            " fraction REAL NOT NULL DEFAULT 0, message TEXT, error TEXT, hint TEXT,"
            " reference TEXT, device TEXT, seed INTEGER, heavy INTEGER NOT NULL DEFAULT 0,"
            " cancel INTEGER NOT NULL DEFAULT 0, pid INTEGER, pid_started REAL, own INTEGER,"
            " host TEXT, heartbeat REAL, versions TEXT NOT NULL DEFAULT '{}',"
            " data_fingerprint TEXT, made TEXT NOT NULL DEFAULT '[]');"
            "INSERT INTO runs (id, task, params, status, created, started, pid, pid_started, host)"
            " VALUES ('old', 'train', '{}', 'done', 1, 2, 3, 4, ''), ('gone', 'train', '{}',"
            f" 'running', 1, 2, {2**22 + 1}, 2, '{host()}'); PRAGMA user_version = 1;"
        )
    taken = Register(old.parent)
    assert {run.id: run.status for run in taken.runs()} == {"old": "done", "gone": "failed"}
    new = taken.add("train", {})
    assert [run.id for run in taken.runs()] == [new, "gone", "old"]
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_reading_maps_no_memory_and_leaves_no_log(register: Register) -> None:
    """A map of a file on a full disk ends the process that touches it (SIGBUS)."""
    register.add("train", {})
    register.runs()
    beside = {path.name for path in register.path.parent.iterdir()}
    assert not beside & {"register.sqlite-wal", "register.sqlite-shm"}


def test_claimed_and_never_started_is_failed_in_time(register: Register) -> None:
    run_id = register.add("train", {})
    register.claim(run_id)
    assert register.run(run_id).status == "running"
    edit(register, run_id, beat=since_boot() - 60)
    assert register.run(run_id).status == "failed"


def test_many_metrics_are_thinned_and_keep_their_last(register: Register) -> None:
    run_id = register.add("train", {})
    register.claim(run_id)
    register.beat(run_id, 0.1, None, [{"step": float(n)} for n in range(1, 5002)])
    steps = [m["step"] for m in register.run(run_id).metrics]
    assert 1000 < len(steps) <= 2001
    assert steps == sorted(steps)
    assert steps[-1] == 5001


def test_several_threads_write_at_once(register: Register) -> None:
    run_id = register.add("train", {})
    register.claim(run_id)

    def write() -> None:
        for _ in range(5):
            register.beat(run_id, 0.1, None, [{"a": 1.0}, {"a": 2.0}])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(register.run(run_id).metrics) == 40


def test_runs_are_listed_newest_first_and_by_task(register: Register) -> None:
    first, second = register.add("train", {}), register.add("shop", {})
    assert [r.id for r in register.runs()] == [second, first]
    assert [r.id for r in register.runs("train")] == [first]
    assert [r.id for r in register.runs(limit=1)] == [second]
    assert [r.id for r in register.active()] == [first, second]


def test_typical_time_is_of_a_run_alike(register: Register) -> None:
    for model, seconds in (("ease", 5.0), ("bpr", 50.0)):
        run_id = register.add("train", {"dataset": "d", "model": model, "seed": 1})
        register.claim(run_id)
        register.finish(run_id, "done")
        edit(register, run_id, started=1000.0, ended=1000.0 + seconds)
    alike = {"dataset": "d", "model": "ease", "seed": 2}
    assert register.typical_seconds("train", alike) == pytest.approx(5.0)
    assert register.typical_seconds("train", {"dataset": "d", "model": "ials"}) is None
    assert register.typical_seconds("train", alike | {"params": {"epochs": 500}}) is None


def test_delete_forgets_a_finished_run_only(register: Register) -> None:
    run_id = register.add("train", {})
    with pytest.raises(ConflictError):
        register.delete(run_id)
    register.claim(run_id)
    register.beat(run_id, 0.1, None, [{"a": 1.0}])
    folder = register.runs_folder / run_id
    folder.mkdir(parents=True)
    (folder / "log.txt").write_text("said")
    assert register.run(run_id).log() == "said"
    register.finish(run_id, "done")
    register.delete(run_id)
    assert not folder.exists()
    for missing in (run_id, "x" * 22, "../../x"):
        with pytest.raises(NotFoundError):
            register.run(missing)
    with pytest.raises(NotFoundError):
        register.delete(run_id)


def test_errors_keep_their_words_in_every_language(register: Register) -> None:
    run_id = register.add("train", {})
    error = Text("core.unknown_name", kind=Text("workspace.kind_dataset"), name="<b>")
    register.finish(run_id, "failed", error=error, hint=Text("workspace.run_lost_hint"))
    run = register.run(run_id)
    assert run.error.to("zh") == error.to("zh")
    assert "数据集" in run.error.to("zh")
    edit(register, run_id, error='{"key": "no.such", "values": {}}')
    assert "no.such" in register.run(run_id).error


def test_the_log_shows_its_end(register: Register) -> None:
    run_id = register.add("train", {})
    assert register.run(run_id).log() == ""
    path = register.run(run_id).log_path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a" * 1000 + "\u56fe".encode() + b"\xff end")
    assert register.run(run_id).log(last=8).endswith("\ufffd end")
    assert "a" not in register.run(run_id).log(last=8)
