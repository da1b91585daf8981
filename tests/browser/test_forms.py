"""A value is changed and the button pressed before the page is drawn again: the value counts."""

from __future__ import annotations

import pytest
from harness import choose_and_press, finished, no_traceback, select, settled

from causalrec.causal.formats.json_document import to_document
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import run_inline

WORDS = table("en")
SHOP = {"users": 300, "items": 40, "impressions": 9_000, "seed": 1}
LONG = 60_000


@pytest.fixture
def shop(workspace):
    run_inline(workspace, "shop", SHOP)
    workspace.set(dataset="shop")
    return workspace


def opened(page, server, workspace, name: str):
    page.goto(server.page(name, w=workspace.id))
    page.get_by_role("heading", level=1, name=WORDS[f"ui.page_{name}"], exact=True).wait_for()
    settled(page)
    return page


def test_train_starts_both_models_though_the_second_was_chosen_last(server, shop, page):
    opened(page, server, shop, "train")
    models = page.locator(".st-key-train-model")
    neighbours = models.get_by_text(WORDS["recsys.model_item_knn"], exact=True)
    choose_and_press(page, neighbours, "train-start")
    page.locator(".st-key-train-values").wait_for(timeout=LONG)
    finished(page)
    asked = sorted(run.params["model"] for run in shop.register.runs("train"))
    assert asked == ["item-knn", "popularity"]
    no_traceback(page)


def test_an_effect_is_estimated_by_the_measure_that_was_chosen_last(server, shop, page):
    data = load_dataset(shop.thing("dataset", "shop").folder)
    bound = STARTING_GRAPHS["promotion-purchase"].bind(data)
    shop.save_json("graph", "promotion-purchase", to_document(bound.graph))
    opened(page, server, shop, "effects")
    measures = page.locator(".st-key-effects-measure")
    count = measures.get_by_text(WORDS["page_effects.measure_count"], exact=True)
    choose_and_press(page, count, "effects-estimate")
    page.locator(".st-key-effects-answer").wait_for(timeout=LONG)
    settled(page)
    assert shop.thing("effect", "promotion - purchase").meta["asked"]["measure"] == "count"
    no_traceback(page)


def test_a_text_that_still_has_the_cursor_goes_with_the_press(server, shop, page):
    run_inline(shop, "train", {"dataset": "shop", "model": "popularity"})
    opened(page, server, shop, "interventions")
    select(page, "scenario-kind-1", WORDS["whatif.do_popularity_penalty"])
    name = page.locator("[class*=st-key-scenario-name] input")
    name.fill("Typed last")
    page.locator(".st-key-scenario-save button").click()
    page.locator("[data-testid=stToast]").get_by_text("Typed last").wait_for()
    assert [thing.name for thing in shop.things("scenario")] == ["Typed last"]
    no_traceback(page)
