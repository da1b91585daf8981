"""An answer is to the question that was asked: typed dates, a form that moved on, its own link."""

from __future__ import annotations

import pytest
from harness import choose, no_traceback, settled

from causalrec.causal.formats.json_document import to_document
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import run_inline

WORDS = table("en")
SHOP = {"users": 400, "items": 40, "impressions": 12_000, "seed": 1}
ASKED = {"dataset": "shop", "graph": "promotion-purchase"}
GREY = "part => Number(getComputedStyle(part).opacity)"


@pytest.fixture
def shop(workspace):
    """A small shop with two effects, the newer one shown by default."""
    run_inline(workspace, "shop", SHOP)
    workspace.set(dataset="shop")
    data = load_dataset(workspace.thing("dataset", "shop").folder)
    graph = STARTING_GRAPHS["promotion-purchase"].bind(data).graph
    workspace.save_json("graph", "promotion-purchase", to_document(graph))
    run_inline(workspace, "estimate", {**ASKED, "measure": "count", "name": "counted"})
    run_inline(workspace, "estimate", ASKED)
    return workspace


def test_a_date_typed_with_the_calendar_open_goes_with_the_press(server, shop, page):
    page.goto(server.page("effects", w=shop.id))
    answer = page.locator(".st-key-answered-effect")
    answer.wait_for()
    settled(page)
    page.locator(".st-key-effects-question summary").click()
    choose(page, "effects-measure", WORDS["page_effects.measure_mean"])
    note = page.locator(".st-key-out-of-date")
    note.wait_for()
    assert WORDS["causal.param_measure_mean"] in note.inner_text()
    assert answer.evaluate(GREY) < 1
    page.locator(".st-key-effects-date").get_by_role("spinbutton").first.click()
    page.keyboard.type("20260118")
    page.locator(".st-key-effects-estimate button").click()
    page.locator(".st-key-effects-question summary").get_by_text("2026-01-18").wait_for()
    note.wait_for(state="detached")
    settled(page)
    assert answer.evaluate(GREY) == 1
    asked = shop.thing("effect", "promotion - purchase").meta["asked"]
    assert (asked["date"], asked["measure"]) == ("2026-01-18", "mean")
    no_traceback(page)


def test_a_copied_link_opens_just_that_answer_on_a_cold_server(new_server, server, shop, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(server.page("effects", w=shop.id, effect="counted"))
    page.locator(".st-key-copy-effect button").click()
    page.locator(".st-key-copy-effect").get_by_text(WORDS["ui.link_copied"]).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    cold = new_server(server.root)
    other = new_page()
    other.goto(link.replace(server.url, cold.url))
    line = other.locator(".st-key-effects-question summary")
    line.get_by_text(WORDS["page_effects.measure_count"]).wait_for()
    settled(other)
    assert "effect=counted" in other.url
    assert other.locator(".st-key-out-of-date").count() == 0
    no_traceback(other)
    cold.stop()
