"""A comparison's answer: who is heard, what its interval leaves out, guardrails in the headline."""

from __future__ import annotations

import pytest

import causalrec as cr
from causalrec.core.results.result import Estimate
from causalrec.core.words import LANGUAGES, Text
from causalrec.core.words.conditions import people
from causalrec.whatif.changes.comparison import Compared, Comparison, compare
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.verdict import Guardrail
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet

BEFORE = Text("compare.before_log")
UP, DOWN, FLAT = (0.02, 0.01, 0.03), (-0.02, -0.03, -0.01), (0.01, -0.01, 0.03)
RAILS = (Guardrail(metric="ndcg", allowed=0.05),)
HOLDS = {"metric": "ndcg", "source": "split", "about": (0.0, -0.001, 0.001), "k": 10}


def change(metric="click", source="off-policy-snips", about=UP, flags=(), **more) -> MetricChange:
    """A figure whose change is (value, low, high), or None for a refusal; before is 0.1."""
    if about is None:
        none = Estimate(refused=True, reason=Text("whatif.no_propensity"))
        parts = {"before": none, "after": none, "change": none}
    else:
        value, low, high = about
        parts = {
            "before": Estimate(value=0.1),
            "after": Estimate(value=0.1 + value),
            "change": Estimate(value=value, low=low, high=high, n=1000, flags=flags),
        }
    unit = "list" if metric == "ndcg" else "impression"
    return MetricChange(
        metric=metric, source=source, unit=unit, before_name=BEFORE, **parts, **more
    )


def compared(*rows: MetricChange, rails=RAILS, **about) -> Comparison:
    names = Compared(name="Plan", before_name=BEFORE, after_name=BEFORE, **about)
    return compare(names, rows, goal="click", guardrails=rails)


NONE = change(about=None)


@pytest.mark.parametrize(
    ("rows", "decision", "step"),
    [
        ([change(), change(**HOLDS)], "do it", "better"),
        ([change(), change(source="simulator"), change(**HOLDS)], "do it", "better"),
        ([NONE, change(source="simulator"), change(**HOLDS)], "test it first", "doubts"),
        ([change(), change("ndcg", "split", DOWN, k=10)], "don't", "broken"),
        ([change(), change("ndcg", "split", None, k=10)], "test it first", "rails"),
        ([change(about=FLAT), change(source="simulator", about=DOWN)], "test it first", "against"),
        ([change(), change(source="simulator", about=DOWN)], "cannot tell", "opposed"),
        ([change(about=DOWN), change(**HOLDS)], "don't", "worse"),
        ([change(source="off-policy-dm")], "cannot tell", "refused"),
        ([NONE], "cannot tell", "refused"),
    ],
)  # fmt: skip
def test_what_a_comparison_says_to_do(rows, decision: str, step: str) -> None:
    one = cr.answer(compared(*rows))
    assert (one.decision, one.step) == (decision, step)
    for lang in LANGUAGES:
        assert type(one).revived(one.model_dump_json()).summary(lang) == one.summary(lang)


def test_of_a_kind_of_source_one_is_heard_and_all_are_kept() -> None:
    rows = [change(), change(source="off-policy-ips", about=DOWN), change(source="simulator")]
    one = cr.answer(compared(*rows, change(**HOLDS)))
    assert {m.method: m.judges for m in one.methods} == {
        "off-policy-snips": True,
        "simulator": True,
        "off-policy-ips": False,
    }
    assert one.agreement == "agree"
    assert len(one.to_frame()) == 3


def test_what_an_interval_leaves_out_is_said() -> None:
    one = cr.answer(compared(change(), change(source="simulator"), change(**HOLDS)))
    said = {text.key for text in one.unknown}
    assert {"answer.leaves_off_policy", "answer.leaves_simulator"} <= said
    alone = cr.answer(compared(change(), rails=()))
    assert "answer.no_guardrail" in {text.key for text in alone.unknown}


def test_flags_of_the_leading_interval_are_doubts() -> None:
    few = Text("whatif.flag_clusters", n=9)
    one = cr.answer(compared(change(flags=(few,)), change(**HOLDS)))
    assert (one.step, one.certainty) == ("doubts", "doubtful")
    assert one.unknown[0] == few


def test_for_whom_since_when_and_against_what() -> None:
    whom = people("is_new=1")
    about = {"whom": whom, "since": "2026-02-04 00:00:00", "what": Text("whatif.say_nothing")}
    one = cr.answer(compared(change(), change(**HOLDS), **about))
    assert "new users, from 2026-02-04, against the log's own policy" in one.extent
    assert one.address == {"scenario": "Plan"}


def test_forecasts_alone_are_answered_without_guardrails() -> None:
    row = change()
    forecast = Forecast(
        method=row.source, outcome="click", before=row.before, after=row.after, change=row.change
    )
    forecasts = ForecastSet(
        scenario="Plan", before=BEFORE, after=BEFORE, forecasts=(forecast,), outcomes=("click",)
    )
    one = cr.answer(forecasts)
    assert one.decision == "do it"
    assert "answer.no_guardrail" in {text.key for text in one.unknown}
