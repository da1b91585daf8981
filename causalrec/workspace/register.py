"""The register of runs: what was asked, where it stands, what it made."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from causalrec.core.errors import ConflictError, NotFoundError, StorageError
from causalrec.core.words import Text
from causalrec.workspace.names import new_id
from causalrec.workspace.process import Process, host
from causalrec.workspace.run import Run, kept
from causalrec.workspace.sqlite import reading, writing
from causalrec.workspace.thing import Ref

__all__ = ["Register"]

_MOST_METRICS = 2000


class Register:
    """Runs of one workspace, in SQLite; safe for several threads and processes.

    Args:
        folder: the workspace's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "register.sqlite"
        self.runs_folder = folder / "runs"

    # Reading -----------------------------------------------------------------------------------

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
        found = self._settled(Run.of(row, self.runs_folder))
        return replace(found, metrics=[json.loads(line[0]) for line in numbers])

    def runs(self, task: str | None = None, *, limit: int = 200) -> list[Run]:
        """Runs, newest first, without their metrics."""
        query = "SELECT * FROM runs WHERE ? IS NULL OR task = ? ORDER BY created DESC LIMIT ?"
        return self._select(query, [task, task, limit])

    def active(self) -> list[Run]:
        """Runs that wait or run, oldest first."""
        query = "SELECT * FROM runs WHERE status IN ('queued', 'running') ORDER BY created"
        return [run for run in self._select(query, []) if run.active]

    def typical_seconds(self, task: str, params: Mapping[str, Any]) -> float | None:
        """How long the latest finished run took that differs in seed and name at most."""
        query = "SELECT * FROM runs WHERE status = 'done' AND task = ? ORDER BY ended DESC LIMIT 50"
        for run in self._select(query, [task]):
            if _telling(run.params) == _telling(params):
                return run.duration
        return None

    def _select(self, query: str, values: Sequence[Any]) -> list[Run]:
        with reading(self.path) as db:
            rows = db.execute(query, values).fetchall()
        return [self._settled(Run.of(row, self.runs_folder)) for row in rows]

    def _settled(self, run: Run) -> Run:
        """The run with a true status: one whose process is gone has failed, or was cancelled."""
        if not run.lost():
            return run
        try:
            self.finish_lost(run.id)
        except StorageError:
            return replace(run, status="failed", error=Text("workspace.run_lost"))
        with reading(self.path) as db:
            row = db.execute("SELECT * FROM runs WHERE id = ?", [run.id]).fetchone()
        return Run.of(row, self.runs_folder) if row else replace(run, status="failed")

    # Writing -----------------------------------------------------------------------------------

    def add(
        self,
        task: str,
        params: Mapping[str, Any],
        *,
        heavy: bool = False,
        versions: Mapping[str, str] | None = None,
        data_fingerprint: str | None = None,
    ) -> str:
        """Register a queued run and give its id."""
        run_id = new_id()
        seed = params.get("seed")
        values = {
            "id": run_id,
            "task": task,
            "params": json.dumps(dict(params), default=str, ensure_ascii=False),
            "status": "queued",
            "created": time.time(),
            "device": params.get("device"),
            "seed": seed if isinstance(seed, int) else None,
            "heavy": int(heavy),
            "versions": json.dumps(dict(versions or {})),
            "data_fingerprint": data_fingerprint,
        }
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with writing(self.path) as db:
            db.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", list(values.values()))  # noqa: S608
        return run_id

    def claim(self, run_id: str) -> bool:
        """Take a queued run to start it; False where it is no longer queued."""
        now = time.time()
        with writing(self.path) as db:
            done = db.execute(
                "UPDATE runs SET status = 'running', started = ?, heartbeat = ?, host = ?,"
                " pid = NULL, pid_started = NULL WHERE id = ? AND status = 'queued'",
                [now, now, host(), run_id],
            )
        return done.rowcount == 1

    def set_process(self, run_id: str, process: Process, *, own: bool) -> None:
        """Note which process of this machine runs it, and whether that does nothing else."""
        with writing(self.path) as db:
            db.execute(
                "UPDATE runs SET pid = ?, pid_started = ?, own = ?, host = ?, heartbeat = ?"
                " WHERE id = ? AND status = 'running'",
                [process.pid, process.started, int(own), host(), time.time(), run_id],
            )

    def beat(
        self,
        run_id: str,
        fraction: float,
        message: Text | None = None,
        metrics: Iterable[Mapping[str, float]] = (),
    ) -> bool:
        """A heartbeat with what is new; True where a person asked to stop the run."""
        lines = [json.dumps(dict(numbers)) for numbers in metrics]
        with writing(self.path) as db:
            db.execute(
                "UPDATE runs SET heartbeat = ?, fraction = max(fraction, ?),"
                " message = coalesce(?, message) WHERE id = ? AND status = 'running'",
                [time.time(), fraction, kept(message), run_id],
            )
            db.executemany(
                "INSERT INTO metrics (run, step, numbers) SELECT ?1,"
                " coalesce(max(step), 0) + 1, ?2 FROM metrics WHERE run = ?1",
                [(run_id, line) for line in lines],
            )
            row = db.execute("SELECT cancel, status FROM runs WHERE id = ?", [run_id]).fetchone()
        return row is None or bool(row["cancel"]) or row["status"] != "running"

    def note(
        self, run_id: str, *, device: str | None = None, data_fingerprint: str | None = None
    ) -> None:
        """Note where it computes, or the first dataset that it read."""
        with writing(self.path) as db:
            db.execute(
                "UPDATE runs SET device = coalesce(?, device),"
                " data_fingerprint = coalesce(data_fingerprint, ?) WHERE id = ?",
                [device, data_fingerprint, run_id],
            )

    def add_made(self, run_id: str, ref: Ref) -> None:
        """Note a thing that it saved."""
        with writing(self.path) as db:
            row = db.execute("SELECT made FROM runs WHERE id = ?", [run_id]).fetchone()
            if row is not None:
                made = [*json.loads(row["made"]), [ref.kind, ref.name, ref.version]]
                db.execute("UPDATE runs SET made = ? WHERE id = ?", [json.dumps(made), run_id])

    def finish(
        self,
        run_id: str,
        status: str,
        *,
        error: Text | None = None,
        hint: Text | None = None,
        reference: str | None = None,
    ) -> bool:
        """End an active run; False where it had ended already (the first end stays)."""
        with writing(self.path) as db:
            done = db.execute(
                "UPDATE runs SET status = ?, ended = ?, error = ?, hint = ?, reference = ?,"
                " fraction = CASE ? WHEN 'done' THEN 1.0 ELSE fraction END"
                " WHERE id = ? AND status IN ('queued', 'running')",
                [status, time.time(), kept(error), kept(hint), reference, status, run_id],
            )
        return done.rowcount == 1

    def finish_lost(self, run_id: str, why: Text | None = None) -> None:
        """End a run whose process is gone: cancelled where that was asked, else failed."""
        with reading(self.path) as db:
            row = db.execute("SELECT cancel FROM runs WHERE id = ?", [run_id]).fetchone()
        if row is not None and row["cancel"]:
            self.finish(run_id, "cancelled")
        else:
            error = why or Text("workspace.run_lost")
            self.finish(run_id, "failed", error=error, hint=Text("workspace.run_lost_hint"))

    def ask_cancel(self, run_id: str) -> Run:
        """Mark an active run as to be stopped; one that still waits is cancelled at once."""
        with writing(self.path) as db:
            db.execute(
                "UPDATE runs SET cancel = 1,"
                " ended = CASE status WHEN 'queued' THEN ? ELSE ended END,"
                " status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END"
                " WHERE id = ? AND status IN ('queued', 'running')",
                [time.time(), run_id],
            )
        return self.run(run_id)

    def delete(self, run_id: str) -> None:
        """Forget a finished run with its log and result; things that it made stay.

        Raises:
            ConflictError: it still waits or runs.
            NotFoundError: no run has the id.
        """
        if self.run(run_id).active:
            raise ConflictError("workspace.run_active", hint="workspace.run_active_hint")
        with writing(self.path) as db:
            _forget(db, run_id)
        shutil.rmtree(self.runs_folder / run_id, ignore_errors=True)


def _telling(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that may change how long a run takes, as they come back from JSON."""
    kept = {key: value for key, value in params.items() if key not in ("seed", "name")}
    return dict(json.loads(json.dumps(kept, default=str)))


def _forget(db: sqlite3.Connection, run_id: str) -> None:
    db.execute("DELETE FROM metrics WHERE run = ?", [run_id])
    db.execute("DELETE FROM runs WHERE id = ?", [run_id])
