"""A run in the browser: seen at once, live, alive across pages, reload and restart, stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import ROOT, WAIT, Server, no_traceback, press, settled

from causalrec.core.words import table
from causalrec.workspace import Run, Workspace

WORDS = table("en")
LONG = {"steps": 10_000, "pause": 0.1, "how": "well", "seed": 0, "save": "", "k": [10]}


@pytest.fixture
def practice_server(new_server: Callable[..., Server], browser, tmp_path: Path) -> Iterator[Server]:
    """A dashboard of its own that knows the practice tasks."""
    path = os.pathsep.join([str(ROOT / "tests" / "practice"), str(ROOT)])
    server = new_server(tmp_path / "workspaces", PYTHONPATH=path)
    yield server
    live = [(ws, run) for ws in Workspace.all(server.root) for run in ws.register.active()]
    for ws, run in live:
        ws.register.ask_cancel(run.id)
        until(lambda ws=ws, run=run: not ws.register.run(run.id).active)
    server.stop()


def ended_run(ws: Workspace, params: dict) -> str:
    run_id = ws.register.add("count-heavy", params, heavy=True)
    ws.register.claim(run_id)
    ws.register.finish(run_id, "cancelled")
    return run_id


def newest(ws: Workspace) -> Run:
    return ws.register.run(ws.register.runs(limit=1)[0].id)


def until(condition: Callable[[], object], seconds: float = 60.0) -> float:
    """Wait; the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def test_a_run_lives_on_and_is_stopped(practice_server: Server, page) -> None:
    ws = Workspace.create(practice_server.root, "Test")
    first = ended_run(ws, LONG)
    page.goto(practice_server.page("runs", w=ws.id))
    settled(page)
    cancel = page.get_by_role("button", name=WORDS["ui.run_cancel"], exact=True)
    assert cancel.count() == 0

    page.locator(".st-key-run-again button").first.click()
    assert until(lambda: newest(ws).id != first, 10) < 1.0, "registered within a second"
    cancel.wait_for()
    run = newest(ws)
    until(lambda: len(newest(ws).metrics) > 3)
    page.locator(f".st-key-run-{run.id} [data-testid=stVegaLiteChart]").first.wait_for()

    page.get_by_role("link", name=WORDS["ui.page_home"], exact=True).click()
    settled(page)
    assert newest(ws).status == "running"
    page.goto(practice_server.page("runs", w=ws.id))
    cancel.wait_for()
    page.reload()
    cancel.wait_for()

    process = newest(ws).process
    practice_server.stop()
    assert process.alive()
    practice_server.start()
    seen = newest(ws).fraction
    page.goto(practice_server.page("runs", w=ws.id))
    cancel.wait_for()
    assert newest(ws).process == process
    until(lambda: newest(ws).fraction > seen)

    cancel.click()
    assert until(lambda: newest(ws).status == "cancelled") < 2.0
    until(lambda: not process.alive(), 5)  # it saves where it stands, or is ended
    page.get_by_text(WORDS["ui.run_cancelled_note"]).wait_for()
    cancel.wait_for(state="detached")
    no_traceback(page)


def test_heavy_runs_wait_visibly_and_a_killed_one_says_so(practice_server: Server, page) -> None:
    ws = Workspace.create(practice_server.root, "Test")
    ended_run(ws, LONG)
    page.goto(practice_server.page("runs", w=ws.id))
    settled(page)
    press(page, "run-again")
    until(lambda: newest(ws).fraction > 0)
    running = newest(ws)
    press(page, "run-again")
    until(lambda: newest(ws).status == "queued")
    page.get_by_text(WORDS["ui.run_queued"].format(ahead=1)).wait_for()
    os.kill(running.process.pid, 9)
    until(lambda: ws.register.run(running.id).status == "failed")
    page.goto(practice_server.page("runs", w=ws.id, run=running.id))
    page.get_by_text(WORDS["tasks.was_killed"]).wait_for()
    until(lambda: newest(ws).status == "running")
    page.get_by_role("button", name=WORDS["ui.run_cancel"], exact=True).first.click()
    until(lambda: newest(ws).status == "cancelled")
    no_traceback(page)


def test_a_click_on_a_row_shows_that_run(practice_server: Server, page) -> None:
    ws = Workspace.create(practice_server.root, "Test")
    ids = [ended_run(ws, LONG | {"seed": seed}) for seed in (1, 2, 3)]
    page.goto(practice_server.page("runs", w=ws.id))
    settled(page)
    assert ids[2] in page.url
    table_ = page.locator("[data-testid=stDataFrame]").first
    box = table_.bounding_box()
    # The table is a canvas: the second row's box is in the first column, 35 px a row.
    page.mouse.click(box["x"] + 17, box["y"] + 35 * 2 + 17)
    page.wait_for_url(f"**run={ids[1]}**", timeout=WAIT)
    settled(page)
    assert page.locator(".st-key-run-facts").get_by_text(ids[1]).count() == 1
