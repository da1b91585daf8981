"""The finished journey fills every page and tells its story; nothing in it is a constant."""

from __future__ import annotations

import textwrap

import pytest

from causalrec.core.progress import silent
from causalrec.core.results.charts import load_charts
from causalrec.core.results.result import draw
from causalrec.core.words import table
from causalrec.reports.story import STEPS, Story
from causalrec.reports.story_answer import holds
from causalrec.reports.story_html import story_html
from causalrec.reports.story_whatif import WhatIfs
from causalrec.runs.record.runner import load_result, run_inline
from causalrec.tasks.data.shop import known_shop
from causalrec.tasks.journey import STORY, Journey
from causalrec.workspace import Workspace

SMALL = {"users": 1500, "items": 200, "impressions": 60_000}


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("journey"), "Journey")
    seen: list[float] = []
    there: list[int] = []

    def told(fraction, message=None, /, **metrics):
        seen.append(fraction)
        thing = workspace.find("story", STORY)
        if thing is not None:
            story = Story.revived(thing.json())
            there.append(sum(one is not None for one in story.chapters.values()))
        silent(fraction, message, **metrics)

    return workspace, run_inline(workspace, Journey, SMALL, told), (seen, there)


def test_every_page_has_something_to_show(walked):
    workspace, _, _ = walked
    for kind in ("dataset", "model", "graph", "effect", "scenario", "forecast", "comparison"):
        assert workspace.things(kind), kind
        assert not any(workspace.stale(thing) for thing in workspace.things(kind))
    assert workspace.settings()["dataset"] == "shop"
    assert len(workspace.things("model")) >= 2


def test_one_scenario_is_answered_and_another_refused(walked):
    workspace, _, _ = walked
    verdicts = {thing.name: thing.meta["verdict"] for thing in workspace.things("comparison")}
    assert "cannot tell" in verdicts.values()
    assert len(set(verdicts.values())) > 1


def test_the_story_fills_in_as_runs_finish(walked):
    workspace, story, (seen, there) = walked
    assert seen == sorted(seen)
    assert there == sorted(there)
    assert {2, 4} <= set(there)  # the trap before the answer, the groups before what if
    assert story.done
    assert list(story.chapters) == list(STEPS)
    saved = Story.revived(workspace.thing("story", STORY).json())
    assert saved.model_dump_json() == story.model_dump_json()
    (run,) = workspace.register.runs("journey")
    assert load_result(workspace, run.id).model_dump_json() == story.model_dump_json()
    assert {ref.kind for ref in run.made} >= {"dataset", "model", "comparison", "story"}


def test_the_trap_and_the_answer_are_what_the_log_and_the_shop_say(walked):
    workspace, story, _ = walked
    shop = known_shop(workspace.thing("dataset", "shop"))
    window = shop.frame[shop.frame["time"] >= shop.promotion_date]
    bought = window.groupby("user_id")["purchase"].max().reindex(shop.user_ids, fill_value=0)
    given = shop.users["promotion"].to_numpy() == 1
    naive = bought[given].mean() - bought[~given].mean()
    assert story.trap.after.value == pytest.approx(naive)
    assert story.trap.after.value == pytest.approx(
        story.trap.after.treated - story.trap.after.control
    )
    assert story.trap.before.excludes_zero
    assert story.answer.truth == pytest.approx(shop.true_effect("promotion", "purchase"))
    assert abs(story.answer.effect.value - story.answer.truth) < abs(naive - story.answer.truth)
    for group in story.groups.each:
        truth = shop.true_effect("promotion", "purchase", group.group)
        assert group.truth == pytest.approx(truth)
    assert story.question.treated == given.sum()
    daily = story.question.daily["share"].sum() * story.question.users
    bought_on = shop.frame[shop.frame["purchase"] > 0]
    assert daily == pytest.approx(
        len(bought_on.assign(day=bought_on["time"].dt.date)[["user_id", "day"]].drop_duplicates())
    )


def test_what_if_is_checked_against_the_shop(walked):
    _, story, _ = walked
    kinds = [one.kind for one in story.whatifs.three]
    assert kinds == [kind for kind in ("better", "worse", "unknown") if kind in kinds]
    assert {"better", "unknown"} <= set(kinds)
    assert all(one.truth is not None for one in story.whatifs.tried)
    for one in story.whatifs.three:
        assert (one.right is None) == (one.kind == "unknown")
        assert one.right in {None, holds(one.answer, one.truth)}
    assert len(story.ahead.tried) == len(story.whatifs.tried) + 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_story_is_said_drawn_and_sent_in_both_languages(walked, lang):
    _, story, _ = walked
    load_charts()
    lines = story.summary(lang).splitlines()
    wrapped = [part for line in lines for part in textwrap.wrap(line, 80)]
    assert len(wrapped) <= 40
    for name in STEPS:
        assert table(lang)[f"story.step_{name}"] in story.summary(lang)
    for one in story.chapters.values():
        if not isinstance(one, WhatIfs):
            assert draw(one, lang=lang, dark=True).data
    page = story_html(story, lang)
    assert f'lang="{lang}"' in page
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert "> → <" not in page
    assert len(story.to_frame()) == len(STEPS)


def test_the_truth_is_drawn_only_when_asked(walked):
    _, story, _ = walked
    load_charts()
    for name, marks in (("answer", "shapes"), ("groups", "data")):
        plain, shown = (draw(story.chapters[name], **ask) for ask in ({}, {"truth": True}))
        count = len(shown.layout.shapes) if marks == "shapes" else len(shown.data)
        before = len(plain.layout.shapes) if marks == "shapes" else len(plain.data)
        assert count == before + 1
