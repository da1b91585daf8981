"""The story as a presenter clicks through it, in both languages; it moves at the first click."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, urlparse

import pytest
from harness import no_traceback, press, settled
from playwright.sync_api import expect

from causalrec.core.words import table
from causalrec.reports.story import STEPS, Story
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.journey import STORY, Journey
from causalrec.workspace import Workspace

SMALL = {"users": 1500, "items": 200, "impressions": 60_000}
MOVES = 15.0
"""Seconds after which a page that has not moved fails; a quiet machine takes one."""


@pytest.fixture(scope="module")
def walked(server):
    workspace = Workspace.create(server.root, "Story")
    run_inline(workspace, Journey, SMALL)
    return workspace


def title(page, words: str) -> None:
    page.get_by_role("heading", level=1, name=words, exact=True).wait_for()
    settled(page)
    no_traceback(page)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_clicking_through_the_story(server, walked, new_page, lang):
    words, page = table(lang), new_page(locale={"en": "en-US", "zh": "zh-CN"}[lang])
    story = Story.revived(walked.thing("story", STORY).json())
    sentences = [one.sentence.to(lang) for one in story.chapters.values()]
    page.goto(server.page("story", w=walked.id))
    title(page, sentences[0])
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for at in range(1, len(STEPS)):
        if at % 2:
            press(page, "story-next")
        else:
            page.keyboard.press("ArrowRight")
        title(page, sentences[at])
        assert parse_qs(urlparse(page.url).query)["step"] == [str(at + 1)]
    expect(page.locator(".st-key-story-next")).to_have_count(0)
    report = page.locator(".st-key-story-ahead").get_by_test_id("stDownloadButton")
    expect(report).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    title(page, sentences[-2])
    truth = story.whatifs.truth_sentence.to(lang)
    assert page.get_by_text(truth).count() == 0
    page.keyboard.press("t")
    page.get_by_text(truth).wait_for()
    name = story.whatifs.three[0].answer.name
    label = words["page_story.open_scenario"].format(name=name)
    page.locator(".st-key-story").get_by_role("link", name=re.compile(re.escape(label))).click()
    page.get_by_role("heading", level=1, name=words["ui.page_compare"], exact=True).wait_for()
    assert parse_qs(urlparse(page.url).query)["scenario"] == [name]


def test_the_page_moves_at_the_click_and_says_what_is_running(server, workspace, page):
    words = table("en")
    page.goto(server.page(w=workspace.id))
    settled(page)
    begun = time.monotonic()
    press(page, "journey")
    title(page, words["story.question"])
    assert time.monotonic() - begun < MOVES
    page.locator(".story-steps li.working, .story-steps li.there").first.wait_for()
    (run,) = workspace.register.runs(Journey.name)
    workspace.register.ask_cancel(run.id)
    page.locator(f".st-key-run-{run.id}").wait_for()
    no_traceback(page)


def test_without_a_journey_the_page_leads_home(server, workspace, page):
    page.goto(server.page("story", w=workspace.id))
    page.get_by_text(table("en")["page_story.empty"]).wait_for()
    no_traceback(page)
    link = page.get_by_test_id("stMain").get_by_role("link")
    assert urlparse(link.first.get_attribute("href")).path in {"", "/"}
