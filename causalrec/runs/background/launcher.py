"""Background runs: registered at once, one heavy one at a time, stopped at any moment, adopted."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from causalrec.runs.background.dispatcher import Dispatcher
from causalrec.runs.background.processes import stop_process
from causalrec.runs.record.runner import register_run
from causalrec.workspace import Workspace, default_root

__all__ = ["Launcher"]

_BUSY, _IDLE = 0.15, 0.5
"""Seconds between two looks at the runs."""


class Launcher:
    """Starts runs of all workspaces below a root in processes of their own.

    One thread starts what waits, reaps what ended and sees to cancellations. Several
    launchers on one root (two apps) agree on one that does it. Runs outlive the launcher;
    the next one adopts them.

    Args:
        root: the folder of all workspaces.
        heavy: how many heavy runs may go at a time.
    """

    def __init__(self, root: Path | str | None = None, *, heavy: int = 1) -> None:
        self._dispatcher = Dispatcher(Path(root).resolve() if root else default_root(), heavy)
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._thread = self._new_thread()

    def start(self, workspace: Workspace, task: str, params: Mapping[str, Any]) -> str:
        """Register a run, have it started as soon as its turn comes, and give its id at once.

        Raises:
            NotFoundError: no task has the name.
            ParamError: a parameter is unknown or out of range.
            StorageError: the workspace cannot be written.
        """
        run_id = register_run(workspace, task, params)
        self._awake()
        return run_id

    def cancel(self, workspace: Workspace, run_id: str) -> None:
        """Stop a run: one that waits at once, one that goes within two seconds.

        Its process is asked to end, and ended by force a second later.

        Raises:
            NotFoundError: there is no such run.
        """
        run = workspace.register.ask_cancel(run_id)
        if run.active:
            stop_process(run, force=False)
        self._awake()

    def warm(self) -> None:
        """Have a process load torch now, since a person is about to train; it waits ten minutes."""
        self._dispatcher.warm_until = time.monotonic() + 600.0
        self._awake()

    def close(self) -> None:
        """Stop dispatching (runs go on)."""
        self._closed.set()
        self._wake.set()
        self._thread.join()
        self._dispatcher.close()

    def _awake(self) -> None:
        with self._lock:
            if not self._thread.is_alive() and not self._closed.is_set():
                self._thread = self._new_thread()
        self._wake.set()

    def _new_thread(self) -> threading.Thread:
        thread = threading.Thread(target=self._loop, daemon=True, name="causalrec launcher")
        thread.start()
        return thread

    def _loop(self) -> None:
        while not self._closed.is_set():
            busy = self._dispatcher.step()
            self._wake.wait(_BUSY if busy else _IDLE)
            self._wake.clear()
