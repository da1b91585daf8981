"""Forecasts side by side, scenarios, and the effect of those whose treatment would change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
import causalrec.plots  # registers the charts
from causalrec.causal.formats.graph_text import read_graph
from causalrec.core.errors import CausalRecError
from causalrec.core.results.result import Estimate
from causalrec.core.words import Text
from causalrec.whatif.forecasts.effect_forecast import effect_forecast
from causalrec.whatif.forecasts.forecast import Forecast, ForecastSet
from causalrec.whatif.forecasts.scenario import (
    Scenario,
    Step,
    default_scenarios,
    outcome_in,
    sentence_of,
)


def told(method: str, low: float, high: float) -> Forecast:
    middle = (low + high) / 2
    return Forecast(
        method=method,
        outcome="click",
        before=Estimate(value=0.1, low=0.09, high=0.11, n=10),
        after=Estimate(value=0.1 + middle, low=0.0, high=0.3, n=10),
        change=Estimate(value=middle, low=low, high=high, n=10),
    )


def refused(method: str) -> Forecast:
    return Forecast.none(method, "click", Text("whatif.no_propensity"))


def beside(*forecasts: Forecast) -> ForecastSet:
    words = Text("whatif.before_log")
    return ForecastSet(
        scenario="x", before=words, after=words, forecasts=forecasts, outcomes=("click",)
    )


@pytest.mark.parametrize(
    ("forecasts", "agreement"),
    [
        ((told("off-policy-snips", 0.1, 0.3), told("simulator", 0.2, 0.4)), "agree"),
        ((told("off-policy-snips", 0.1, 0.2), told("simulator", 0.3, 0.4)), "disagree"),
        ((told("off-policy-snips", 0.1, 0.2), told("simulator", -0.4, -0.3)), "disagree"),
        ((told("off-policy-snips", -0.3, 0.9), told("simulator", -0.15, -0.1)), "open"),
        ((told("off-policy-snips", -2.0, 2.2), told("simulator", -0.1, 0.1)), "open"),
        ((told("off-policy-snips", -0.2, 0.2), told("simulator", -0.1, 0.1)), "agree"),
        ((told("off-policy-snips", 0.1, 0.2), told("off-policy-ips", 0.3, 0.4)), "one"),
        ((told("off-policy-dm", 0.1, 0.2), told("simulator", 0.3, 0.4)), "one"),
        ((told("off-policy-snips", 0.1, 0.2), refused("simulator")), "one"),
        ((refused("off-policy-snips"), refused("simulator")), "cannot tell"),
        ((), "cannot tell"),
    ],
)
def test_how_methods_stand_to_each_other(forecasts: tuple, agreement: str) -> None:
    assert beside(*forecasts).agreement("click") == agreement


def test_the_summary_carries_every_kind_of_answer_with_its_interval() -> None:
    made = beside(
        told("off-policy-ips", -0.1, 0.1),
        told("off-policy-snips", -0.0017, 0.0098),
        told("simulator", 0.0026, 0.0040),
    )
    assert made.summary() == (
        "Click rate: off-policy (SNIPS) +0.40 pp (\u22120.17 to +0.98, includes 0), "
        "simulator +0.33 pp (+0.26 to +0.40): their intervals overlap, but one is too wide or "
        "too far off to say that they agree."
    )
    assert "+0.40 个百分点（\u22120.17 至 +0.98，包含 0）" in made.summary("zh")
    assert "不能说它们一致" in made.summary("zh")


def test_a_summary_without_snips_takes_ips_and_says_who_refuses_once() -> None:
    made = beside(told("off-policy-ips", 0.1, 0.3), refused("simulator"), refused("effect"))
    assert made.summary().startswith("Click rate: off-policy (IPS) +20.0 pp (+10.0 to +30.0)")
    assert made.summary().count("No answer from") == 2
    nobody = beside(refused("off-policy-ips"), refused("off-policy-snips"))
    assert nobody.summary().startswith(
        "Click rate: no method can tell. No answer from off-policy (SN"
    )
    assert nobody.summary().count(str(Text("whatif.no_propensity"))) == 1


def test_a_method_that_is_not_meant_for_the_scenario_is_not_named() -> None:
    aside = Forecast.none("effect", "click", Text("whatif.no_effect_of_lists"), applies=False)
    assert "effect" not in beside(told("simulator", 0.1, 0.2), aside).summary()


@pytest.mark.parametrize(
    ("outcome", "unit", "said"),
    [
        ("revenue", "impression", "Revenue per 1,000 impressions: simulator +76 (+50 to"),
        ("revenue", "user", "Revenue per user: simulator +0.08 (+0.05 to"),
        ("rating", "impression", "Mean rating: simulator +0.08 points (+0.05 to"),
        ("purchase", "user", "Users who buy: simulator +7.6 pp (+5.0 to"),
    ],
)
def test_a_summary_in_the_outcome_s_own_unit(outcome: str, unit: str, said: str) -> None:
    one = told("simulator", 0.05, 0.101).model_copy(update={"outcome": outcome, "unit": unit})
    made = beside(one).model_copy(update={"outcomes": (outcome,)})
    assert made.summary().startswith(said)


@pytest.mark.parametrize(
    ("users", "node", "names"),
    [
        ({"is_new": [0, 1, 1]}, "promotion", ("Promotion for new users", "面向新用户的促销")),
        ({"is_loyal": [0, 1, 1]}, "free_post", ("Free post for loyal users", None)),
        ({"member": [0, 1, 1]}, "promotion", ("Promotion for users whose member is 1", None)),
        ({"age": [20, 30, 40]}, "promotion", ("Promotion for everybody", "面向所有用户的促销")),
    ],
)
def test_a_treatment_is_named_by_whom_it_is_for(users: dict, node: str, names: tuple) -> None:
    log = pd.DataFrame({"u": ["a", "b", "c"], "i": ["x", "y", "z"], "c": [1, 0, 1]})
    mapping = cr.ColumnMapping(user="u", item="i", outcome="c")
    table = pd.DataFrame({"u": ["a", "b", "c"], **users})
    data = cr.Dataset.from_frame(log, mapping, users=table)
    for lang, name in zip(("en", "zh"), names, strict=True):
        made = default_scenarios(data, None, ("graph", node, "c"), lang)
        assert name is None or [scenario.name for scenario in made] == [name]


def test_forecasts_come_back_from_json_in_both_languages() -> None:
    made = beside(told("simulator", 0.1, 0.2), refused("off-policy-ips"))
    again = ForecastSet.model_validate_json(made.model_dump_json())
    for lang in ("en", "zh"):
        assert again.summary(lang) == made.summary(lang)
        assert [f.summary(lang) for f in again.forecasts] == [
            f.summary(lang) for f in made.forecasts
        ]
    frame = made.to_frame()
    assert frame["method"].tolist() == ["simulator", "off-policy-ips"]
    assert frame["refused"].tolist() == [False, True]
    assert len(made.plot().data) == 2
    assert made.plot("zh", dark=True, truth=0.15).layout.shapes


def test_a_scenario_comes_back_from_json() -> None:
    steps = (
        Step(name="explore", params={"epsilon": 0.2}),
        Step(name="boost-item", params={"item": "i1", "strength": -1.0}),
    )
    scenario = Scenario(name="x", dataset="d", model="m", interventions=steps)
    again = Scenario.make(scenario.model_dump(mode="json"))
    assert again == scenario
    assert "20%" in sentence_of(again)
    assert "i1" in sentence_of(again)
    assert again.on == "list"


def test_a_treatment_stands_alone() -> None:
    steps = (Step(name="explore"), Step(name="treat", params={"node": "promotion"}))
    with pytest.raises(CausalRecError, match="two scenarios"):
        _ = Scenario(name="x", dataset="d", interventions=steps).changes


def table(n: int, seed: int = 0) -> pd.DataFrame:
    """Treated more often where x is high; the effect is 1 + x, so untreated gain less."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    treated = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    y = x + treated * (1 + x) + rng.normal(size=n)
    return pd.DataFrame({"x": x, "t": treated, "y": y, "half": rng.integers(0, 2, n)})


