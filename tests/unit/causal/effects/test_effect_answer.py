"""An effect's answer: its unit follows the table, a slope is told for a step, doubts are heard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.causal.effects.effect import Effect
from causalrec.causal.effects.question_facts import round_step
from causalrec.core.words import LANGUAGES, Text


def world(n: int = 3000, seed: int = 0) -> pd.DataFrame:
    """A promotion that makes 10 in 100 more buy, given more often to those with a large x."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    promo = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    buy = (rng.random(n) < np.clip(0.3 + 0.1 * promo + 0.05 * x, 0, 1)).astype(int)
    visits = rng.poisson(20, n).astype(float)
    minutes = 30 + 0.5 * visits + rng.normal(size=n)
    return pd.DataFrame({"x": x, "promo": promo, "buy": buy, "visits": visits, "minutes": minutes})


@pytest.fixture(scope="module")
def effect() -> Effect:
    return cr.estimate(world(), ["x"], treatment="promo", outcome="buy", compare=True)


def test_an_effect_says_what_to_do_and_its_interval_holds_the_truth(effect: Effect) -> None:
    one = cr.answer(effect)
    assert (one.decision, one.kind, one.agreement) == ("do it", "effect", "agree")
    assert one.low < 0.1 < one.high  # the truth; five errors off below 1e-6, this seed is inside
    low, high = round(100 * one.low), round(100 * one.high)
    assert f"Between {low} and {high} more with buy in 100 rows" in one.sentences()[1]
    assert one.sentences()[0].startswith("With a promotion: ")
    assert one.exact == "promo = 1, against promo = 0"
    heard = {m.method: m.judges for m in one.methods}
    assert heard == {"aipw": True, "ols": True, "ipw": True, "difference": False}
    for lang in LANGUAGES:
        assert type(one).revived(one.model_dump_json()).summary(lang) == one.summary(lang)


def test_where_nothing_is_adjusted_for_nobody_is_told_to_act() -> None:
    frame = world()
    seen = cr.estimate(frame, ["x"], treatment="promo", outcome="buy", estimator="difference")
    one = cr.answer(seen)
    assert seen.excludes_zero
    assert (one.decision, one.step, one.certainty) == ("cannot tell", "seen", "unknown")


def test_a_slope_is_told_for_a_step_and_kept_as_it_is() -> None:
    slope = cr.estimate(world(), ["x"], treatment="visits", outcome="minutes")
    assert slope.step == 5.0  # nearest of 1, 2, 5, 10 to a deviation of 4.5
    assert abs(slope.value - 0.5) < 5 * slope.se  # false alarm below 1e-6
    assert slope.to_frame()["value"][0] == slope.value
    one = cr.answer(slope)
    assert one.value == pytest.approx(5 * slope.value)
    assert one.headline.startswith("5 more of visits: ")
    assert slope.summary().startswith("5 more of visits raises minutes by 2.")


@pytest.mark.parametrize(
    ("spread", "step"), [(37, 50), (1.3, 1), (12, 10), (0.004, 0.005), (88, 100), (1e-300, 1e-300)]
)
def test_the_round_number_nearest_to_a_spread(spread: float, step: float) -> None:
    assert round_step(spread) == pytest.approx(step)


def test_the_unit_and_the_name_follow_the_table(effect: Effect) -> None:
    by_user = effect.model_copy(update={"unit": "user", "date": "2026-02-04", "outcome": "buy"})
    told = cr.answer(by_user).extent
    assert "more buyers in 100 users (95% interval, n = 3,000 users)" in told
    assert told.endswith("all users, from 2026-02-04, against the same without a promotion")
    assert "the share of users who buy would be" in by_user.summary()
    mean = by_user.model_copy(update={"outcome_kind": "mean", "outcome": "revenue"})
    assert "EUR" in mean.model_copy(update={"currency": "EUR"}).summary()
    paid = world().rename(columns={"minutes": "revenue"})
    sold = cr.estimate(paid, ["x"], treatment="promo", outcome="revenue", currency="EUR")
    assert sold.currency == "EUR"


def test_a_table_of_users_tells_shares_counts_and_means_apart() -> None:
    log = pd.DataFrame(
        {
            "user": [f"u{at % 40}" for at in range(400)],
            "item": [f"i{at % 7}" for at in range(400)],
            "time": pd.date_range("2026-01-01", periods=400, freq="h"),
            "buy": [int(at % 3 == 0) for at in range(400)],
            "minutes": [float(at % 9) for at in range(400)],
        }
    )
    mapping = cr.ColumnMapping(user="user", item="item", time="time", outcomes=("buy", "minutes"))
    data = cr.Dataset.from_frame(log, mapping)
    kinds = {}
    for measure in ("any", "count", "mean"):
        table = cr.causal_table(data, unit="user", date="2026-01-08", measure=measure)
        about = table.attrs["causalrec"]["outcomes"]
        kinds[measure] = (about["buy"]["kind"], about["buy"]["averaged"])
        assert about["minutes"]["averaged"]  # a sum of impressions, averaged: no sum of users
    assert kinds == {"any": ("share", False), "count": ("mean", False), "mean": ("share", True)}
    rows = cr.causal_table(data, unit="impression").attrs["causalrec"]["outcomes"]
    assert rows["buy"]["kind"] == "share"


def test_a_flag_of_the_interval_keeps_a_gain_from_being_done(effect: Effect) -> None:
    flag = Text("causal.flag_few_clusters", n=9)
    one = cr.answer(effect.model_copy(update={"flags": (flag,)}))
    assert (one.decision, one.step, one.certainty) == ("test it first", "doubts", "doubtful")
    assert "Only 9 units" in one.why
    harmless = Text("causal.flag_duration", name="x")
    assert cr.answer(effect.model_copy(update={"flags": (harmless,)})).decision == "do it"


def test_a_refusal_keeps_its_reason() -> None:
    frame = world(60).assign(promo=0)
    one = cr.answer(cr.estimate(frame, ["x"], treatment="promo", outcome="buy"))
    assert (one.decision, one.size, one.change) == ("cannot tell", None, None)
    assert "only one value" in one.why


def test_only_what_answers_is_an_answer() -> None:
    with pytest.raises(TypeError, match="DataFrame"):
        cr.answer(pd.DataFrame())  # type: ignore[arg-type]
