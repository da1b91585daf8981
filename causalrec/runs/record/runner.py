"""Running a task on the record, in this process: registered, told, logged, ended truthfully."""

from __future__ import annotations

import json
import secrets
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar, overload

from pydantic import ValidationError

from causalrec.core.errors import (
    Cancelled,
    CausalRecError,
    MemoryBudgetError,
    NotFoundError,
    StorageError,
)
from causalrec.core.params import Params
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.record.catalogue import TASKS
from causalrec.runs.record.recorder import Recorder
from causalrec.runs.record.task import Task
from causalrec.runs.record.versions import versions
from causalrec.workspace import Run, Workspace
from causalrec.workspace.disk.failures import disk_failure, storage_errors
from causalrec.workspace.disk.process import Process
from causalrec.workspace.disk.saving import write_text
from causalrec.workspace.register.ends import RESULT

__all__ = ["execute", "follow", "load_result", "raise_end", "register_run", "run_inline"]

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)


def register_run(
    workspace: Workspace, task: str, params: Mapping[str, Any], process: Process | None = None
) -> str:
    """Register a run and give its id; the parameters are checked and completed first.

    It waits for a launcher, or runs already where ``process`` does it at once.

    Raises:
        NotFoundError: no task has the name.
        ParamError: a parameter is unknown or out of range.
        StorageError: the workspace cannot be written.
    """
    asked = TASKS[task]
    values = asked.Params.make(dict(params)).model_dump(mode="json")
    dataset = values.get("dataset")
    thing = workspace.find("dataset", dataset) if isinstance(dataset, str) and dataset else None
    return workspace.register.add(
        task,
        values,
        heavy=asked.heavy,
        versions=versions(),
        data_fingerprint=thing.fingerprint if thing else None,
        process=process,
    )


@overload
def run_inline(
    workspace: Workspace,
    task: type[Task[P, R]],
    params: Mapping[str, Any],
    on_progress: OnProgress = silent,
) -> R: ...


@overload
def run_inline(
    workspace: Workspace, task: str, params: Mapping[str, Any], on_progress: OnProgress = silent
) -> Result: ...


def run_inline(
    workspace: Workspace,
    task: type[Task[P, R]] | str,
    params: Mapping[str, Any],
    on_progress: OnProgress = silent,
) -> Result:
    """Run a task now, in this process, and give its result; the run is recorded like any other.

    The task is its class, or its name.

    Raises:
        CausalRecError: it cannot be done, or something unforeseen happened (its log has the rest).
        Cancelled: it was stopped.
    """
    name = task if isinstance(task, str) else task.name
    run_id = register_run(workspace, name, params, Process.current())
    return execute(workspace, run_id, on_progress)


def execute(workspace: Workspace, run_id: str, on_progress: OnProgress = silent) -> Result:
    """Do a claimed run, whatever its end: the register has its result or its reason.

    Raises:
        CausalRecError: it failed; an unforeseen error is in the log under the hint's reference.
        Cancelled: it was stopped.
        KeyboardInterrupt: it was stopped at the terminal.
    """
    register = workspace.register
    recorder = Recorder(workspace, run_id, on_progress)
    try:
        with recorder:
            result = _work(workspace, run_id, recorder)
    except CausalRecError as error:
        _fail(workspace, run_id, error)
        raise
    except (Cancelled, KeyboardInterrupt):
        register.finish(run_id, "cancelled")
        raise
    except MemoryError as error:
        short = MemoryBudgetError("tasks.out_of_memory", hint="tasks.out_of_memory_hint")
        _fail(workspace, run_id, short)
        raise short from error
    except Exception as error:
        unforeseen = _unforeseen(workspace, run_id, error)
        raise unforeseen from error
    _done(workspace, run_id)
    return result


def _done(workspace: Workspace, run_id: str) -> None:
    """Record a finished run; what cannot be recorded is not said to be done either.

    Raises:
        StorageError: its end can be written nowhere.
        Cancelled: it was stopped at the last moment.
        CausalRecError: somebody else ended it, such as a peer that failed.
    """
    register = workspace.register
    try:
        if register.finish(run_id, "done"):
            return
    except StorageError as error:
        with suppress(OSError):  # else who reads the register later would call it done
            (register.runs_folder / run_id / RESULT).unlink()
        raise StorageError("tasks.not_recorded", hint=error.hint) from error
    raise_end(register.run(run_id))


def raise_end(run: Run) -> None:
    """Raise what a run ended with, if that is no result.

    Raises:
        CausalRecError: it failed.
        Cancelled: it was stopped.
    """
    if run.status == "cancelled":
        raise Cancelled
    if run.status == "failed" and run.error is not None:
        raise CausalRecError(run.error.key, hint=run.hint, **run.error.values)


def follow(workspace: Workspace, run_id: str) -> None:
    """Take part in a run that another process leads: only a failure is recorded.

    Raises:
        CausalRecError: it failed; the register has the reason of whoever failed first.
    """
    run = workspace.register.run(run_id)
    try:
        TASKS[run.task](run.params).run(workspace.during(run_id), silent)
    except CausalRecError as error:
        _fail(workspace, run_id, error)
        raise
    except Exception as error:
        unforeseen = _unforeseen(workspace, run_id, error)
        raise unforeseen from error


def _work(workspace: Workspace, run_id: str, recorder: Recorder) -> Result:
    run = workspace.register.run(run_id)
    recorder.log(f"{run.task} {json.dumps(run.params, ensure_ascii=False)}")
    result: Result = TASKS[run.task](run.params).run(workspace.during(run_id), recorder)
    path = workspace.register.runs_folder / run_id / RESULT
    with storage_errors(workspace.folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, result.model_dump_json())
    device = getattr(result, "device", None)
    if isinstance(device, str):
        workspace.register.note(run_id, device=device)
    return result


def _fail(
    workspace: Workspace, run_id: str, error: CausalRecError, reference: str | None = None
) -> None:
    with suppress(StorageError):  # written nowhere: its process is gone soon, which reads as failed
        workspace.register.finish(
            run_id, "failed", error=error.text, hint=error.hint, reference=reference
        )


def _unforeseen(workspace: Workspace, run_id: str, error: Exception) -> CausalRecError:
    disk = disk_failure(error, workspace.folder)
    if disk is not None:
        _fail(workspace, run_id, disk)
        return disk
    reference = secrets.token_hex(4)
    unforeseen = CausalRecError(
        "core.unexpected",
        hint=Text("core.unexpected_hint", reference=reference),
        kind=type(error).__name__,
    )
    _fail(workspace, run_id, unforeseen, reference)
    log = workspace.register.runs_folder / run_id / "log.txt"
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"reference {reference}\n{''.join(traceback.format_exception(error))}")
    return unforeseen


def load_result(workspace: Workspace, run_id: str) -> Result:
    """The result of a finished run.

    Raises:
        NotFoundError: the run has none (yet), or there is no such run.
        StorageError: an older version wrote it in another form; run it again.
    """
    run = workspace.register.run(run_id)
    path = workspace.register.runs_folder / run_id / RESULT
    if not path.is_file():
        raise NotFoundError("tasks.no_result", hint="tasks.no_result_hint")
    try:
        return TASKS[run.task].Result.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, KeyError) as error:
        raise StorageError("tasks.old_result", hint="tasks.old_result_hint") from error
