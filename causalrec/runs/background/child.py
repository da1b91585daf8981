"""A run's own process: started for one run, or kept warm until it is given one."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import FrameType

from causalrec.core.errors import Cancelled, CausalRecError
from causalrec.core.progress import OnProgress
from causalrec.core.words import Text
from causalrec.recsys.team.team import current_team
from causalrec.runs.record.runner import execute, follow
from causalrec.workspace import Workspace
from causalrec.workspace.disk.process import Process

__all__ = ["CANCELLED", "DONE", "FAILED", "run_one", "stand_by"]

DONE, FAILED, CANCELLED = 0, 1, 130
_PATIENCE = 600.0
"""Seconds that a warm process waits for a run before it ends."""
_WARM = ("pandas", "scipy.sparse", "pyarrow.parquet", "torch")


def run_one(workspace_folder: Path, run_id: str) -> int:
    """Do a registered run, or this process's share of it; gives the exit status."""
    workspace = Workspace.open(workspace_folder.parent, workspace_folder.name)
    if not current_team().leads:
        return _take_part(workspace, run_id)
    workspace.register.claim(run_id)  # already claimed unless it was started by hand
    workspace.register.set_process(run_id, Process.current(), own=True)
    try:
        with _asked_to_end(workspace, run_id) as stop:
            execute(workspace, run_id, stop)
    except Cancelled:
        return CANCELLED
    except CausalRecError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the run's log
        return FAILED
    return DONE


def _take_part(workspace: Workspace, run_id: str) -> int:
    try:
        follow(workspace, run_id)
    except CausalRecError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the run's log
        return FAILED
    return DONE


@contextmanager
def _asked_to_end(workspace: Workspace, run_id: str) -> Iterator[OnProgress]:
    """What stops a cancelled run at its next step, so that it can keep where it stands.

    A signal to end that nobody asked for in the register ends the process at once.
    """
    asked = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        with suppress(CausalRecError):
            if workspace.register.run(run_id).cancelling:
                asked.set()
                return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    def stop(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        if asked.is_set():
            raise Cancelled

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


def stand_by() -> int:
    """Load the heavy libraries, wait for one line on stdin, do that run.

    The line is JSON: ``{"workspace": folder, "run": id, "log": file}``. It ends
    quietly when nobody asks, and when the process that started it is gone.
    """
    for module in _WARM:
        with suppress(ImportError):
            import_module(module)
    ready, _, _ = select.select([sys.stdin], [], [], _PATIENCE)
    line = sys.stdin.readline() if ready else ""
    if not line.strip():
        return DONE
    order = json.loads(line)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    return run_one(Path(order["workspace"]), order["run"])
