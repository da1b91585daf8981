"""Runs in processes of their own: at once, one heavy at a time, stopped, killed, adopted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from practice_runs import FOLDER, launcher, practice, wait, ws
from practice_tasks import Counted

from causalrec.core.errors import NotFoundError, ParamError
from causalrec.runs.background.launcher import Launcher
from causalrec.runs.background.processes import ended_because, stop_process
from causalrec.runs.record.runner import load_result
from causalrec.workspace import Ref, Workspace
from causalrec.workspace.disk.process import Process

__all__ = ["launcher", "practice", "ws"]
ROOT = Path(__file__).parents[4]


def until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def started(ws: Workspace, run_id: str) -> Process:
    """The process of a run, once it has one that does the work."""
    until(lambda: ws.register.run(run_id).fraction > 0 or "{" in ws.register.run(run_id).log())
    process = ws.register.run(run_id).process
    assert process is not None
    return process


def test_a_run_is_registered_at_once_and_done_in_its_process(
    ws: Workspace, launcher: Launcher
) -> None:
    before = time.monotonic()
    run_id = launcher.start(ws, "count", {"save": "g", "steps": 4})
    assert ws.register.run(run_id).status in {"queued", "running"}
    assert time.monotonic() - before < 1.0
    run = wait(ws, run_id)
    assert (run.status, run.fraction, run.made) == ("done", 1.0, (Ref("graph", "g", 1),))
    assert run.process.pid != os.getpid()
    assert [m["epoch"] for m in run.metrics] == [0.0, 1.0, 2.0, 3.0]
    result = load_result(ws, run_id)
    assert isinstance(result, Counted)
    assert result.total == 4


def test_metrics_are_seen_while_it_runs(ws: Workspace, launcher: Launcher) -> None:
    run_id = launcher.start(ws, "count", {"steps": 1000, "pause": 0.05})
    until(lambda: len(ws.register.run(run_id).metrics) > 3)
    run = ws.register.run(run_id)
    assert run.status == "running"
    assert 0 < run.fraction < 1
    assert run.message
    launcher.cancel(ws, run_id)


@pytest.mark.parametrize("moment", ["torch loads", "at work", "at once"])
def test_cancel_takes_less_than_two_seconds(
    ws: Workspace,
    launcher: Launcher,
    moment: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = tmp_path / "slow"
    (slow / "torch").mkdir(parents=True)
    # A library that holds the interpreter while it loads: no Python code can run meanwhile.
    (slow / "torch" / "__init__.py").write_text(
        "print('loading', flush=True)\nsum(range(10**12))\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(slow), os.environ["PYTHONPATH"]]))
    how = "torch" if moment == "torch loads" else "well"
    run_id = launcher.start(ws, "count", {"how": how, "steps": 1000, "pause": 0.05})
    if moment == "torch loads":
        until(lambda: "loading" in ws.register.run(run_id).log())
    elif moment == "at work":
        until(lambda: ws.register.run(run_id).fraction > 0)
    before = time.monotonic()
    launcher.cancel(ws, run_id)
    run = wait(ws, run_id)
    assert time.monotonic() - before < 2.0
    assert (run.status, run.error) == ("cancelled", None)
    until(lambda: run.process is None or not run.process.alive(), 2.0)


def test_a_process_that_ignores_the_request_is_ended_by_force(
    ws: Workspace, launcher: Launcher
) -> None:
    run_id = launcher.start(ws, "count", {"how": "stubborn"})
    process = started(ws, run_id)
    time.sleep(0.3)
    before = time.monotonic()
    launcher.cancel(ws, run_id)
    assert wait(ws, run_id).status == "cancelled"
    assert 0.9 < time.monotonic() - before < 2.0
    assert not process.alive()


def test_a_killed_run_has_failed_with_its_reason(ws: Workspace, launcher: Launcher) -> None:
    run_id = launcher.start(ws, "count", {"steps": 1000, "pause": 0.05})
    os.kill(started(ws, run_id).pid, signal.SIGKILL)
    run = wait(ws, run_id)
    assert (run.status, run.error.key) == ("failed", "tasks.was_killed")
    assert run.hint


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ("exit", "tasks.exited"),
        ("unforeseen", "core.unexpected"),
        ("foreseen", "workspace.unknown"),
    ],
)
def test_a_failed_run_says_why(ws: Workspace, launcher: Launcher, how: str, key: str) -> None:
    run = wait(ws, launcher.start(ws, "count", {"how": how}))
    assert (run.status, run.error.key) == ("failed", key)


def test_why_a_process_ended() -> None:
    assert ended_because(-9).key == "tasks.was_killed"
    assert "SIGTERM" in ended_because(-15)
    assert "3" in ended_because(3)


def test_heavy_runs_queue_and_light_ones_do_not(ws: Workspace, launcher: Launcher) -> None:
    other = Workspace.create(ws.root, "Another")
    long = {"steps": 1000, "pause": 0.05}
    first = launcher.start(ws, "count-heavy", long)
    second = launcher.start(other, "count-heavy", {})
    third = launcher.start(ws, "count-heavy", {})
    light = launcher.start(ws, "count", {})
    assert wait(ws, light).status == "done"
    assert ws.register.run(first).status == "running"
    assert other.register.run(second).status == "queued"
    assert ws.register.run(third).status == "queued"
    launcher.cancel(ws, third)
    assert ws.register.run(third).status == "cancelled"
    launcher.cancel(ws, first)
    assert wait(other, second).status == "done"
    assert ws.register.run(first).status == "cancelled"
    assert other.register.run(second).started >= ws.register.run(first).ended


APP = """
import sys, time
from practice_tasks import add_practice_tasks
from causalrec.runs.background.launcher import Launcher
from causalrec.workspace import Workspace
root, ws_id = sys.argv[1:]
ws = Workspace.open(root, ws_id)
launcher = Launcher(root)
launcher.warm()
long = {"steps": 2000, "pause": 0.05}
print(launcher.start(ws, "count-heavy", long), launcher.start(ws, "count-heavy", {}), flush=True)
time.sleep(60)
"""


def test_runs_outlive_their_app_and_are_adopted(ws: Workspace, practice: None) -> None:
    path = os.pathsep.join([str(FOLDER), str(ROOT)])
    app = subprocess.Popen(
        [sys.executable, "-c", APP, str(ws.root), ws.id],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    first, second = app.stdout.readline().split()
    process = started(ws, first)
    app.kill()
    app.wait()
    app.stdout.close()
    assert process.alive()
    before = ws.register.run(first)
    adopter = Launcher(ws.root)
    until(lambda: ws.register.run(first).fraction > before.fraction)
    assert ws.register.run(second).status == "queued"
    asked = time.monotonic()
    adopter.cancel(ws, first)
    run = wait(ws, first, seconds=10)
    assert time.monotonic() - asked < 2.0
    assert run.status == "cancelled"
    until(lambda: not process.alive())
    assert wait(ws, second).status == "done"
    adopter.close()


def test_a_run_that_died_with_its_app_has_failed_after_the_restart(
    ws: Workspace, practice: None
) -> None:
    run_id = ws.register.add("count", {})
    ws.register.claim(run_id)
    ws.register.set_process(run_id, Process(2**22 + 1, 1.0), own=True)
    restarted = Launcher(ws.root)
    run = wait(ws, run_id, seconds=20)
    restarted.close()
    assert (run.status, run.error.key) == ("failed", "workspace.run_lost")


def test_no_process_is_stopped_that_is_not_the_runs(ws: Workspace) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    mine = Process.of(child.pid)
    run_id = ws.register.add("count", {})
    ws.register.claim(run_id)
    for process, own in (
        (Process(mine.pid, mine.started - 50), True),  # the number was used again
        (mine, False),  # a process that does other things too
        (mine, True),  # in our own session: killing its group would kill us
    ):
        ws.register.set_process(run_id, process, own=own)
        assert not stop_process(ws.register.run(run_id), force=True)
    assert child.poll() is None
    child.kill()
    child.wait()


def test_two_launchers_on_one_root_start_a_run_once(ws: Workspace, launcher: Launcher) -> None:
    second = Launcher(ws.root)
    ids = [second.start(ws, "count", {"save": "g"}) for _ in range(2)]
    assert {wait(ws, run_id).status for run_id in ids} == {"done"}
    assert len(ws.versions("graph", "g")) == 2
    second.close()


def test_a_warm_process_takes_a_heavy_run(ws: Workspace, launcher: Launcher) -> None:
    launcher.warm()
    standby = launcher._dispatcher._standby
    until(lambda: standby.pid is not None)
    pid = standby.pid
    run = wait(ws, launcher.start(ws, "count-heavy", {"how": "torch"}))
    assert (run.status, run.process.pid) == ("done", pid)
    assert "count-heavy" in run.log()
    until(lambda: standby.pid not in (None, pid))


def test_nothing_is_kept_warm_unasked(ws: Workspace, launcher: Launcher) -> None:
    wait(ws, launcher.start(ws, "count-heavy", {}))
    assert launcher._dispatcher._standby.pid is None


def test_bad_requests_register_nothing(ws: Workspace, launcher: Launcher) -> None:
    with pytest.raises(ParamError):
        launcher.start(ws, "count", {"steps": -1})
    with pytest.raises(NotFoundError):
        launcher.start(ws, "no-such", {})
    with pytest.raises(NotFoundError):
        launcher.cancel(ws, "x" * 22)
    assert ws.register.runs() == []


def test_a_process_that_cannot_start_is_a_failed_run(
    ws: Workspace, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    run = wait(ws, launcher.start(ws, "count", {}))
    assert (run.status, run.error.key) == ("failed", "tasks.cannot_start")


def test_a_deleted_workspace_does_not_stop_the_others(ws: Workspace, launcher: Launcher) -> None:
    Workspace.create(ws.root, "Gone").delete()
    broken = Workspace.create(ws.root, "Broken")
    (broken.folder / "register.sqlite").write_bytes(b"no database" * 100)
    assert wait(ws, launcher.start(ws, "count", {})).status == "done"
