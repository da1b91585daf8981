"""The verdict's written rule, guardrails, leading sources, and how numbers are said."""

from __future__ import annotations

import pytest

from causalrec.core.errors import ParamError
from causalrec.core.results.result import Estimate
from causalrec.core.words import LANGUAGES, Text
from causalrec.whatif.changes.comparison import Compared, Comparison, compare
from causalrec.whatif.changes.metric_change import MetricChange
from causalrec.whatif.changes.metric_kinds import measure
from causalrec.whatif.changes.verdict import Guardrail

BEFORE = Text("compare.before_log")
UP, DOWN, FLAT, ZERO = (0.02, 0.01, 0.03), (-0.02, -0.03, -0.01), (0.01, -0.01, 0.03), (0.0,) * 3
REFUSED = None


def change(metric="click", source="off-policy-snips", about=UP, before=0.1, **more) -> MetricChange:
    """A figure whose change is (value, low, high), or None for a refusal."""
    if about is None:
        made = Estimate(refused=True, reason=Text("whatif.no_impressions_known"))
        start = end = made
    else:
        value, low, high = about
        made = Estimate(value=value, low=low, high=high, n=1000)
        start = Estimate(value=before, low=before, high=before, n=1000)
        end = Estimate(value=before + value, n=1000)
    return MetricChange(
        metric=metric,
        source=source,
        before_name=BEFORE,
        before=start,
        after=end,
        change=made,
        **more,
    )


PLAN = Compared(name="Plan", before_name=BEFORE, after_name=BEFORE)


def judged(*rows: MetricChange, rails=(), goal="click") -> Comparison:
    return compare(PLAN, rows, goal=goal, guardrails=rails)


RULE = [
    # SNIPS, simulator, guardrail's change of NDCG -> verdict, why
    (UP, UP, FLAT, "likely better", "clear"),
    (UP, FLAT, FLAT, "likely better", "clear"),
    (UP, REFUSED, FLAT, "likely better", "clear"),
    (REFUSED, UP, FLAT, "likely better", "clear"),
    (DOWN, DOWN, FLAT, "likely worse", "clear"),
    (DOWN, FLAT, DOWN, "likely worse", "clear"),
    (REFUSED, DOWN, FLAT, "likely worse", "clear"),
    (UP, DOWN, FLAT, "cannot tell", "disagree"),
    (DOWN, UP, FLAT, "cannot tell", "disagree"),
    (REFUSED, REFUSED, FLAT, "cannot tell", "refused"),
    (FLAT, FLAT, FLAT, "no clear difference", "unclear"),
    (FLAT, UP, FLAT, "no clear difference", "unclear"),
    (FLAT, DOWN, FLAT, "no clear difference", "unclear"),
    (UP, UP, DOWN, "breaks a guardrail", "guardrail"),
    (FLAT, FLAT, DOWN, "breaks a guardrail", "guardrail"),
    (REFUSED, REFUSED, DOWN, "cannot tell", "refused"),
    ((0.0, -0.01, 0.01), REFUSED, FLAT, "no clear difference", "unclear"),
    (ZERO, ZERO, FLAT, "no clear difference", "same"),
    (UP, UP, REFUSED, "likely better", "clear"),
]


@pytest.mark.parametrize(("snips", "simulator", "ndcg", "code", "why"), RULE)
def test_the_written_rule(snips, simulator, ndcg, code, why):
    made = judged(
        change(about=snips),
        change(source="simulator", about=simulator),
        change("ndcg", "split", ndcg, k=10, unit="list"),
        rails=[Guardrail(metric="ndcg", allowed=0.05)],
    )
    assert (made.verdict.code, made.verdict.why) == (code, why)
    for lang in LANGUAGES:
        assert "Plan" in made.summary(lang)
    assert made.summary("zh") != made.summary("en")


def test_less_is_better_where_it_is():
    assert judged(change("gini", "split", DOWN), goal="gini").verdict.code == "likely better"
    assert judged(change("gini", "split", UP), goal="gini").verdict.code == "likely worse"


@pytest.mark.parametrize(
    ("about", "state"),
    [
        ((-0.02, -0.03, -0.01), "broken"),
        ((-0.02, -0.05, 0.01), "at risk"),
        ((-0.003, -0.0045, -0.002), "holds"),
        ((-0.004, -0.006, -0.002), "unclear"),
        ((0.01, -0.1, 0.12), "unclear"),
        ((0.02, 0.01, 0.03), "holds"),
        (None, "unknown"),
    ],
)
def test_a_guardrail_is_broken_only_by_a_clear_loss_larger_than_allowed(about, state):
    made = judged(
        change(),
        change("ndcg", "split", about, before=0.1, k=10, unit="list"),
        rails=[Guardrail(metric="ndcg", allowed=0.05)],
    )
    assert made.guardrails[0].state == state
    assert "NDCG@10" in made.guardrails[0].summary("zh")


