"""What a comparison is judged by where nobody says."""

from __future__ import annotations

from typing import Any

import pytest

from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.whatif.changes.comparison import Compared, compare
from causalrec.whatif.changes.comparison_answer import comparison_answer
from causalrec.whatif.changes.goal import default_goal
from causalrec.whatif.changes.metric_change import MetricChange

BEFORE = Text("whatif.before_log")
WHY = Text("whatif.no_impressions_known")
SNIPS = "off-policy-snips"


def figure(metric: str, source: str, answers: bool = True, **more: Any) -> MetricChange:
    change = Estimate(value=0.02, low=0.01, high=0.03, n=100)
    change = change if answers else Estimate(refused=True, reason=WHY)
    ends = (change, change) if not answers else (Estimate(value=0.2), Estimate(value=0.22))
    names = ("before", "after")
    parts = dict(zip(names, ends, strict=True))
    return MetricChange(
        metric=metric, source=source, before_name=BEFORE, change=change, **parts, **more
    )


def ranked(metric: str = "ndcg", answers: bool = True) -> MetricChange:
    return figure(metric, "split", answers, k=10, unit="list")


RATING = figure("rating", SNIPS, False, applies=False)
"""Of a log that is none for the method at all."""


@pytest.mark.parametrize(
    ("rows", "goal", "why"),
    [
        ([figure("click", SNIPS), figure("purchase", SNIPS), ranked()], "click", "evident"),
        (
            [figure("click", SNIPS, False), figure("purchase", SNIPS), ranked()],
            "purchase",
            "evident",
        ),
        (
            [figure("click", "simulator"), figure("purchase", SNIPS), ranked()],
            "purchase",
            "evident",
        ),
        ([figure("click", SNIPS, False), figure("click", "simulator")], "click", None),
        (
            [figure("click", SNIPS, False), figure("click", "simulator"), ranked()],
            "click",
            "simulated",
        ),
        ([figure("click", "off-policy-dm"), ranked()], "click", "none"),  # trusts a model
        ([figure("click", SNIPS, False), ranked()], "click", "none"),  # beyond the log
        ([RATING, ranked()], "ndcg", "instead"),
        ([ranked("coverage"), ranked()], "ndcg", "ranking"),
        ([RATING, ranked(answers=False)], "rating", "none"),
        ([RATING, ranked("coverage")], "rating", "none"),
        ([figure("purchase", "effect")], "purchase", None),
    ],
)
def test_the_best_that_a_log_can_answer(rows, goal, why):
    chosen = default_goal(rows)
    assert chosen.metric == goal
    assert (None if chosen.why is None else chosen.why.key) == (why and f"compare.goal_{why}")


def test_a_ranking_says_whose_place_it_takes_and_is_tested_first():
    comparison = compare(Compared("plan", BEFORE, BEFORE), [RATING, ranked()])
    answer = comparison_answer(comparison)
    assert answer.chosen is not None
    assert str(WHY) in answer.chosen.to("en")
    assert (answer.value, answer.low, answer.high) == (0.02, 0.01, 0.03)
    assert answer.decision == "test it first"  # better lists of the past, not yet a gain
    assert answer.step == "doubts"


def test_what_was_asked_for_says_so():
    rows = [figure("click", SNIPS), ranked()]
    comparison = compare(Compared("plan", BEFORE, BEFORE), rows, goal="ndcg")
    assert comparison.goal_why is not None
    assert comparison.goal_why.key == "compare.goal_asked"
