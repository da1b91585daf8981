"""One run done by several processes of this machine: started, watched and ended as one."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from causalrec.core.errors import TeamError
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.runs.background.processes import ended_because, environment
from causalrec.runs.record.runner import load_result, raise_end, register_run
from causalrec.workspace import Workspace
from causalrec.workspace.disk.process import Process

__all__ = ["run_together"]

_EVERY = 0.3
_LAST_WORDS = 4_000
_LOOPBACK = {"linux": "lo", "darwin": "lo0"}


def run_together(
    workspace: Workspace,
    task: str,
    params: Mapping[str, Any],
    *,
    processes: int,
    on_progress: OnProgress = silent,
) -> Result:
    """Run a task now, in several processes of this machine, and give its result.

    The run is recorded like any other: the leading process tells its progress and writes what
    it makes, and whichever fails first says why.

    Args:
        workspace: where it is registered.
        task: its name.
        params: what it is asked.
        processes: how many, at least 2; they share the cores.
        on_progress: told what the leading process tells.

    Raises:
        CausalRecError: it cannot be done.
        TeamError: a process ended without a word.
        Cancelled: it was stopped.
    """
    run_id = register_run(workspace, task, params, Process.current())
    with _telling(workspace, run_id, on_progress):
        lost = _started(workspace, run_id, processes)
    _judged(workspace, run_id, lost)
    return load_result(workspace, run_id)


def _started(workspace: Workspace, run_id: str, processes: int) -> Text | None:
    """Start the processes and wait for their end; what ended the first that failed, if any."""
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException, Std
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    with workspace.scratch() as folder, _surroundings(processes):
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=processes,
            run_id=run_id,
            rdzv_backend="c10d",
            rdzv_endpoint="localhost:0",
            max_restarts=0,
            logs_specs=DefaultLogsSpecs(log_dir=str(folder), redirects=Std.ALL),
            shutdown_timeout=5,
        )
        words = ("-m", "causalrec", "run", run_id, "--workspace", str(workspace.folder))
        try:
            elastic_launch(config, sys.executable)(*words)
        except ChildFailedError as error:
            rank, failure = error.get_first_failure()
            _keep_last_words(workspace, run_id, folder)
            return Text(
                "distributed.rank_ended",
                rank=rank,
                size=processes,
                why=ended_because(failure.exitcode),
            )
        except (SignalException, KeyboardInterrupt):
            workspace.register.ask_cancel(run_id)
            return Text("core.cancelled")
    return None


@contextmanager
def _surroundings(processes: int) -> Iterator[None]:
    """What the processes inherit: where the package is, their share of the cores, the loopback.

    The launcher's tables of exit codes are not for people: it is silent meanwhile.
    """
    cores = os.cpu_count() or 1
    wanted = {"OMP_NUM_THREADS": str(max(1, cores // processes)), **environment()}
    if sys.platform in _LOOPBACK:
        wanted.setdefault("GLOO_SOCKET_IFNAME", _LOOPBACK[sys.platform])
    before = dict(os.environ)
    os.environ.update(wanted)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        os.environ.clear()
        os.environ.update(before)


def _judged(workspace: Workspace, run_id: str, lost: Text | None) -> None:
    """Raise what the run ended with, if that is no result.

    Raises:
        TeamError: a process ended without a word.
        CausalRecError: it failed for another reason.
        Cancelled: it was stopped.
    """
    register = workspace.register
    if lost is not None and register.run(run_id).active:
        register.finish_lost(run_id, lost)
    run = register.run(run_id)
    gone = run.error is not None and run.error.key == "distributed.peer_gone"
    if run.status == "failed" and gone and lost is not None:
        raise TeamError(lost.key, hint=run.hint, **lost.values)
    raise_end(run)


def _keep_last_words(workspace: Workspace, run_id: str, folder: Path) -> None:
    """Append what the processes wrote last to the run's log."""
    said = [path.read_text(errors="replace") for path in sorted(folder.rglob("stderr.log"))]
    log = workspace.register.runs_folder / run_id / "log.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.writelines(text[-_LAST_WORDS:] for text in said)


@contextmanager
def _telling(workspace: Workspace, run_id: str, on_progress: OnProgress) -> Iterator[None]:
    """Tell what the register knows of the run, from a thread, as long as the block lasts."""
    ended = threading.Event()

    def tell() -> None:
        last: tuple[float, Text | None] = (-1.0, None)
        while not ended.wait(_EVERY):
            run = workspace.register.run(run_id)
            if (run.fraction, run.message) != last:
                last = (run.fraction, run.message)
                on_progress(run.fraction, run.message)

    thread = threading.Thread(target=tell, daemon=True, name=f"progress {run_id}")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
