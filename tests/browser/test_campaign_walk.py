"""A shop's own, dirty log from upload to the right answer by clicks, no default of it wrong."""

from __future__ import annotations

import pytest
from harness import no_traceback, press, settled
from practice_logs import GIVEN, campaign_shop

from causalrec.causal.effects.effect import Effect
from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset

LONG = 180_000


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_a_dirty_log_to_the_right_answer(server, workspace, new_page, tmp_path, lang):
    rows, items, truth = campaign_shop()
    rows.to_csv(tmp_path / "shop.csv", index=False)
    items.to_csv(tmp_path / "goods.csv", index=False)
    words, page = table(lang), new_page(locale={"en": "en-US", "zh": "zh-CN"}[lang])
    page.goto(server.page("data", w=workspace.id))
    settled(page)
    page.locator("input[type=file]").first.set_input_files(str(tmp_path / "shop.csv"))
    page.locator(".st-key-save-dataset button:enabled").wait_for()
    page.locator(".st-key-more-tables summary").click()
    page.locator("input[type=file]").nth(1).set_input_files(str(tmp_path / "goods.csv"))
    page.get_by_text("goods.csv").first.wait_for()
    settled(page)
    press(page, "save-dataset")
    press(page, "next-train", LONG)
    press(page, "train-start")
    press(page, "next-graph", LONG)
    press(page, "graph-menu-new")
    page.get_by_text(words["page_graph.start_bound"]).wait_for()  # the question that fits
    press(page, "graph-start")
    page.get_by_text("member").first.wait_for()
    press(page, "graph-save")
    press(page, "next-effects")
    press(page, "effects-estimate")
    card = page.locator(".st-key-card-effect")
    card.wait_for(timeout=LONG)
    settled(page)
    no_traceback(page)
    assert page.locator(".st-key-out-of-date").count() == 0  # the form asks what was answered

    (saved,), (kept,) = workspace.things("dataset"), workspace.things("effect")
    data = load_dataset(saved.folder)
    clean = rows.drop_duplicates().query("customer_id != ''")
    assert len(data) == clean["event_time"].str.startswith("2025").sum()
    assert data.frame["price"].notna().all()
    effect = Effect.revived(kept.document())
    assert (effect.treatment, effect.outcome) == ("promo", "purchase")
    assert effect.date.startswith(GIVEN)
    assert effect.low < truth < effect.high
    assert words["answer.decision_do_it"] in card.inner_text()
    assert GIVEN in card.inner_text()
