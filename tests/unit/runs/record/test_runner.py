"""Runs in this process: recorded like any other, and ended truthfully."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from practice_runs import practice, ws
from practice_tasks import Count, Counted

from causalrec.core.errors import (
    Cancelled,
    CausalRecError,
    DataError,
    MemoryBudgetError,
    NotFoundError,
    ParamError,
    StorageError,
)
from causalrec.core.words import Text
from causalrec.runs.record.catalogue import TASKS
from causalrec.runs.record.recorder import Recorder
from causalrec.runs.record.runner import load_result, run_inline
from causalrec.runs.record.versions import versions
from causalrec.workspace import Ref, Register, Workspace
from causalrec.workspace.disk.process import Process
from causalrec.workspace.register.sqlite import writing

__all__ = ["practice", "ws"]
pytestmark = pytest.mark.usefixtures("practice")


def test_the_run_of_an_inline_task(ws: Workspace) -> None:
    told: list[tuple[float, str | None, dict[str, float]]] = []
    data = ws.save_json("dataset", "log", [1])
    result = run_inline(
        ws,
        Count,
        {"dataset": "log", "save": "g", "seed": 5},
        lambda f, m=None, /, **numbers: told.append((f, m, numbers)),
    )
    assert result.total == 3
    assert [t[2]["epoch"] for t in told] == [0.0, 1.0, 2.0]
    run = ws.register.runs()[0]
    assert (run.status, run.seed, run.device, run.fraction) == ("done", 5, "cpu", 1.0)
    assert run.params["steps"] == 3, "defaults are recorded too"
    assert run.data_fingerprint == data.fingerprint
    assert run.made == (Ref("graph", "g", 1),)
    assert ws.thing("graph", "g").run == run.id
    assert [m["epoch"] for m in ws.register.run(run.id).metrics] == [0.0, 1.0, 2.0]
    assert "Cancelled." in run.log()
    assert {"causalrec", "python", "torch", "numpy"} <= set(run.versions)
    assert versions()["torch"].startswith("2.")


def test_the_result_comes_back(ws: Workspace) -> None:
    result = run_inline(ws, Count, {"steps": 2})
    again = load_result(ws, ws.register.runs()[0].id)
    assert isinstance(again, Counted)
    assert (again.total, again.note, again.note.to("zh")) == (2, result.note, "已取消。")
    assert math.isnan(again.odd)


def test_a_result_of_another_form_is_told(ws: Workspace) -> None:
    run_inline(ws, "count", {})
    run = ws.register.runs()[0]
    (run.log_path.parent / "result.json").write_text('{"totals": 1}')
    with pytest.raises(StorageError):
        load_result(ws, run.id)
    with pytest.raises(NotFoundError):
        load_result(ws, ws.register.add("count", {}))


@pytest.mark.parametrize(
    ("how", "kind", "key"),
    [
        ("foreseen", DataError, "workspace.unknown"),
        ("memory", MemoryBudgetError, "tasks.out_of_memory"),
        ("unforeseen", CausalRecError, "core.unexpected"),
    ],
)
def test_failures_are_recorded_and_raised(
    ws: Workspace, how: str, kind: type[CausalRecError], key: str
) -> None:
    with pytest.raises(kind) as caught:
        run_inline(ws, "count", {"how": how})
    run = ws.register.runs()[0]
    assert (run.status, run.error.key, run.error) == ("failed", key, caught.value.text)
    assert run.hint == caught.value.hint
    with pytest.raises(NotFoundError):
        load_result(ws, run.id)


def test_an_unforeseen_failure_hides_its_detail_and_logs_it(ws: Workspace) -> None:
    with pytest.raises(CausalRecError) as caught:
        run_inline(ws, "count", {"how": "unforeseen"})
    run = ws.register.runs()[0]
    assert "a secret detail" not in str(caught.value)
    assert "a secret detail" in run.log()
    assert run.reference in run.hint
    assert f"reference {run.reference}" in run.log()
    assert "Traceback" in run.log()


def test_a_stopped_run_is_cancelled(ws: Workspace) -> None:
    def stop(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        run_inline(ws, "count", {}, stop)
    assert ws.register.runs()[0].status == "cancelled"


def test_an_interrupted_run_is_cancelled(ws: Workspace) -> None:
    def interrupt(fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_inline(ws, "count", {}, interrupt)
    assert ws.register.runs()[0].status == "cancelled"


def test_a_run_in_this_process_is_cancelled_without_a_signal(ws: Workspace) -> None:
    from causalrec.runs.background.processes import stop_process

    seen: list[BaseException] = []

    def work() -> None:
        try:
            run_inline(ws, "count", {"steps": 1000, "pause": 0.02})
        except Cancelled as stopped:
            seen.append(stopped)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 20
    while not (runs := ws.register.active()) or runs[0].status != "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    run = ws.register.ask_cancel(runs[0].id)
    assert not stop_process(run, force=True), "the process does other things too"
    thread.join(timeout=20)
    assert seen
    assert ws.register.run(run.id).status == "cancelled"


def test_bad_parameters_register_nothing(ws: Workspace) -> None:
    for params in ({"steps": -1}, {"stepz": 1}, {"how": "badly"}):
        with pytest.raises(ParamError):
            run_inline(ws, "count", params)
    with pytest.raises(NotFoundError) as caught:
        run_inline(ws, "cuont", {})
    assert "count" in caught.value.hint
    assert ws.register.runs() == []


def test_the_error_reaches_the_caller_though_the_disk_is_full(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **options: Any) -> bool:
        raise StorageError("workspace.full", hint="workspace.full_hint", folder="x")

    monkeypatch.setattr(Register, "finish", full)
    with pytest.raises(DataError):
        run_inline(ws, "count", {"how": "foreseen"})


@pytest.mark.parametrize("note", [False, True], ids=["nowhere", "noted"])
def test_what_is_said_of_a_finished_run_is_what_the_register_says(
    ws: Workspace, note: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails at the last write of the register, and at the note beside it, or not."""

    def broken(*args: Any, **options: Any) -> None:
        raise StorageError("workspace.read_only", hint="workspace.read_only_hint", folder="x")

    def last_writes_fail(fraction: float, message: Text | None = None, /, **more: float) -> None:
        monkeypatch.setattr("causalrec.workspace.register.run_ends.writing", broken)
        monkeypatch.setattr("causalrec.workspace.register.ends._PAUSES", (0.0,))
        if not note:
            monkeypatch.setattr("causalrec.workspace.register.ends.saving.write_json", broken)

    if note:
        run_inline(ws, "count", {}, last_writes_fail)
    else:
        with pytest.raises(StorageError) as caught:
            run_inline(ws, "count", {}, last_writes_fail)
        assert (caught.value.text.key, bool(caught.value.hint)) == ("tasks.not_recorded", True)
    monkeypatch.undo()
    monkeypatch.setattr(Process, "alive", lambda self: False)  # this process has ended
    with writing(ws.register.path) as db:
        db.execute("UPDATE runs SET beat = 0")
    assert ws.register.runs()[0].status == ("done" if note else "failed")


def test_a_run_stopped_at_the_last_moment_is_not_said_to_be_done(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_late(self: Any, *end: Any) -> None:
        ws.register.finish(ws.register.runs()[0].id, "cancelled")

    monkeypatch.setattr(Recorder, "__exit__", stop_late)
    with pytest.raises(Cancelled):
        run_inline(ws, "count", {})


def test_catalogue_files_exist() -> None:
    folder = Path(__file__).parents[4]
    for place in TASKS._entries.values():
        module = place.partition(":")[0]
        if module.startswith("causalrec."):
            assert (folder / f"{module.replace('.', '/')}.py").is_file()
