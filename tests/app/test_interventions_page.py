"""Interventions: a scenario is built, saved and forecast; what is missing is said."""

from __future__ import annotations

from functools import partial

import pytest

import causalrec as cr
from causalrec.causal.formats.json_document import to_document
from causalrec.core.words import Text, table
from causalrec.data.storage.store import load_dataset, save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.whatif.forecast import forecast_set
from causalrec.whatif.forecasts.forecast import ForecastSet
from causalrec.whatif.forecasts.scenario import Scenario, Step

SHOP = {"seed": 3, "users": 300, "items": 60, "impressions": 18_000}


@pytest.fixture
def filled(workspace):
    """A workspace with a small shop and a model of it."""
    run_inline(workspace, "shop", SHOP)
    run_inline(workspace, "train", {"dataset": "shop", "model": "ease", "protocol": "by_time"})
    return workspace


def words(test) -> str:
    parts = (test.markdown, test.caption, test.info, test.subheader, test.error)
    return "\n".join(str(one.value) for part in parts for one in part)


def of(lang: str, name: str) -> str:
    return table(lang)[f"page_interventions.{name}"]


def test_without_data_and_without_a_model_the_missing_step_is_named(app, workspace) -> None:
    test = app("interventions", w=workspace.id)
    assert not test.exception
    assert of("en", "no_dataset") in words(test)
    run_inline(workspace, "shop", SHOP)
    assert of("en", "no_model") in words(app("interventions", w=workspace.id))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_first_scenario_is_there_and_changes_the_lists(app, filled, lang: str) -> None:
    test = app("interventions", w=filled.id, lang=lang)
    assert not test.exception
    assert not test.error
    before, after = (frame.value.iloc[:, -1].tolist() for frame in test.dataframe)
    assert len(before) == len(after) == 10
    assert before != after
    assert of(lang, "forecasts") not in words(test)
    assert not any(button.disabled for button in test.button if button.key == "scenario-ask")


def test_a_change_is_added_removed_and_saved(app, filled) -> None:
    test = app("interventions", w=filled.id)
    test.button(key="scenario-new").click().run()
    assert of("en", "no_changes") in words(test)
    box = next(one for one in test.selectbox if one.label == of("en", "add"))
    box.select("popularity-penalty").run()
    test.button(key="scenario-add").click().run()
    assert "popularity penalty 0.5" in words(test).replace("\\", "")
    name = next(one for one in test.text_input if one.label == of("en", "name"))
    name.set_value("Less of the same").run()
    test.button(key="scenario-save").click().run()
    assert not test.exception
    kept = Scenario.make(filled.thing("scenario", "Less of the same").json())
    assert [step.name for step in kept.interventions] == ["popularity-penalty"]
    assert {ref.kind for ref in filled.thing("scenario", "Less of the same").made_from} == {
        "dataset",
        "model",
    }
    remove = next(one for one in test.button if one.key and one.key.startswith("scenario-remove"))
    remove.click().run()
    assert of("en", "no_changes") in words(test)


def test_kept_forecasts_are_shown_with_their_refusals_and_the_truth(app, filled) -> None:
    boost = Step(name="boost-category", params={"category": "Books", "strength": 1.0})
    scenario = Scenario(
        name="More <b>Books</b>", dataset="shop", model="ease", interventions=(boost,)
    )
    filled.save_json("scenario", scenario.name, scenario.model_dump(mode="json"))
    run_inline(filled, "forecast", {"scenario": scenario.name, "simulate": False})
    test = app("interventions", w=filled.id)
    assert not test.exception
    assert of("en", "forecasts") in words(test)
    assert len(test.get("plotly_chart")) == 1
    assert of("en", "folded").format(names="Identified effect") in words(test).replace("\\", "")
    made = ForecastSet.model_validate(filled.thing("forecast", scenario.name).json())
    told = words(test).replace("\\", "").replace("\u2060", "")
    assert all(part in told for part in cr.answer(made).sentences()[1:])
    assert str(cr.answer(made).decided) in told
    test.toggle(key="forecast-truth").set_value(True).run()
    assert not test.exception
    assert "truth" in words(test)
    assert "<b>" not in words(test).replace("\\<b\\>", "")


