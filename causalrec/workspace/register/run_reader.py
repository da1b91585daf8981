"""Reading the register of runs, with a status that is true."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from causalrec.core.errors import NotFoundError, StorageError
from causalrec.core.words import Text
from causalrec.workspace.register.ends import noted_end
from causalrec.workspace.register.run import Run
from causalrec.workspace.register.run_ends import RunEnds
from causalrec.workspace.register.sqlite import reading

__all__ = ["RunReader"]

_MOST_METRICS = 2000


class RunReader(RunEnds):
    """The runs of one workspace to look at; what is found to have ended is recorded so."""

    def run(self, run_id: str) -> Run:
        """A run with its metrics (at most 2,000 of them, evenly spread).

        Raises:
            NotFoundError: no run has the id.
        """
        with reading(self.path) as db:
            row = db.execute("SELECT * FROM runs WHERE id = ?", [run_id]).fetchone()
            if row is None:
                raise NotFoundError("workspace.unknown_run", hint="workspace.unknown_run_hint")
            count = db.execute("SELECT max(step) FROM metrics WHERE run = ?", [run_id]).fetchone()
            every = max(1, -(-(count[0] or 1) // _MOST_METRICS))
            numbers = db.execute(
                "SELECT numbers FROM metrics WHERE run = ? AND (step % ? = 0 OR step = ?)"
                " ORDER BY step",
                [run_id, every, count[0]],
            ).fetchall()
        run = self._settled(Run.of(row, self.runs_folder))
        return replace(run, metrics=[json.loads(line[0]) for line in numbers])

    def runs(self, task: str | None = None, *, limit: int = 200) -> list[Run]:
        """Runs, newest first, without their metrics."""
        query = "SELECT * FROM runs WHERE ? IS NULL OR task = ? ORDER BY rowid DESC LIMIT ?"
        return self._select(query, [task, task, limit])

    def active(self) -> list[Run]:
        """Runs that wait or run, oldest first."""
        query = "SELECT * FROM runs WHERE status IN ('queued', 'running') ORDER BY rowid"
        return [run for run in self._select(query, []) if run.active]

    def typical_seconds(self, task: str, params: Mapping[str, Any]) -> float | None:
        """How long the latest finished run took that differs in seed and name at most."""
        query = "SELECT * FROM runs WHERE status = 'done' AND task = ? ORDER BY rowid DESC LIMIT 50"
        for run in self._select(query, [task]):
            if _telling(run.params) == _telling(params):
                return run.duration
        return None

    def _select(self, query: str, values: Sequence[Any]) -> list[Run]:
        with reading(self.path) as db:
            rows = db.execute(query, values).fetchall()
        return [self._settled(Run.of(row, self.runs_folder)) for row in rows]

    def _settled(self, run: Run) -> Run:
        """The run with a true status: one whose process is gone has ended, and so has one that
        could only note its end beside the register.
        """
        if run.status != "running":
            return run
        end = noted_end(run.folder)
        if end is None and not run.lost():
            return run
        try:
            self._take_up(run.id, end)
        except StorageError:
            status = (end or {}).get("status", "failed")
            return replace(run, status=status, error=Text("workspace.run_lost"))
        with reading(self.path) as db:
            row = db.execute("SELECT * FROM runs WHERE id = ?", [run.id]).fetchone()
        return Run.of(row, self.runs_folder) if row else replace(run, status="failed")


def _telling(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that may change how long a run takes, as they come back from JSON."""
    kept = {key: value for key, value in params.items() if key not in ("seed", "name")}
    return dict(json.loads(json.dumps(kept, default=str)))
