"""The readers' cases: what people would rightly conclude is what an answer says and decides."""

from __future__ import annotations

import pytest

from causalrec.core.results.agreement import agreement, alike, unlike
from causalrec.core.results.answer import Answer, MethodAnswer
from causalrec.core.results.answering import Findings, Question, answered
from causalrec.core.results.decision import RULE, Evidence, certainty_of, decide
from causalrec.core.results.result import Estimate
from causalrec.core.words import LANGUAGES, Text
from causalrec.whatif.changes.metric_kinds import measure

BUYERS = measure("purchase", per="user")
NOW = Estimate(value=0.31)


def plain(text: str) -> Text:
    return Text("answer.as_is", value=text)


def says(value=None, low=None, high=None, n=4000, name="the log", **more) -> MethodAnswer:
    """A method's answer; without numbers a refusal."""
    refused = value is None
    change = None if refused else plain(str(BUYERS.amount(value, signed=True)))
    reason = Text("whatif.no_propensity") if refused else None
    return MethodAnswer(
        value=value, low=low, high=high, n=n, method="log", name=plain(name), change=change,
        refused=refused, reason=reason, **more,
    )  # fmt: skip


def answer(lead: MethodAnswer, *others: MethodAnswer, about=BUYERS, **found) -> Answer:
    question = Question(
        kind="scenario",
        name="Promotion",
        what=plain("“Promotion”"),
        whom=Text("answer.whom_ate_user"),
        against=Text("compare.before_log"),
        measure=about,
        since=plain("2026-02-04"),
    )
    methods = (lead.model_copy(update={"leads": True}), *others)
    return answered(question, Findings(methods, before=found.pop("before", NOW), **found))


UP = (0.098, 0.070, 0.127)
SIMULATOR = {"name": "the simulator"}
RISK = (Text("answer.rail_unknown", metric="NDCG@10", reason="not measured"),)
CASES = {
    # name: answer, decision, step, certainty, what a reader must find in the sentence
    "large and better": (
        answer(says(*UP), says(0.09, 0.08, 0.1, **SIMULATOR)),
        ("do it", "better", "clear"),
        ("between 7 and 13 more buyers in 100 users", "well supported", "is a gain", "2 methods"),
    ),
    "small and better": (
        answer(says(0.21, 0.02, 0.4, n=60)),
        ("do it", "better", "clear"),
        ("between 2 and 40 more buyers", "n = 60", "only one method answers"),
    ),
    "large and worse": (
        answer(says(-0.05, -0.07, -0.03, n=90_000)),
        ("don't", "worse", "clear"),
        ("between 3 and 7 fewer buyers", "is a loss", "n = 90,000"),
    ),
    "small and unclear": (
        answer(says(0.01, -0.39, 0.41, n=40)),
        ("test it first", "unclear", "open"),
        ("between 39 fewer and 41 more buyers", "includes 0", "not shown either way"),
    ),
    "large and nothing worth having": (
        answer(says(0.0004, -0.001, 0.0018, n=1_000_000)),
        ("don't", "negligible", "open"),
        ("within 1% of what there is now", "between 0.1 fewer and 0.2 more"),
    ),
    "unknown": (
        answer(says(), says(name="the simulator")),
        ("cannot tell", "refused", "unknown"),
        ("no answer on the share of users who buy", "propensities"),
    ),
    "as seen": (
        answer(says(0.22, 0.2, 0.24), causal=False),
        ("cannot tell", "seen", "unknown"),
        ("between 20 and 24 more buyers", "may differ in other ways"),
    ),
    "two clear methods against each other": (
        answer(says(*UP), says(-0.02, -0.03, -0.01, **SIMULATOR)),
        ("cannot tell", "opposed", "unknown"),
        ("the simulator says the contrary, −2.00 pp (−3.00 to −1.00)", "the methods disagree"),
    ),
    "unclear, another clearly worse": (
        answer(says(0.0032, -0.001, 0.0074), says(-0.0013, -0.0015, -0.001, **SIMULATOR)),
        ("test it first", "against", "open"),
        ("the simulator shows a clear loss, −0.13 pp (−0.15 to −0.10)", "includes 0"),
    ),
    "better, another about as sure says nothing": (
        answer(says(0.05, 0.01, 0.09), says(0.0, -0.02, 0.02, **SIMULATOR)),
        ("test it first", "unlike", "doubtful"),
        ("the simulator speaks against it", "between 1 and 9 more buyers"),
    ),
    "better, a guardrail broken": (
        answer(says(*UP), broken=(plain("NDCG@10 loses 14.4% (5% allowed)"),)),
        ("don't", "broken", "clear"),
        ("breaks a guardrail", "NDCG@10 loses 14.4%"),
    ),
    "better, a guardrail not checked": (
        answer(says(*UP), at_risk=RISK),
        ("test it first", "rails", "clear"),
        ("not every guardrail is sure to hold: NDCG@10",),
    ),
    "better, the interval in doubt": (
        answer(says(*UP), doubts=(Text("answer.doubt_simulator"),)),
        ("test it first", "doubts", "doubtful"),
        ("only the simulator answers", "reason to doubt"),
    ),
    "nothing changes": (
        answer(says(0.0, 0.0, 0.0)),
        ("don't", "same", "clear"),
        ("no change in the share of users who buy",),
    ),
}


