"""Starting and stopping the processes of runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from causalrec.core.words import Text
from causalrec.workspace import Run, Workspace
from causalrec.workspace.disk.process import Process, host

__all__ = [
    "Standby",
    "ended_because",
    "environment",
    "let_go",
    "process_of",
    "start_process",
    "stop_process",
]

_PACKAGE_PARENT = str(Path(__file__).resolve().parents[3])


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "causalrec", *arguments]


def environment() -> dict[str, str]:
    """What a process of ours inherits: this one's variables, and where the package is."""
    parts = [_PACKAGE_PARENT, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(parts), "PYTHONUNBUFFERED": "1"}


def _log_path(workspace: Workspace, run_id: str) -> Path:
    path = workspace.register.runs_folder / run_id / "log.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def start_process(workspace: Workspace, run_id: str) -> subprocess.Popen[str]:
    """A new process for a run, in a session of its own, writing to the run's log.

    Raises:
        OSError: the system cannot start it.
    """
    with _log_path(workspace, run_id).open("ab") as log:
        return subprocess.Popen(
            _command("run", run_id, "--workspace", str(workspace.folder)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment(),
            text=True,
        )


def stop_process(run: Run, *, force: bool) -> bool:
    """Signal a run's process and its children, once sure that it is the run's own; False else."""
    process = run.process
    if process is None or not run.own_process or run.host != host() or not process.alive():
        return False
    try:
        if os.getsid(process.pid) != process.pid:
            return False
        os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)
    except ProcessLookupError:
        return False
    return True


def ended_because(code: int) -> Text:
    """Why a process without a last word ended, from its exit status."""
    if code == -signal.SIGKILL:
        return Text("tasks.was_killed")
    if code < 0:
        return Text("tasks.was_signalled", signal=signal.Signals(-code).name)
    return Text("tasks.exited", code=code)


_left: list[subprocess.Popen[str]] = []


def let_go(process: subprocess.Popen[str]) -> None:
    """Forget a process: reap it if it ends within a second, else leave it to go on."""
    try:
        process.wait(timeout=1.0)
    except subprocess.TimeoutExpired:
        _left.append(process)


class Standby:
    """At most one process that has loaded the heavy libraries and waits for a run."""

    def __init__(self) -> None:
        self._waiting: subprocess.Popen[str] | None = None

    def prepare(self) -> None:
        """Have one waiting (it ends by itself after ten minutes)."""
        if self._waiting is not None and self._waiting.poll() is None:
            return
        self.close()
        self._waiting = subprocess.Popen(
            _command("standby"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environment(),
            text=True,
        )

    def take(self, workspace: Workspace, run_id: str) -> subprocess.Popen[str] | None:
        """Give the run to the waiting process, or None where none waits."""
        process, self._waiting = self._waiting, None
        if process is None or process.stdin is None or process.poll() is not None:
            return None
        log = str(_log_path(workspace, run_id))
        order = {"workspace": str(workspace.folder), "run": run_id, "log": log}
        try:
            with process.stdin as pipe:
                pipe.write(json.dumps(order) + "\n")
        except BrokenPipeError:
            process.wait()
            return None
        return process

    @property
    def pid(self) -> int | None:
        """Number of the waiting process, None where none waits."""
        return None if self._waiting is None else self._waiting.pid

    def close(self) -> None:
        """End the waiting process."""
        process, self._waiting = self._waiting, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            process.kill()
            process.wait()


def process_of(started: subprocess.Popen[str]) -> Process:
    """Number and start time of a process that we started."""
    return Process.of(started.pid)