def test_a_guardrail_on_the_goal_itself_is_left_out():
    made = judged(change(about=DOWN), rails=[Guardrail(metric="click", allowed=0.5)])
    assert made.guardrails == ()


def test_unchecked_guardrails_are_said_aloud():
    rails = [Guardrail(metric="ndcg", allowed=0.05)]
    assert "could not be checked: NDCG" in judged(change(), rails=rails).summary()
    assert "No guardrail applies" in judged(change()).summary()


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ((-0.01, -0.03, 0.01), "At risk: NDCG@10 loses 10.0% (5% allowed)"),
        ((0.01, -0.03, 0.05), "cannot be told whether these guardrails hold: NDCG@10"),
        ((0.01, 0.005, 0.02), "Every guardrail holds"),
    ],
)
def test_only_what_holds_is_said_to_hold(about, said):
    rows = (change(), change("ndcg", "split", about, k=10, unit="list"))
    made = judged(*rows, rails=[Guardrail(metric="ndcg", allowed=0.05)])
    assert made.verdict.code == "likely better"
    assert said in made.summary()
    assert ("Every guardrail holds" in made.summary()) == (about[1] > 0)


def test_broken_guardrails_lead_headline_and_sentence():
    rows = (
        change(about=FLAT),
        change("ndcg", "split", DOWN, k=10, unit="list"),
        change("coverage", "split", DOWN, k=10, unit="list"),
    )
    rails = [Guardrail(metric=name, allowed=0.05) for name in ("ndcg", "coverage")]
    made = judged(*rows, rails=rails)
    assert made.headline == "Breaks a guardrail: NDCG@10, Coverage@10"
    assert made.summary().startswith("Broken guardrails: NDCG@10 loses 20.0% (5% allowed), Cov")
    worse = judged(change(about=DOWN), *rows[1:], rails=rails)
    assert worse.headline == "Breaks a guardrail: NDCG@10, Coverage@10 · Likely worse"
    refused = judged(change(about=None), *rows[1:], rails=rails)
    assert refused.verdict.code == "cannot tell"
    assert refused.headline == "Breaks a guardrail: NDCG@10, Coverage@10 · Cannot tell"


def test_a_method_that_trusts_a_model_never_leads_nor_judges():
    rows = (change(about=FLAT), change(source="off-policy-dm", about=UP))
    assert judged(*rows).verdict.why == "unclear"
    against = (change(about=UP), change(source="off-policy-dm", about=DOWN))
    assert judged(*against).verdict.code == "likely better"


def test_a_goal_that_is_none_of_the_figures_is_refused_and_synonyms_are_found():
    with pytest.raises(ParamError, match="goal"):
        judged(change(), goal="happiness")
    assert judged(change(), goal="ctr").goal == "click"
    assert judged(change()).of("clicked")[0].metric == "click"


def test_the_chosen_source_leads():
    rows = (change(about=FLAT), change(source="off-policy-sndr", about=UP, chosen=True))
    assert judged(*rows).main[0].source == "off-policy-sndr"
    assert judged(*rows).verdict.code == "likely better"


def test_the_identified_effect_leads_then_snips_then_the_simulator():
    rows = [change(source=s) for s in ("off-policy-ips", "simulator", "off-policy-snips", "effect")]
    assert [row.source for row in judged(*rows).of("click")] == [
        "effect",
        "off-policy-snips",
        "simulator",
        "off-policy-ips",
    ]
    assert judged(*rows).main[0].source == "effect"
    assert judged(*rows[:2]).main[0].source == "simulator"


def test_sources_are_never_merged():
    rows = [change(about=UP), change(source="simulator", about=FLAT)]
    frame = judged(*rows).to_frame()
    assert frame["change"].tolist() == [0.02, 0.01]
    assert frame["source"].tolist() == ["off-policy-snips", "simulator"]
    assert {"low", "high", "level", "n", "good", "trend"} <= set(frame.columns)


def test_the_goal_is_the_first_outcome_that_is_answered():
    made = compare(
        PLAN,
        [change(about=None), change("purchase", about=UP), change("ndcg", "split", UP, k=10)],
    )
    assert made.goal == "purchase"


def test_a_log_without_impressions_cannot_tell():
    made = judged(change(about=None), change("revenue", about=None))
    assert made.verdict.code == "cannot tell"
    assert "what was shown without success" in made.summary()
    assert str(Text("whatif.no_impressions_known").to("zh")) in made.summary("zh")


def test_it_survives_being_saved():
    made = judged(change(), change("ndcg", "split", None, k=10, unit="list"))
    again = Comparison.model_validate_json(made.model_dump_json())
    assert again.summary("zh") == made.summary("zh")
    assert again.to_frame().equals(made.to_frame())