@pytest.mark.parametrize(("one", "judged", "read"), CASES.values(), ids=CASES)
def test_the_right_reading(one: Answer, judged: tuple, read: tuple) -> None:
    assert (one.decision, one.step, one.certainty) == judged
    for words in (*read, "all users, from 2026-02-04, against the log's own policy"):
        assert words.lower() in one.summary().lower()
    assert one.summary().startswith(str(one.decided))
    assert len(one.sentences()[0].split()) <= 12


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("one", [case[0] for case in CASES.values()], ids=CASES)
def test_a_sentence_names_direction_size_certainty_and_reason(one: Answer, lang: str) -> None:
    parts = [one.because, one.what, one.whom, one.against]
    if one.size is not None:
        same, unknown = one.step == "same", one.certainty == "unknown"
        best = one.change if unknown or not one.excludes_zero else one.about
        parts += [one.sure, one.agreed, *([one.said] if same else [one.size, best])]
    told = " ".join(one.sentences(lang))
    assert all(part is not None and part.to(lang).lower() in told.lower() for part in parts)
    assert one.excludes_zero or one.size is None or ("0" in told)
    assert "{" not in told
    again = Answer.revived(one.model_dump_json())
    assert again.summary(lang) == one.summary(lang)
    assert again.to_frame().equals(one.to_frame())
    assert one.plot(lang).layout.xaxis.title.text


def test_where_less_is_good_a_fall_is_a_gain() -> None:
    churn = measure("churn", per="user")
    assert answer(says(-0.05, -0.07, -0.03), about=churn).decision == "do it"
    worse = answer(says(0.05, 0.03, 0.07), about=churn)
    assert worse.decision == "don't"
    assert "Between 3 and 7 more users with churn" in worse.sentences()[1]


def test_broken_guardrails_stand_in_the_headline_of_every_decision() -> None:
    rails = (plain("NDCG@10 loses 14.4%"), plain("Coverage@10 loses 66.4%"))
    for lead in (says(*UP), says(0.01, -0.1, 0.1), says(-0.05, -0.07, -0.03), says()):
        shown = answer(lead, broken=rails)
        assert "NDCG@10 loses 14.4%, Coverage@10 loses 66.4%" in shown.decided
        assert shown.decision in {"don't", "cannot tell"}


def test_every_step_of_the_rule_can_fire_and_is_told_in_words() -> None:
    fired = {case[1][1] for case in CASES.values()}
    assert fired == {step.name for step in RULE}
    for at, step in enumerate(RULE, 1):
        one = next(case[0] for case in CASES.values() if case[1][1] == step.name)
        assert one.fired == at
        assert {step.words.to(lang) for lang in LANGUAGES} == {
            Text(f"answer.rule_{step.name}").to(lang) for lang in LANGUAGES
        }
        assert step.decision.split()[0] in step.words.lower()


@pytest.mark.parametrize("trend", ["better", "worse", "unclear", "same", "refused"])
def test_nothing_that_speaks_against_a_change_makes_it_be_done(trend) -> None:
    """Each piece of evidence alone keeps a decision from being "do it"."""
    alone = [Evidence(trend, causal=False), Evidence(trend, negligible=True)]
    flags = ("opposed", "unlike", "broken", "risky", "doubts")
    alone += [Evidence(trend, **{flag: True}) for flag in flags]
    assert {decide(one).decision for one in alone} <= {"don't", "test it first", "cannot tell"}
    assert (decide(Evidence(trend)).decision == "do it") == (trend == "better")
    assert certainty_of(Evidence(trend, opposed=True)) == "unknown"


def test_a_number_that_trusts_nothing_else_is_heard_and_one_beside_is_not() -> None:
    beside = says(-0.02, -0.03, -0.01, name="beside", judges=False)
    one = answer(says(*UP), beside)
    assert (one.decision, one.agreement) == ("do it", "one")
    assert len(one.to_frame()) == 2


def estimate(low: float, high: float) -> Estimate:
    return Estimate(value=(low + high) / 2, low=low, high=high, n=10)


@pytest.mark.parametrize(
    ("a", "b", "stand"),
    [
        ((0.1, 0.3), (0.2, 0.4), "agree"),
        ((-0.2, 0.2), (-0.1, 0.1), "agree"),
        ((-0.3, 0.3), (-0.1, 0.1), "open"),  # three times as wide: it holds everything
        ((0.1, 0.3), (-0.5, 1.0), "open"),  # includes 0: too wide to confirm
        ((-0.0017, 0.0098), (-0.0015, -0.001), "open"),
        ((0.1, 0.2), (0.3, 0.4), "disagree"),
    ],
)
def test_an_overlap_alone_is_no_agreement(a: tuple, b: tuple, stand: str) -> None:
    one, other = estimate(*a), estimate(*b)
    assert agreement([one, other]) == agreement([other, one]) == stand
    assert alike(one, other) == (stand == "agree")


def test_what_speaks_against_a_gain_is_apart_or_as_sure() -> None:
    lead = estimate(0.01, 0.09)
    assert unlike(lead, estimate(0.1, 0.2))
    assert unlike(lead, estimate(-0.02, 0.02))
    assert not unlike(lead, estimate(-0.5, 0.4))  # much wider: it says nothing
    assert not unlike(lead, estimate(-0.01, 0.07))  # it holds the leading value