@pytest.mark.parametrize("value", [1, 0])
def test_only_those_who_would_change_count(value: int) -> None:
    """Setting t for everybody: within 4.5 standard errors of the truth (7e-6 by chance)."""
    frame = table(2_000)
    treat = cr.intervention("treat", node="t", value=value)
    made = effect_forecast(frame, ["x"], treat, "y")
    truth = ((1 + frame["x"]) * (value - frame["t"])).mean()
    error = (made.change.high - made.change.low) / 3.92
    assert abs(made.change.value - truth) < 4.5 * error
    wrong = (1 + frame["x"]).mean() * (value - frame["t"]).mean()
    assert abs(made.change.value - wrong) > 4.5 * error


def test_a_column_bound_to_a_node_is_found() -> None:
    graph = cr.CausalGraph(
        [("x", "treated"), ("x", "sales"), ("treated", "sales")],
        bindings={"treated": "t", "sales": "y"},
    )
    treat = cr.intervention("treat", node="treated", value=1)
    bound = effect_forecast(table(500), graph, treat, "sales")
    plain = effect_forecast(table(500), ["x"], cr.intervention("treat", node="t", value=1), "y")
    assert not bound.refused
    assert bound.change.value == pytest.approx(plain.change.value)


def test_what_cannot_be_estimated_refuses() -> None:
    hidden = cr.CausalGraph([("u", "t"), ("u", "y"), ("t", "y")], latent=["u"])
    treat = cr.intervention("treat", node="t", value=1)
    made = effect_forecast(table(500), hidden, treat, "y")
    assert made.refused
    assert made.reason
    missing = effect_forecast(table(500), ["z"], treat, "y")
    assert missing.refused
    assert "z" in missing.reason