@pytest.mark.parametrize(
    ("metric", "value", "signed", "unit", "shown"),
    [
        ("click", 0.1234, False, "impression", "12.3%"),
        ("click", -0.00042, True, "impression", "−0.042 pp"),
        ("revenue", 0.4933, False, "impression", "493 EUR"),
        ("revenue", -1.5, True, "user", "−1.50 EUR"),
        ("purchase", 0.1, True, "user", "+10.0 pp"),
        ("ndcg", 0.1934, False, "impression", "0.193"),
        ("novelty", 0.06, True, "impression", "+0.06 bits"),
        ("stars", 3.2, False, "impression", "3.20 points"),
        ("minutes", -1.5, True, "impression", "−1.50 min"),
        ("anything", 3.2, False, "impression", "3.20"),
        ("click", None, False, "impression", "–"),
    ],
)
def test_how_a_number_is_said(metric, value, signed, unit, shown):
    assert str(measure(metric, per=unit, currency="EUR").amount(value, signed=signed)) == shown


def test_a_method_that_trusts_a_model_is_no_answer_alone():
    lonely = change(source="off-policy-dm", about=UP)
    assert judged(lonely).verdict.code == "cannot tell"
    assert "trusts a model" in judged(lonely).summary()
    rows = (change(), change("revenue", "off-policy-dm", about=UP))
    made = judged(*rows, rails=[Guardrail(metric="revenue", allowed=0.05)])
    assert made.guardrails[0].state == "unknown"


def rail_of(*rows: MetricChange, allowed: float = 0.05):
    return judged(change(), *rows, rails=[Guardrail(metric="revenue", allowed=allowed)])


def test_what_is_no_number_never_holds():
    nothing = (float("nan"),) * 3
    made = rail_of(change("revenue", about=nothing))
    assert made.guardrails[0].state == "unknown"
    assert "Every guardrail holds" not in made.summary()
    assert rail_of(change("revenue", about=(0.0, *nothing[1:]))).guardrails[0].state == "unclear"


def test_a_loss_of_exactly_what_is_allowed_is_allowed():
    lost = 0.08 - 0.1  # a little more than a fifth of .1, by its last digits
    made = rail_of(change("revenue", about=(lost, lost, lost)), allowed=0.2)
    assert made.guardrails[0].state == "holds"


def test_where_there_was_nothing_no_share_of_it_can_be_lost():
    made = rail_of(change("revenue", about=UP, before=0.0))
    assert made.guardrails[0].state == "unknown"
    assert "was 0 before" in made.guardrails[0].summary()


def test_a_loss_that_only_another_source_sees_is_at_risk():
    small = change("revenue", about=(-0.001, -0.002, -0.0005))
    large = change("revenue", "simulator", about=(-0.05, -0.06, -0.04))
    made = rail_of(small, large)
    assert made.guardrails[0].state == "at risk"
    assert "At risk: Revenue per 1,000 impressions loses 50.0%" in made.summary()
    alone = rail_of(small)
    assert alone.guardrails[0].state == "holds"


def test_an_unclear_lead_names_who_is_clear():
    """+0.32 with an interval that includes 0 does not stand alone beside a clear -0.13."""
    rows = (
        change(about=(0.0032, -0.001, 0.0074)),
        change(source="simulator", about=(-0.0013, -0.0015, -0.001)),
    )
    verdict = judged(*rows)
    assert verdict.verdict.code == "no clear difference"
    assert "But the simulator is clear: −0.13 pp (−0.15 pp to −0.10 pp)." in verdict.summary()
    assert "但模拟器很明确" in verdict.summary("zh")
    assert "But" not in judged(change(about=UP), change(source="simulator")).summary()


@pytest.mark.parametrize(
    ("about", "read"),
    [
        ((0.0036, -0.0112, 0.0162), "cannot be told whether Revenue per 1,000 impressions holds"),
        ((0.0036, -0.001, 0.0082), "holds: no change is shown (+3.6%, −1.0% to +8.2%)"),
        ((0.0036, 0.001, 0.0062), "holds: it gains 3.6%"),
        ((-0.002, -0.003, -0.001), "holds: it loses 2.0%, at most 5% are allowed"),
    ],
)
def test_a_guardrail_gains_only_where_its_interval_says_so(about, read):
    made = rail_of(change("revenue", about=about))
    assert read in made.guardrails[0].summary()
    assert ("gains" in made.guardrails[0].short) == (about[1] > 0)


def test_a_source_that_is_not_meant_for_the_change_is_left_out_where_another_is():
    aside = change(source="off-policy-snips", about=None, applies=False)
    effect = change(source="effect")
    assert judged(aside, effect).of("click") == (effect,)
    assert judged(aside).of("click") == (aside,)
