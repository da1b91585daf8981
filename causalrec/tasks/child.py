"""A run's own process: started for one run, or kept warm until it is given one."""

from __future__ import annotations

import json
import os
import select
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from causalrec.core.errors import Cancelled, CausalRecError
from causalrec.tasks.runner import execute
from causalrec.workspace import Workspace
from causalrec.workspace.process import Process

__all__ = ["CANCELLED", "DONE", "FAILED", "run_one", "stand_by"]

DONE, FAILED, CANCELLED = 0, 1, 130
_PATIENCE = 600.0
"""Seconds that a warm process waits for a run before it ends."""
_WARM = ("pandas", "scipy.sparse", "pyarrow.parquet", "torch")


def run_one(workspace_folder: Path, run_id: str) -> int:
    """Do a registered run in this process; gives the exit status."""
    workspace = Workspace.open(workspace_folder.parent, workspace_folder.name)
    workspace.register.claim(run_id)  # already claimed unless it was started by hand
    workspace.register.set_process(run_id, Process.current(), own=True)
    try:
        execute(workspace, run_id)
    except Cancelled:
        return CANCELLED
    except CausalRecError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the run's log
        return FAILED
    return DONE


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