def test_missing_outcomes_leave_the_mean_of_what_is_known() -> None:
    frame = table(2_000)
    gone = frame.assign(y=frame["y"].where(np.arange(2_000) % 40 > 0))
    made = effect_forecast(gone, ["x"], cr.intervention("treat", node="t", value=1), "y")
    assert made.before.value == pytest.approx(gone["y"].mean())
    assert made.after.value == pytest.approx(made.before.value + made.change.value)
    assert any("50 of 2,000 values are missing" in str(flag) for flag in made.before.flags)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ({1: "yes", 0: "no"}, (1.0, "yes")),
        ({1: True, 0: False}, (1.0, "True")),
        ({1: "treated", 0: "control"}, (1.0, "treated")),
        ({1: 7, 0: 3}, (7.0, "7")),
    ],
)
def test_a_treatment_of_two_words_is_read_as_an_effect_reads_it(words, values) -> None:
    frame = table(2_000)
    plain = effect_forecast(frame, ["x"], cr.intervention("treat", node="t", value=1), "y")
    said = frame.assign(t=frame["t"].map(words))
    for value in values:
        if value == "True":
            continue
        made = effect_forecast(said, ["x"], cr.intervention("treat", node="t", value=value), "y")
        assert not made.refused, made.reason
        assert made.change.value == pytest.approx(plain.change.value, abs=0.05)


