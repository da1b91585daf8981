"""The register of runs: what was asked, where it stands, what it made."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Mapping
from typing import Any

from causalrec.core.errors import ConflictError
from causalrec.core.words import Text
from causalrec.workspace.disk.names import new_id
from causalrec.workspace.disk.process import Process, boot, host, since_boot
from causalrec.workspace.disk.reserve import with_reserve
from causalrec.workspace.register.run import Run, kept
from causalrec.workspace.register.run_reader import RunReader
from causalrec.workspace.register.sqlite import writing
from causalrec.workspace.disk.thing import Ref

__all__ = ["Register"]


class Register(RunReader):
    """Runs of one workspace, in SQLite; safe for several threads and processes.

    Args:
        folder: the workspace's folder.
    """

    def add(
        self,
        task: str,
        params: Mapping[str, Any],
        *,
        heavy: bool = False,
        versions: Mapping[str, str] | None = None,
        data_fingerprint: str | None = None,
        process: Process | None = None,
    ) -> str:
        """Register a run and give its id: queued, or running where ``process`` does it at once.

        That is one step, so that nothing can end in between and leave a run that waits for ever.
        """
        run_id, now = new_id(), time.time()
        seed = params.get("seed")
        values = {
            "id": run_id,
            "task": task,
            "params": json.dumps(dict(params), default=str, ensure_ascii=False),
            "status": "running" if process else "queued",
            "created": now,
            "device": params.get("device"),
            "seed": seed if isinstance(seed, int) else None,
            "heavy": int(heavy),
            "versions": json.dumps(dict(versions or {})),
            "data_fingerprint": data_fingerprint,
        }
        if process is not None:
            values |= {"started": now, "own": 0, "pid": process.pid, "pid_started": process.started}
            values |= {"host": host(), "boot": boot(), "beat": since_boot()}
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with writing(self.path) as db:
            db.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", list(values.values()))  # noqa: S608
        return run_id

    def claim(self, run_id: str) -> bool:
        """Take a queued run to start it; False where it is no longer queued."""
        with writing(self.path) as db:
            done = db.execute(
                "UPDATE runs SET status = 'running', started = ?, beat = ?, boot = ?, host = ?,"
                " pid = NULL, pid_started = NULL WHERE id = ? AND status = 'queued'",
                [time.time(), since_boot(), boot(), host(), run_id],
            )
        return done.rowcount == 1

    def set_process(self, run_id: str, process: Process, *, own: bool) -> None:
        """Note which process of this machine runs it, and whether that does nothing else."""
        with writing(self.path) as db:
            db.execute(
                "UPDATE runs SET pid = ?, pid_started = ?, boot = ?, own = ?, host = ?, beat = ?"
                " WHERE id = ? AND status = 'running'",
                [
                    process.pid,
                    process.started,
                    process.boot,
                    int(own),
                    host(),
                    since_boot(),
                    run_id,
                ],
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
                "UPDATE runs SET beat = ?, fraction = max(fraction, ?),"
                " message = coalesce(?, message) WHERE id = ? AND status = 'running'",
                [since_boot(), fraction, kept(message), run_id],
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
                things = [*json.loads(row["made"]), [ref.kind, ref.name, ref.version]]
                db.execute("UPDATE runs SET made = ? WHERE id = ?", [json.dumps(things), run_id])

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
        with_reserve(self.path.parent, lambda: self._forget(run_id))
        shutil.rmtree(self.runs_folder / run_id, ignore_errors=True)

    def _forget(self, run_id: str) -> None:
        with writing(self.path) as db:
            db.execute("DELETE FROM metrics WHERE run = ?", [run_id])
            db.execute("DELETE FROM runs WHERE id = ?", [run_id])
