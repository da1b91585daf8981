"""One look at all runs: reap, stop, start."""

from __future__ import annotations

import fcntl
import logging
import subprocess
import time
from io import TextIOWrapper
from pathlib import Path

from causalrec.core.errors import CausalRecError
from causalrec.core.words import Text
from causalrec.runs.background.processes import (
    Standby,
    ended_because,
    let_go,
    process_of,
    start_process,
    stop_process,
)
from causalrec.workspace import Run, Workspace

__all__ = ["Dispatcher"]

_FORCE_AFTER = 1.0
"""Seconds from the request to end to ending by force."""
_RECHECK = 5.0
"""Seconds after which a workspace is looked at though its register did not change."""
_log = logging.getLogger("causalrec.tasks")


class Dispatcher:
    """State of the launcher's thread.

    Args:
        root: the folder of all workspaces.
        heavy: how many heavy runs may go at a time.
    """

    def __init__(self, root: Path, heavy: int) -> None:
        self.warm_until = 0.0
        self._root = root
        self._heavy = heavy
        self._children: dict[str, tuple[Workspace, subprocess.Popen[str]]] = {}
        self._stopping: dict[str, float] = {}
        self._seen: dict[Path, tuple[int, ...]] = {}
        self._checked: dict[Path, float] = {}
        self._live: set[Path] = set()
        self._standby = Standby()
        self._turn: TextIOWrapper | None = None

    def step(self) -> bool:
        """Look once; True while something waits or runs."""
        self._reap()
        if not self._has_turn():
            return bool(self._children)
        active = self._active()
        for workspace, run in active:
            self._enforce(workspace, run)
        self._start(active)
        self._keep_warm(bool(active))
        return bool(active or self._children)

    def close(self) -> None:
        """Give the turn to another launcher and end the waiting process; runs go on."""
        self._standby.close()
        for _, child in self._children.values():
            let_go(child)
        if self._turn is not None:
            self._turn.close()
            self._turn = None

    def _has_turn(self) -> bool:
        """Whether this launcher is the one of its root that dispatches (a lock on a file)."""
        if self._turn is not None:
            return True
        if not self._root.is_dir():
            return False
        try:
            file = (self._root / ".launcher").open("w")
        except OSError:
            return False  # a read-only root: nothing can be started
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._turn = file
        return True

    def _reap(self) -> None:
        for run_id, (workspace, child) in list(self._children.items()):
            code = child.poll()
            if code is None:
                continue
            del self._children[run_id]
            self._stopping.pop(run_id, None)
            try:
                if workspace.register.run(run_id).status == "running":
                    workspace.register.finish_lost(run_id, ended_because(code))
            except CausalRecError as error:
                _log.warning("run %s: %s", run_id, error)

    def _active(self) -> list[tuple[Workspace, Run]]:
        """All runs that wait or run, oldest first; unchanged registers are not read again."""
        runs: list[tuple[Workspace, Run]] = []
        try:
            workspaces = Workspace.all(self._root)
        except CausalRecError as error:
            _log.warning("%s", error)
            return runs
        for workspace in workspaces:
            if self._worth_reading(workspace.folder):
                runs += [(workspace, run) for run in self._runs_of(workspace)]
        return sorted(runs, key=lambda pair: pair[1].created)

    def _runs_of(self, workspace: Workspace) -> list[Run]:
        try:
            runs = workspace.register.active()
        except CausalRecError as error:
            _log.warning("workspace %s: %s", workspace.id, error)
            runs = []
        (self._live.add if runs else self._live.discard)(workspace.folder)
        return runs

    def _worth_reading(self, folder: Path) -> bool:
        first = folder not in self._seen
        now = time.monotonic()
        mark = tuple(_changed(folder / name) for name in ("register.sqlite", "register.sqlite-wal"))
        same = self._seen.get(folder) == mark and now - self._checked.get(folder, 0.0) < _RECHECK
        self._seen[folder] = mark
        if same and folder not in self._live:
            return False
        self._checked[folder] = now
        if first:
            Workspace(folder).sweep()
        return True

    def _enforce(self, workspace: Workspace, run: Run) -> None:
        """End by force what was asked to end a second ago and still runs."""
        if not run.cancelling or run.status != "running":
            return
        now = time.monotonic()
        if run.id not in self._stopping:
            self._stopping[run.id] = now
            stop_process(run, force=False)
        elif now - self._stopping[run.id] > _FORCE_AFTER:
            stop_process(run, force=True)

    def _start(self, active: list[tuple[Workspace, Run]]) -> None:
        heavy = sum(run.heavy for _, run in active if run.status == "running")
        for workspace, run in active:
            if run.status != "queued" or (run.heavy and heavy >= self._heavy):
                continue
            heavy += run.heavy
            try:
                self._launch(workspace, run)
            except CausalRecError as error:
                _log.warning("run %s: %s", run.id, error)

    def _launch(self, workspace: Workspace, run: Run) -> None:
        if not workspace.register.claim(run.id):
            return
        try:
            child = self._standby.take(workspace, run.id) if run.heavy else None
            child = child or start_process(workspace, run.id)
        except OSError as error:
            why = Text("tasks.cannot_start", why=error.strerror or str(error))
            workspace.register.finish_lost(run.id, why)
            return
        self._children[run.id] = (workspace, child)
        workspace.register.set_process(run.id, process_of(child), own=True)

    def _keep_warm(self, busy: bool) -> None:
        if busy or time.monotonic() > self.warm_until:
            return
        try:
            self._standby.prepare()
        except OSError as error:
            self.warm_until = 0.0
            _log.warning("no warm process: %s", error)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