def test_categories_are_compared_one_by_one() -> None:
    """Three arms of 0, 1 and 3: setting all to c gains 3 less the mean, within 4.5 errors."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=3_000)
    arm = rng.integers(0, 3, 3_000)
    gain = np.array([0.0, 1.0, 3.0])[arm]
    frame = pd.DataFrame({"x": x, "t": np.array(["a", "b", "c"])[arm], "y": x + gain})
    frame["y"] += rng.normal(size=3_000)
    made = effect_forecast(frame, ["x"], cr.intervention("treat", node="t", value="c"), "y")
    assert (
        abs(made.change.value - (3 - gain.mean()))
        < 4.5 * (made.change.high - made.change.low) / 3.92
    )
    wrong = effect_forecast(frame, ["x"], cr.intervention("treat", node="t", value=1), "y")
    assert wrong.refused


@pytest.mark.parametrize("value", [2, -1, "maybe"])
def test_a_value_that_the_log_never_saw_is_refused(value) -> None:
    made = effect_forecast(table(500), ["x"], cr.intervention("treat", node="t", value=value), "y")
    assert made.refused
    assert "never" in made.reason
    dose = table(500).assign(t=lambda f: f["x"] * 2)
    treat = cr.intervention("treat", node="t", value=99 if value != "maybe" else value)
    assert effect_forecast(dose, ["half"], treat, "y").refused


def test_an_outcome_of_words_is_refused() -> None:
    frame = table(500).assign(y="good")
    made = effect_forecast(frame, ["x"], cr.intervention("treat", node="t", value=1), "y")
    assert "no number" in made.reason


def a_world(seed: int = 5, n: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"t": rng.integers(0, 2, n), "dose": rng.normal(size=n)})
    frame["y"] = frame["t"] + rng.normal(size=n)
    return frame


def asked(frame: pd.DataFrame, value: float | str = 1.0, node: str = "t") -> Forecast:
    return effect_forecast(frame, [], cr.intervention("treat", node=node, value=value), "y")


@pytest.mark.parametrize(
    ("form", "plain"),
    [
        (lambda y: pd.to_timedelta(y, unit="D"), lambda y: y),  # in days, not in nanoseconds
        (lambda y: y.map(lambda v: f"${v:.4f}"), lambda y: y),
        (lambda y: (y > 0).map({True: "yes", False: "no"}), lambda y: (y > 0).astype(float)),
        (lambda y: (y > 0).map({True: "True", False: "False"}), lambda y: (y > 0).astype(float)),
    ],
)
def test_an_outcome_means_the_same_in_every_form(form, plain) -> None:
    frame = a_world()
    frame["y"] += 10.0 * (form(frame["y"]).dtype.kind == "m")
    right = asked(frame.assign(y=plain(frame["y"])))
    told = asked(frame.assign(y=form(frame["y"])))
    assert told.change.value == pytest.approx(right.change.value, abs=1e-3)
    assert told.before.value == pytest.approx(right.before.value, abs=1e-3)


def test_dates_are_no_outcome_to_take_means_of() -> None:
    frame = a_world()
    frame["y"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame["y"], unit="D")
    told = asked(frame)
    assert told.refused
    assert told.reason is not None
    assert "no numbers" in str(told.reason)


@pytest.mark.parametrize("value", [1, "1", "True", "true", "yes"])
def test_a_treatment_of_booleans_is_set_in_any_usual_word(value) -> None:
    frame = a_world()
    right = asked(frame)
    assert asked(frame.assign(t=frame["t"] == 1), value).change.value == right.change.value


def test_a_number_as_text_is_set_as_a_number() -> None:
    frame = a_world()
    right = asked(frame, 0.5, "dose")
    told = asked(frame.assign(dose=frame["dose"].astype(str)), 0.5, "dose")
    assert told.change.value == pytest.approx(right.change.value)


def test_a_line_is_not_carried_beyond_what_an_outcome_can_be() -> None:
    frame = a_world()
    rng = np.random.default_rng(6)
    frame["dose"] *= 4
    frame["y"] = (rng.random(len(frame)) < 1 / (1 + np.exp(-2 * frame["dose"]))).astype(float)
    near, far = asked(frame, 1.0, "dose"), asked(frame, 10.0, "dose")
    assert not near.refused
    assert far.refused
    assert far.reason is not None
    assert "never saw less than 0 or more than 1" in str(far.reason)


def test_the_interval_of_a_share_stays_within_0_and_1() -> None:
    frame = a_world()
    frame["y"] = (np.random.default_rng(7).random(len(frame)) < 0.97 + 0.02 * frame["t"]) * 1.0
    told = asked(frame)
    assert told.after.high == 1.0
    assert told.after.low is not None
    assert told.after.low < 1.0


@pytest.mark.parametrize(
    ("text", "outcomes", "right"),
    [
        ("dag { genre -> minutes; shown -> minutes }", ("minutes",), "minutes"),
        ("dag { minutes -> late; shown -> minutes }", ("minutes",), "minutes"),
        ("dag { late [outcome]; shown -> minutes; minutes -> late }", ("minutes",), "late"),
        ("dag { genre -> minutes; shown -> minutes }", ("click",), "minutes"),
        ("dag { shown }", ("click",), ""),
    ],
)
def test_a_treatment_is_asked_about_an_outcome_and_never_about_itself(
    text: str, outcomes: tuple[str, ...], right: str
) -> None:
    assert outcome_in(read_graph(text), "shown", outcomes) == right