def test_a_treatment_is_forecast_from_its_graph(app, filled) -> None:
    graph = cr.CausalGraph(
        [
            *(("activity", "promotion"), ("activity", "purchase"), ("past_spend", "promotion")),
            *(("past_spend", "purchase"), ("promotion", "purchase")),
        ]
    ).with_roles(treatment="promotion", outcome="purchase")
    filled.save_json("graph", "promotion", to_document(graph))
    test = app("interventions", w=filled.id)
    start = [one for one in test.button if one.key and one.key.startswith("start-")]
    start[-1].click().run()
    assert not test.exception
    assert not test.error
    assert "With a promotion, for new users" in words(test).replace("\\", "")


def test_refusals_of_a_log_without_impressions(workspace) -> None:
    """Ratings only: the model is there, the off-policy methods and the simulator say why not."""
    shop = cr.sample_shop(**SHOP)
    rated = shop.frame[shop.frame["click"] == 1].assign(rating=4.0)
    mapping = cr.ColumnMapping(user="user_id", item="item_id", time="time", outcome="rating")
    data = cr.Dataset.from_frame(rated, mapping, items=shop.items, name="ratings")
    workspace.save("dataset", "ratings", partial(save_dataset, data))
    run_inline(workspace, "train", {"dataset": "ratings", "model": "ease", "protocol": "by_time"})
    explore = Step(name="explore", params={"epsilon": 0.2})
    scenario = Scenario(name="x", dataset="ratings", model="ease", interventions=(explore,))
    made, _ = forecast_set(workspace, scenario)
    assert all(one.refused for one in made.forecasts)
    assert {made.agreement(outcome) for outcome in made.outcomes} == {"cannot tell"}
    reasons = {str(one.reason) for one in made.forecasts if one.method == "off-policy-snips"}
    assert reasons == {str(Text("whatif.no_impressions_known"))}


def kept_scenario(workspace, name: str, **facts) -> Scenario:
    explore = Step(name="explore", params={"epsilon": 0.2})
    asked = {"model": "ease", "interventions": (explore,), **facts}
    scenario = Scenario(name=name, dataset="shop", **asked)
    workspace.save_json("scenario", name, scenario.model_dump(mode="json"))
    return scenario


def name_of(test) -> str:
    return next(one.value for one in test.text_input if one.label == of("en", "name"))


def test_a_link_opens_its_scenario_and_a_start_opens_the_saved_one(app, address, filled) -> None:
    test = app("interventions", w=filled.id)
    start = next(one for one in test.button if one.key == "start-0")
    kept_scenario(filled, start.label.replace("\\", ""))
    kept_scenario(filled, "newest")
    test = app("interventions", w=filled.id)
    assert name_of(test) == address(test, "scenario") == "newest"
    test.button(key="start-0").click().run()
    assert not test.exception
    assert address(test, "scenario") == name_of(test) != "newest"
    assert "20%" in words(test).replace("\\", "")  # of the saved one, not of the start
    test = app("interventions", w=filled.id, scenario="newest")
    assert name_of(test) == "newest"


def test_a_changed_scenario_says_what_differs_and_asks_again(app, filled, monkeypatch) -> None:
    from causalrec.ui.kit import comparing

    started = []

    class Launcher:
        def start(self, place, task, params):
            started.append((task, params["scenario"]))

    monkeypatch.setattr(comparing, "launcher", Launcher)
    kept_scenario(filled, "plan")
    run_inline(filled, "forecast", {"scenario": "plan", "simulate": False})
    outdated = table("en")["ui.outdated"]
    test = app("interventions", w=filled.id)
    assert outdated not in words(test)
    before = next(one for one in test.button_group if one.key.startswith("scenario-before"))
    before.set_value("log").run()
    assert not test.exception
    assert outdated in words(test)
    assert table("en")["whatif.scenario_before_label"] in words(test)
    test.button(key="scenario-again").click().run()
    assert not test.exception
    assert started == [("compare", "plan")]
    assert filled.thing("scenario", "plan").document()["before"] == "log"


def test_the_example_is_somebody_whose_list_changes(app, filled) -> None:
    boost = Step(
        name="boost-segment-category",
        params={"segment": "is_new=1", "category": "Books", "strength": 3.0},
    )
    kept_scenario(filled, "new users", interventions=(boost,))
    test = app("interventions", w=filled.id)
    assert not test.exception
    users = load_dataset(filled.thing("dataset", "shop").folder)
    code = list(users.user_ids).index(test.text_input(key="scenario-user").value)
    assert str(users.users["is_new"].iloc[code]) == "1"
    before, after = (frame.value.iloc[:, -1].tolist() for frame in test.dataframe)
    assert before != after
    assert "users looked at" in words(test)
