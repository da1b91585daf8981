"""A training run in the page: seen at once, alive across reload and pages, cancelled in time."""

from __future__ import annotations

import time

import pytest
from harness import choose, press, settled

from causalrec.core.words import table
from causalrec.runs.record.runner import run_inline

WORDS = table("en")
#: Long epochs and small steps: it does not stop by itself while a test clicks.
SLOW = {"epochs": 500, "factors": 1024, "learning_rate": 0.0001}


@pytest.fixture
def training(server, workspace, page):
    """The Train page of a shop large enough that training outlives the clicks of a test."""
    run_inline(workspace, "shop", {"users": 4_000, "items": 800, "impressions": 300_000})
    workspace.set(dataset="shop")
    page.goto(server.page("train", w=workspace.id))
    settled(page)
    return page


def start(page) -> None:
    page.locator(".st-key-train-all-models button").first.click()
    pressed = page.locator(".st-key-train-model button[aria-pressed=true]")
    suggested = pressed.first.inner_text()
    choose(page, "train-family-factors", WORDS["recsys.model_bpr"])
    pressed.get_by_text(WORDS["recsys.model_bpr"], exact=True).wait_for()
    page.keyboard.press("Escape")
    settled(page)
    first = pressed.get_by_text(suggested, exact=True)
    first.evaluate("text => text.closest('button').click()")  # the model suggested is left out
    alone = WORDS["page_train.start_train"].format(model=WORDS["recsys.model_bpr"])
    page.locator(".st-key-train-start").get_by_text(alone, exact=True).wait_for()
    page.locator(".st-key-train-bpr-factors").wait_for()
    settled(page)
    for name, value in SLOW.items():
        field = page.locator(f".st-key-train-bpr-{name} input")
        if field.count() and field.first.is_visible():
            field.first.fill(str(value))
            field.first.press("Enter")
            settled(page)
    press(page, "train-start")
    page.get_by_test_id("stProgress").first.wait_for()


def cancel(page) -> float:
    """Seconds from the click to the page saying so."""
    begun = time.monotonic()
    page.get_by_role("button", name=WORDS["ui.run_cancel"], exact=True).click()
    page.get_by_test_id("stProgress").first.wait_for(state="detached")
    return time.monotonic() - begun


def test_a_run_lives_through_reload_and_page_change_and_is_cancelled(training, workspace):
    page = training
    start(page)
    (run,) = workspace.register.runs("train")
    assert run.active
    page.reload()
    page.get_by_test_id("stProgress").first.wait_for()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=WORDS["ui.page_runs"]).click()
    page.get_by_role("heading", level=1, name=WORDS["ui.page_runs"]).wait_for()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=WORDS["ui.page_train"]).click()
    page.get_by_test_id("stProgress").first.wait_for()
    seconds = cancel(page)
    ended = workspace.register.run(run.id)
    assert ended.status == "cancelled"
    assert seconds < 15  # 2 s when the machine is idle: tests/benchmarks/latency.py measures it
    assert not workspace.things("model")


def test_a_run_is_cancelled_while_torch_still_loads(training, workspace):
    page = training
    start(page)
    cancel(page)
    (run,) = workspace.register.runs("train")
    assert run.status == "cancelled"
    assert not workspace.register.active()
