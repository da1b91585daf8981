"""A real log from upload to Compare by clicks: MovieLens 100K, as it comes and disguised."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from harness import ROOT, no_traceback, press, settled

from causalrec.core.words import table
from causalrec.tasks.whatif.compare import comparison_of

LONG = 240_000
OTHER_NAMES = ("wer", "stück", "Note ★", "wann", "w5", "w6")


@pytest.fixture(scope="module")
def ratings() -> Path:
    """The ratings of MovieLens 100K; a machine without them skips, the pipeline fails."""
    folder = Path(os.environ.get("CAUSALREC_BENCH_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "ml-100k" / "interactions.parquet"
    if path.is_file():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"no MovieLens 100K below {folder}: set CAUSALREC_BENCH_DATA")
    pytest.skip(f"no MovieLens 100K below {folder}: set CAUSALREC_BENCH_DATA")


@pytest.fixture(params=["as it comes", "disguised"])
def log(request, ratings: Path, tmp_path: Path) -> Path:
    """The file to upload: the original, or other names, order of columns and of rows."""
    if request.param == "as it comes":
        return ratings
    frame = pd.read_parquet(ratings)
    mixed = frame.sample(frac=1.0, random_state=0)[list(frame.columns[::-1])]
    mixed = mixed.set_axis(OTHER_NAMES[: len(frame.columns)], axis=1)
    path = tmp_path / "export.csv"
    mixed.to_csv(path, index=False, sep=";")
    return path


def test_from_upload_to_compare(server, workspace, new_page, log):
    lang = "zh" if log.suffix == ".csv" else "en"  # each form in one of the languages
    words, page = table(lang), new_page(locale={"en": "en-US", "zh": "zh-CN"}[lang])
    page.goto(server.page("data", w=workspace.id))
    settled(page)
    page.locator("input[type=file]").first.set_input_files(str(log))
    page.locator(".st-key-save-dataset").wait_for(timeout=LONG)
    settled(page, LONG)
    press(page, "save-dataset", LONG)
    page.locator(".st-key-dataset").wait_for(timeout=LONG)
    (saved,) = workspace.things("dataset")
    no_traceback(page)

    page.goto(server.page("train", w=workspace.id))
    press(page, "train-start", LONG)
    page.locator(".st-key-train-values").wait_for(timeout=LONG)
    assert workspace.things("model")[0].made_from == (saved.ref,)

    page.goto(server.page("interventions", w=workspace.id))
    press(page, "scenario-ask", LONG)
    page.get_by_text(words["whatif.no_impressions_known"][:30]).first.wait_for(timeout=LONG)

    page.goto(server.page("compare", w=workspace.id))
    press(page, "compare-start", LONG)
    page.locator(".st-key-verdict").wait_for(timeout=LONG)
    settled(page, LONG)
    text = page.locator("body").inner_text()
    for metric in ("coverage", "gini", "novelty"):
        own = f"recsys.metric_{metric}"
        assert words.get(f"{own}_plain", words[own]) in text
    (kept,) = workspace.things("comparison")
    comparison = comparison_of(kept)
    assert comparison.goal == "ndcg"  # the best that ratings alone can answer
    assert not comparison.of("ndcg")[0].refused
    card = page.locator(".st-key-verdict").inner_text()
    assert "NDCG@10" in card
    assert words["answer.decision_cannot_tell"] not in card
    no_traceback(page)
