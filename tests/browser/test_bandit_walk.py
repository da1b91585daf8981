"""A bandit's log, which knows no users, from upload to an answer by clicks and without a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from harness import no_traceback, press, settled

from causalrec.core.words import table
from causalrec.data.storage.store import load_dataset
from causalrec.tasks.whatif.compare import comparison_of

ROWS, ITEMS = 12_000, 8
BEST = 5
"""The item that is clicked most, and shown most."""


def bandit(path: Path) -> float:
    """Write a log as the Open Bandit data are; the true change of clicks if the best is boosted."""
    rng = np.random.default_rng(0)
    chance = np.full(ITEMS, 0.8 / (ITEMS - 1))
    chance[BEST] = 0.2
    rates = np.full(ITEMS, 0.04)
    rates[BEST] = 0.16
    item, position = rng.choice(ITEMS, ROWS, p=chance), rng.integers(1, 4, ROWS)
    when = pd.Timestamp("2019-11-24") + pd.to_timedelta(np.arange(ROWS), "m")
    log = pd.DataFrame({"timestamp": when, "item_id": item, "position": position})
    log["click"], log["propensity_score"] = rng.binomial(1, rates[item]), chance[item]
    log["user_feature_0"] = rng.choice(["81ce", "cef3"], ROWS)
    log.to_csv(path)
    boosted = chance * np.where(np.arange(ITEMS) == BEST, np.e, 1.0)
    return float(rates @ (boosted / boosted.sum() - chance))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_a_bandit_s_log_to_an_answer(server, workspace, new_page, tmp_path, lang):
    truth, words = bandit(tmp_path / "bandit.csv"), table(lang)
    page = new_page(locale={"en": "en-US", "zh": "zh-CN"}[lang])
    page.goto(server.page("data", w=workspace.id))
    settled(page)
    page.locator("input[type=file]").first.set_input_files(str(tmp_path / "bandit.csv"))
    press(page, "save-dataset")
    page.locator(".st-key-dataset").wait_for()
    (saved,) = workspace.things("dataset")
    assert not load_dataset(saved.folder).has("user")

    page.goto(server.page("train", w=workspace.id))
    page.get_by_text(words["page_train.no_model"]).wait_for()
    press(page, "next-interventions")
    page.wait_for_url("**/interventions**")
    page.get_by_text(words["page_interventions.from_log_exact"]).wait_for()
    press(page, "scenario-ask")
    page.locator(".st-key-forecast-chart").wait_for(timeout=180_000)
    press(page, "next-compare")
    card = page.locator(".st-key-verdict")
    card.wait_for()
    settled(page)
    no_traceback(page)
    (kept,) = workspace.things("comparison")
    lead = comparison_of(kept).of("click")[0]
    assert lead.change.low <= truth <= lead.change.high
    assert lead.change.low > 0
    assert words["answer.decision_do_it"] in card.inner_text()
    page.get_by_text(words["page_compare.cannot_tell"]).click()
    page.get_by_text(words["compare.no_lists"][:12]).first.wait_for()
    assert "None" not in page.locator("body").inner_text()

    page.goto(server.page(w=workspace.id))
    page.locator(".st-key-steps").get_by_text(words["page_home.state_unneeded"]).wait_for()
