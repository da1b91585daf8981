"""The Train page by clicks: two models in one go, the leaderboard, lists and a history by hand."""

from __future__ import annotations

from harness import choose, no_traceback, press, settled

from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import run_inline

WORDS = table("en")
SHOP = {"users": 600, "items": 120, "impressions": 25_000}
LONG = 120_000


def word(name: str) -> str:
    return WORDS[f"page_train.{name}"]


def test_from_two_models_to_a_leaderboard_and_a_closer_look(server, workspace, page):
    run_inline(workspace, "shop", SHOP)
    workspace.set(dataset="shop")
    page.goto(server.page("train", w=workspace.id))
    page.locator(".st-key-train-start").wait_for()
    settled(page)
    pressed = page.locator(".st-key-train-model button[aria-pressed=true]")
    pressed.first.wait_for()
    (first,) = pressed.all_inner_texts()
    choose(page, "train-model", WORDS["recsys.model_popularity"])
    press(page, "train-start")
    page.locator(".st-key-train-values").wait_for(timeout=LONG)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stProgress]')", timeout=LONG
    )
    settled(page)
    asked = {run.params["model"] for run in workspace.register.runs("train")}
    assert "popularity" in asked
    assert len(asked) == 2
    compared = page.locator(".st-key-train-compared").inner_text()
    assert first in compared
    assert WORDS["recsys.model_popularity"] in compared
    no_traceback(page)

    choose(page, "train-view", word("view_closer"))
    page.locator(".st-key-train-list-1").wait_for()
    choose(page, "train-closer", word("closer_by_hand"))
    item = workspace_item(workspace)
    page.locator(".st-key-train-pasted textarea").fill(f"{item}\nno such item")
    page.keyboard.press("Control+Enter")
    page.locator(".st-key-train-hand-1").wait_for()
    assert "no such item" in page.locator("body").inner_text()
    no_traceback(page)


def workspace_item(workspace) -> str:
    """The id of some item of the shop."""

    return str(load_dataset(workspace.thing("dataset", "shop").folder).item_ids[0])
