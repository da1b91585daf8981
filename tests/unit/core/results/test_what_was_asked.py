"""What was asked is told in words, and two questions share a key only if they ask the same."""

from __future__ import annotations

import pytest

from causalrec.core.results.asked import Asked
from causalrec.core.words import LANGUAGES
from causalrec.tasks.causal.estimate import EstimateParams, asked_in
from causalrec.tasks.whatif.compare_params import CompareParams
from causalrec.whatif.forecasts.scenario import Scenario, Step
from causalrec.whatif.forecasts.scenario import asked_in as scenario_asked

ASKED = EstimateParams(dataset="shop", treatment="promo", outcome="buy", date="2026-02-04")


def test_parameters_in_words_in_both_languages() -> None:
    asked = asked_in(ASKED)
    assert list(asked.values)[:4] == ["dataset", "graph", "covariates", "treatment"]
    assert asked.values["unit"] == "a user, before and after a date"
    assert asked.values["measure"] == "at least once"
    assert asked.values["target"] == "everybody"
    assert asked.values["estimator"] == "AIPW"
    assert asked.values["graph"] == "not set"
    assert asked.labels["date"] == "From which date"
    for text in (*asked.values.values(), *asked.labels.values()):
        assert all(text.to(lang) for lang in LANGUAGES)
    assert not any("_" in label for label in asked.labels.values())


@pytest.mark.parametrize(
    ("change", "label", "was", "now"),
    [
        ({"date": "2026-02-05"}, "From which date", "2026-02-04", "2026-02-05"),
        ({"measure": "count"}, "Outcome by user", "at least once", "how often"),
        ({"date": None}, "From which date", "2026-02-04", "not set"),
        ({"level": 0.9}, "Level of the interval", "0.95", "0.9"),
    ],
)
def test_what_differs_is_named(change: dict, label: str, was: str, now: str) -> None:
    asked, other = asked_in(ASKED), asked_in(ASKED.model_copy(update=change))
    assert asked.fingerprint != other.fingerprint
    assert asked.differences(other) == ((label, was, now),)


def test_the_name_it_is_kept_under_is_no_part_of_the_question() -> None:
    again = asked_in(ASKED.model_copy(update={"name": "mine"}))
    assert again.fingerprint == asked_in(ASKED).fingerprint
    assert asked_in(ASKED).differences(again) == ()
    assert Asked.revived(again.model_dump_json()).fingerprint == again.fingerprint


def test_a_scenario_and_what_is_asked_of_it_are_one_question() -> None:
    step = Step(name="treat", params={"node": "promo", "value": 1.0})
    scenario = Scenario(name="All", dataset="shop", graph="g", interventions=(step,))
    asked = scenario_asked(scenario, CompareParams(scenario="All"))
    assert asked.values["interventions"] == "with a promotion, for everybody"
    assert {"goal", "ndcg_may_lose"} <= set(asked.values)
    assert "name" not in asked.values
    other = step.model_copy(update={"params": {"node": "promo", "value": 0.0}})
    changed = scenario_asked(scenario.model_copy(update={"interventions": (other,)}))
    (difference,) = asked.differences(changed)
    assert difference.now == "without a promotion, for everybody"
