"""From a file to a saved, right dataset by one press: a shop's dirt, ratings, a bandit's log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from harness import choose, click, no_traceback, press, select, settled
from practice_logs import dirty_shop

from causalrec.core.words import table
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.storage.store import load_dataset


def upload(page, path: Path, place: int = 0) -> None:
    page.locator("input[type=file]").nth(place).set_input_files(str(path))
    page.locator(".st-key-save-dataset button:enabled").wait_for()
    settled(page)


def save(page, workspace) -> Dataset:
    press(page, "save-dataset")
    page.locator(".st-key-dataset").wait_for()
    settled(page)
    no_traceback(page)
    (saved,) = workspace.things("dataset")
    return load_dataset(saved.folder)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_dirty_shop_is_saved_right_by_one_press(server, workspace, page, tmp_path, lang):
    rows, items = dirty_shop()
    rows.to_csv(tmp_path / "shop.csv", index=False)
    items.to_csv(tmp_path / "goods.csv", index=False)
    page.goto(server.page("data", w=workspace.id, lang=lang))
    settled(page)
    upload(page, tmp_path / "shop.csv")
    page.locator(".st-key-more-tables summary").click()
    upload(page, tmp_path / "goods.csv", 1)
    card = page.locator(".st-key-outlook").inner_text()
    clean = rows.drop_duplicates().query("customer_id != ''")
    clean = clean[clean["event_time"].str.startswith("2025")]
    for part in (f"{len(clean):,}", "2025-01-01", f"{clean['customer_id'].nunique():,}"):
        assert part in card
    assert table(lang)["data.finding_missing_ids_action"].rstrip("。.") in page.inner_text("main")
    data = save(page, workspace)
    assert len(data) == len(clean)
    assert data.frame["price"].max() == clean["price"].str.replace(",", "").astype(float).max()
    assert data.frame["price"].notna().all()
    assert data.items["title"].str.startswith("Lamp").all()
    assert data.items["list_price"].max() > 1000
    assert str(data.frame["time"].min()) >= "2025"
    assert data.positive_mask().sum() == (clean["event_type"] != "view").sum()


def test_the_language_changes_under_an_open_form(server, workspace, page, tmp_path):
    stars = np.random.default_rng(0).integers(1, 6, 400)
    log = pd.DataFrame({"userId": np.arange(400) % 40, "movieId": np.arange(400) % 29})
    log["rating"], log["timestamp"] = stars, 900_000_000 + 7_200 * np.arange(400)
    log.to_csv(tmp_path / "ratings.csv", index=False)
    page.goto(server.page("data", w=workspace.id))
    settled(page)
    upload(page, tmp_path / "ratings.csv")
    click(page.locator("[class*=st-key-how-read] summary"))
    field = page.locator("[class*=st-key-option-][class*=-header]").first
    field.scroll_into_view_if_needed()
    select(page, field.get_attribute("class").split("st-key-")[1].split()[0], "yes")
    click(page.locator("[class*=st-key-meaning] summary"))
    choose(page, "ui_language", "中文")
    page.get_by_text(table("zh")["page_data.save_button"], exact=True).first.wait_for()
    settled(page)
    assert page.locator("[data-testid=stAlertContentError]").count() == 0
    assert f"{(stars >= 4).sum():,} 行" in page.locator(".st-key-outlook").inner_text()
    page.reload()
    page.locator(".st-key-save-dataset button:enabled").wait_for()
    settled(page)
    data = save(page, workspace)
    assert len(data) == 400
    assert data.mapping.positive == 4


def test_a_page_says_its_language_and_its_name(server, workspace, new_page):
    page = new_page(color_scheme="dark")
    page.goto(server.page("train", w=workspace.id, lang="zh"))
    settled(page)
    page.wait_for_function("document.documentElement.lang === 'zh-CN'")
    page.wait_for_function("document.title === '训练 · CausalRec'")
    choose(page, "ui_language", "English")
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_function("document.title === 'Train · CausalRec'")
    assert page.title() == "Train · CausalRec"
