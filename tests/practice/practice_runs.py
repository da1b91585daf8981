"""What tests of runs share: practice tasks in this process and in its children, and patience."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from causalrec.runs.background.launcher import Launcher
from causalrec.runs.record.catalogue import TASKS
from causalrec.workspace import Run, Workspace

FOLDER = Path(__file__).parent


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds the practice tasks to the catalogue, here and in child processes."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", "")])
    )
    from practice_tasks import ENTRIES, add_words

    add_words()

    for name, place in ENTRIES.items():
        monkeypatch.setitem(TASKS._entries, name, place)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A new workspace."""
    return Workspace.create(tmp_path / "root", "Mine")


@pytest.fixture
def launcher(ws: Workspace, practice: None) -> Iterator[Launcher]:
    """A launcher of the workspace's root; what still runs is stopped afterwards."""
    made = Launcher(ws.root)
    yield made
    for run in ws.register.active():
        made.cancel(ws, run.id)
    wait(ws, *[run.id for run in ws.register.active()])
    made.close()


def wait(ws: Workspace, *run_ids: str, until: tuple[str, ...] = (), seconds: float = 60.0) -> Run:
    """Wait until the runs have a status of ``until`` (by default: have ended); the last of them."""
    ends = until or ("done", "failed", "cancelled")
    deadline = time.monotonic() + seconds
    run = None
    for run_id in run_ids:
        while (run := ws.register.run(run_id)).status not in ends:
            assert time.monotonic() < deadline, f"{run.status}: {run.log()}"
            time.sleep(0.02)
    return run  # type: ignore[return-value]
