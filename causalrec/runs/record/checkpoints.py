"""Where a run's training stands, in the run's own folder: it outlives a kill, and goes with it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from causalrec.core.errors import ConflictError, NotFoundError, ParamError
from causalrec.workspace import Run, Thing, Workspace
from causalrec.workspace.disk.failures import storage_errors

__all__ = ["can_resume", "clear", "data_of", "folder_of", "original", "take_over"]

_FOLDER = "checkpoint"


def folder_of(workspace: Workspace, run_id: str | None) -> Path | None:
    """Where a run keeps its checkpoints; None outside a run."""
    return None if run_id is None else workspace.register.runs_folder / run_id / _FOLDER


def can_resume(workspace: Workspace, run: Run) -> bool:
    """Whether a run ended before it was done and left something to go on from or to finish."""
    folder = folder_of(workspace, run.id)
    kept = folder is not None and folder.is_dir() and any(folder.rglob("*"))
    return kept and run.status in ("failed", "cancelled")


def original(workspace: Workspace, run_id: str, task: str) -> tuple[Run, dict[str, Any]]:
    """The run that is gone on from, and what was asked of it.

    Raises:
        NotFoundError: no run has the id.
        ParamError: it is a run of another kind.
        ConflictError: it still waits or runs.
    """
    run = workspace.register.run(run_id)
    if run.task != task:
        raise ParamError("train.resume_other", hint="train.resume_other_hint", task=run.task)
    if run.active:
        raise ConflictError("train.resume_active", hint="train.resume_active_hint")
    before = run.params.get("resume")
    if before and not run.params.get("dataset"):  # it only said which run it went on from
        return run, original(workspace, str(before), task)[1]
    return run, dict(run.params)


def data_of(workspace: Workspace, run: Run, name: str) -> Thing:
    """The version of a dataset that a run read.

    Raises:
        NotFoundError: it is no longer there.
    """
    for thing in workspace.versions("dataset", name):
        if thing.fingerprint == run.data_fingerprint:
            return workspace.thing("dataset", thing.name, thing.version)
    raise NotFoundError("train.data_gone", hint="train.data_gone_hint", name=name)


def take_over(workspace: Workspace, run: Run, *, finish: bool) -> bool:
    """Copy where another run stood into this run's folder; False where it had not begun.

    Raises:
        NotFoundError: it is to be finished and left nothing to finish.
    """
    theirs, mine = folder_of(workspace, run.id), folder_of(workspace, workspace.run)
    if theirs is None or not can_resume(workspace, run):
        if finish:
            raise NotFoundError("train.nothing_kept", hint="train.nothing_kept_hint")
        return False
    if mine is not None:
        with storage_errors(workspace.folder):
            shutil.copytree(theirs, mine, dirs_exist_ok=True)
    return True


def clear(workspace: Workspace, params: Mapping[str, Any]) -> None:
    """Remove this run's checkpoints, and those of the runs that it went on from: it is done."""
    run_id, seen = workspace.run, set[str]()
    before = params.get("resume")
    while run_id and run_id not in seen:
        seen.add(run_id)
        folder = folder_of(workspace, run_id)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        run_id, before = before, None
        if run_id:
            try:
                before = workspace.register.run(run_id).params.get("resume")
            except NotFoundError:
                continue
