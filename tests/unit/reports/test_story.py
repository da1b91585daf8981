"""Chapters by hand: which three changes are told, when groups differ, what comes first."""

from __future__ import annotations

import pytest

from causalrec.core.errors import StorageError
from causalrec.core.results.answer import Answer
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.data.dataset.outcomes import outcome_named
from causalrec.reports.story import STEPS, Story
from causalrec.reports.story_answer import Group, Groups
from causalrec.reports.story_html import story_html
from causalrec.reports.story_question import Gap, Trap
from causalrec.reports.story_whatif import Ahead, WhatIf, WhatIfs

ABOUT = outcome_named("purchase")


def answer(name: str, decision: str, ends: tuple[float, float] | None) -> Answer:
    word = Text("answer.as_is", value=name)
    low, high = ends or (None, None)
    return Answer(
        kind="scenario",
        name=name,
        what=word,
        whom=word,
        against=word,
        quantity=word,
        said=word,
        unit=word,
        value=None if ends is None else sum(ends) / 2,
        low=low,
        high=high,
        refused=ends is None,
        certainty="unknown" if ends is None else "clear",
        agreement="one",
        agreed=word,
        decision=decision,
        step="better",
        because=word,
    )


def tried(*given: tuple[str, str, tuple[float, float] | None]) -> tuple[WhatIf, ...]:
    return tuple(WhatIf(answer=answer(*one), before=0.5, truth=0.02) for one in given)


def test_of_gains_one_that_is_to_be_done_is_told_first_and_each_kind_once():
    changes = tried(
        ("broken", "don't", (0.01, 0.03)),
        ("good", "do it", (0.01, 0.03)),
        ("bad", "don't", (-0.03, -0.01)),
        ("open", "test it first", (-0.01, 0.03)),
        ("none", "cannot tell", None),
    )
    whatifs = WhatIfs(tried=changes)
    assert [one.answer.name for one in whatifs.three] == ["good", "bad", "none"]
    assert [one.right for one in whatifs.three] == [True, False, None]
    assert whatifs.truth_sentence.to("en").startswith(
        "The shop knows what would have happened: 1 of 2"
    )
    ahead = Ahead(tried=changes)
    decisions = [one.answer.decision for one in ahead.ordered]
    assert decisions == ["do it", "test it first", "don't", "don't", "cannot tell"]
    assert "5" in ahead.sentence
    assert changes[0].share("high") == pytest.approx(0.06)
    assert changes[4].share("value") is None


def test_without_a_clear_change_it_says_so():
    whatifs = WhatIfs(tried=tried(("open", "test it first", (-0.01, 0.03))))
    assert whatifs.three == ()
    assert whatifs.truth_sentence is None
    assert whatifs.sentence == Text("story.whatifs_none")


@pytest.mark.parametrize(("worst", "differ"), [(0.06, True), (0.11, False)])
def test_groups_differ_only_beyond_what_all_their_pairs_allow(worst, differ):
    """Errors of .02 each: a gap of 2.64 times .028 is needed among four groups, .075."""
    values = {"bargain": 0.16, "family": 0.13, "casual": 0.12, "other group": worst}
    half = 1.959964 * 0.02
    each = tuple(
        Group(group=name, value=value, low=value - half, high=value + half, n=100, truth=0.15)
        for name, value in values.items()
    )
    groups = Groups(about=ABOUT, column="segment", everybody=Estimate(value=0.1), each=each)
    assert groups.differ is differ
    assert groups.sentence.key == ("story.groups_apart" if differ else "story.groups_alike")
    held = sum(abs(value - 0.15) <= half for value in values.values())
    assert f"{held} of 4" in groups.truth_sentence
    assert groups.each[3].name == "other group"
    assert groups.each[0].name == Text("story.group_bargain")


def test_a_single_group_differs_from_none():
    one = Group(group="all", value=0.1, low=0.0, high=0.2)
    assert not Groups(about=ABOUT, column="c", everybody=one, each=(one,)).differ


@pytest.mark.parametrize(("low", "key"), [(0.05, "story.trap_before"), (-0.05, "story.trap_alike")])
def test_the_trap_says_whether_the_groups_were_alike_before(low, key):
    gap = Gap(value=0.1, low=low, high=0.2, treated=0.4, control=0.3)
    trap = Trap(about=ABOUT, after=gap, before=gap)
    assert trap.detail.key == key
    assert "10" in trap.sentence
    assert list(trap.to_frame()["period"]) == ["before", "after"]


def test_a_story_without_chapters_is_told_as_nothing():
    story = Story(scenarios=2)
    assert list(story.chapters) == list(STEPS)
    assert not story.done
    assert story.summary() == ""
    assert story.to_frame().empty
    assert "<h2>" not in story_html(story)


def test_a_foreign_document_is_refused_in_words():
    with pytest.raises(StorageError):
        Story.revived({"lang": "xx"})
