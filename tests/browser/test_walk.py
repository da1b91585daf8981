"""The whole walk as a person goes it, by clicks only: sample shop to verdict, in both languages."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from harness import choose, no_traceback, press, settled

from causalrec.core.words import table
from causalrec.workspace import Workspace

SIZE = {"users": 1500, "items": 200, "impressions": 60_000}
LONG = 180_000
"""Milliseconds that a background run may take on a busy machine."""


def arrive(page, words: dict[str, str], name: str) -> None:
    """Press the next-step button and wait for the next page."""
    press(page, f"next-{name}")
    title = words[f"ui.page_{name}"]
    page.get_by_role("heading", level=1, name=title, exact=True).wait_for()
    settled(page)
    no_traceback(page)


def make_shop(page, words: dict[str, str]) -> None:
    choose(page, "data-way", words["page_data.way_shop"])
    for name, value in SIZE.items():
        field = page.locator(f".st-key-shop-{name} input")
        field.fill(str(value))
        field.press("Enter")
        settled(page)
    press(page, "make-shop")
    page.locator(".st-key-dataset").wait_for(timeout=LONG)


def train(page) -> None:
    press(page, "train-start")
    page.locator(".st-key-train-values").wait_for(timeout=LONG)


def draw_graph(page, words: dict[str, str]) -> None:
    press(page, "graph-menu-new")
    name = words["causal.start_promotion_purchase"]
    box = page.locator(".st-key-graph-start-name")
    if box.get_by_role("combobox").count():
        box.get_by_role("combobox").click()
        page.get_by_role("option", name=name, exact=True).click()
    else:
        box.get_by_text(name, exact=True).click()
    settled(page)
    press(page, "graph-start")
    page.get_by_text("past_spend").first.wait_for()
    press(page, "graph-save")


def estimate(page) -> None:
    press(page, "effects-estimate")
    page.locator(".st-key-effects-answer").wait_for(timeout=LONG)


def ask(page) -> None:
    press(page, "scenario-ask")
    page.locator(".st-key-forecast-chart").wait_for(timeout=LONG)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_a_log_to_a_verdict(server, workspace: Workspace, new_page, lang):
    words, page = table(lang), new_page(locale={"en": "en-US", "zh": "zh-CN"}[lang])
    page.goto(server.page(w=workspace.id))
    settled(page)
    arrive(page, words, "data")
    make_shop(page, words)
    arrive(page, words, "train")
    train(page)
    arrive(page, words, "graph")
    draw_graph(page, words)
    arrive(page, words, "effects")
    estimate(page)
    arrive(page, words, "interventions")
    ask(page)
    name = page.locator("[class*=st-key-scenario-name] input").input_value()
    arrive(page, words, "compare")
    page.locator(".st-key-verdict").wait_for()
    assert parse_qs(urlparse(page.url).query)["scenario"] == [name]
    verdict = page.locator(".st-key-verdict").inner_text()
    assert any(words[key] in verdict for key in words if key.startswith("answer.decision_")), (
        verdict
    )
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=words["ui.page_runs"]).click()
    page.get_by_role("heading", level=1, name=words["ui.page_runs"], exact=True).wait_for()
    no_traceback(page)
    runs = workspace.register.runs()
    assert [run.task for run in reversed(runs)] == [
        "shop",
        "train",
        "estimate",
        "compare",
    ]
    assert {run.status for run in runs} == {"done"}
    page.goto(server.page(w=workspace.id))
    settled(page)
    assert page.locator(".st-key-steps").get_by_text(words["page_home.state_next"]).count() == 0
