"""How a run of the register ends: by its own last word, or found to be gone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from causalrec.core.words import Text
from causalrec.workspace.register.ends import forget_end, noted_end, record_end, result_kept
from causalrec.workspace.disk.reserve import with_reserve
from causalrec.workspace.register.run import kept
from causalrec.workspace.register.sqlite import reading, writing

__all__ = ["RunEnds"]


class RunEnds:
    """The ends of the runs of one workspace.

    Args:
        folder: the workspace's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "register.sqlite"
        self.runs_folder = folder / "runs"

    def finish(
        self,
        run_id: str,
        status: str,
        *,
        error: Text | None = None,
        hint: Text | None = None,
        reference: str | None = None,
    ) -> bool:
        """End an active run; False where it had ended already (the first end stays).

        Where the register cannot be written, the end is noted beside the run: whoever reads
        the register next takes it up.

        Raises:
            StorageError: the end can be written nowhere.
        """
        end = {"status": status, "ended": time.time(), "error": kept(error), "hint": kept(hint)}
        end["reference"] = reference
        folder = self.runs_folder / run_id
        return record_end(folder, lambda: self._end(run_id, end), end)

    def _end(self, run_id: str, end: Mapping[str, Any]) -> bool:
        with writing(self.path) as db:
            done = db.execute(
                "UPDATE runs SET status = :status, ended = :ended, error = :error, hint = :hint,"
                " reference = :reference,"
                " fraction = CASE :status WHEN 'done' THEN 1.0 ELSE fraction END"
                " WHERE id = :id AND status IN ('queued', 'running')",
                {**end, "id": run_id},
            )
        return done.rowcount == 1

    def finish_lost(self, run_id: str, why: Text | None = None) -> None:
        """End a run whose process is gone: as it noted itself, done where its result is there,
        cancelled where that was asked, else failed.
        """
        self._take_up(run_id, noted_end(self.runs_folder / run_id), why)

    def _take_up(self, run_id: str, end: Mapping[str, Any] | None, why: Text | None = None) -> None:
        folder = self.runs_folder / run_id
        if end is not None:
            with_reserve(self.path.parent, lambda: self._end(run_id, end))
            forget_end(folder)
            return
        with reading(self.path) as db:
            row = db.execute("SELECT cancel FROM runs WHERE id = ?", [run_id]).fetchone()
        if result_kept(folder):
            self.finish(run_id, "done")
        elif row is not None and row["cancel"]:
            self.finish(run_id, "cancelled")
        else:
            error = why or Text("workspace.run_lost")
            self.finish(run_id, "failed", error=error, hint=Text("workspace.run_lost_hint"))
