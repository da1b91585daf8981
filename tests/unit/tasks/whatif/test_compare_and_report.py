"""The compare and report tasks on a small shop and on a log that has no impressions."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.data.storage.store import save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.whatif.compare import Compare, comparison_of
from causalrec.tasks.whatif.report import Report, file_name
from causalrec.whatif.forecasts.scenario import Scenario, Step
from causalrec.workspace import Workspace


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Workspace:
    place = Workspace.create(tmp_path_factory.mktemp("compare"), "Test")
    shop = {"users": 300, "items": 80, "impressions": 20_000, "seed": 5}
    run_inline(place, "shop", {"name": "shop", **shop})
    run_inline(place, "train", {"dataset": "shop", "model": "popularity", "protocol": "by_time"})
    place.set(dataset="shop", currency="EUR")
    return place


def plan(place: Workspace, name: str, dataset: str = "shop", **more) -> None:
    step = Step(name="popularity-penalty", params={"strength": 0.5})
    scenario = Scenario(
        name=name, dataset=dataset, model="popularity", interventions=(step,), **more
    )
    place.save_json("scenario", name, scenario.model_dump(mode="json"))


def test_a_scenario_is_forecast_compared_kept_and_written(place, tmp_path):
    plan(place, "flatter")
    made = Compare({"scenario": "flatter"}).run(place)
    assert set(made.metrics) == {
        "click", "purchase", "revenue", "ndcg", "coverage", "gini", "novelty",
    }  # fmt: skip
    assert {row.source for row in made.of("click")} == {
        "off-policy-snips", "off-policy-sndr", "off-policy-ips", "off-policy-dm", "simulator",
    }  # fmt: skip
    assert made.currency == "EUR"
    assert made.split_by == "segment"
    assert {row.segment for row in made.segments} == {"bargain", "family", "enthusiast", "casual"}
    thing = place.thing("comparison", "flatter")
    assert comparison_of(thing).summary("zh") == made.summary("zh")
    assert {ref.kind for ref in thing.made_from} >= {"scenario", "forecast", "dataset", "model"}
    forecast = place.thing("forecast", "flatter")
    Compare({"scenario": "flatter", "goal": "revenue", "segment": "none"}).run(place)
    assert place.thing("forecast", "flatter").version == forecast.version  # not made again
    assert comparison_of(place.thing("comparison", "flatter")).goal == "revenue"
    written = Report({"comparison": "flatter", "lang": "zh", "folder": str(tmp_path)}).run(place)
    assert "<svg" in (tmp_path / "flatter.html").read_text(encoding="utf-8")
    assert written.table.endswith("flatter.csv")


def test_ratings_without_impressions_are_judged_by_their_ranking(place):
    rng = np.random.default_rng(0)
    rows = [(f"u{u}", f"i{i}", 1 + (u + i) % 5) for u in range(80) for i in rng.permutation(40)[:9]]
    frame = pd.DataFrame(rows, columns=["who", "what", "stars"]).assign(at=np.arange(len(rows)))
    mapping = cr.ColumnMapping(user="who", item="what", time="at", outcomes={"rating": "stars"})
    data = cr.Dataset.from_frame(frame, mapping, name="stars")
    place.save("dataset", "stars", partial(save_dataset, data))
    run_inline(place, "train", {"dataset": "stars", "model": "popularity", "name": "popular"})
    step = Step(name="popularity-penalty", params={"strength": 1.0})
    scenario = Scenario(name="fair", dataset="stars", model="popular", interventions=(step,))
    place.save_json("scenario", "fair", scenario.model_dump(mode="json"))
    made = Compare({"scenario": "fair"}).run(place)
    assert made.goal == "ndcg"  # the best that ratings alone can answer
    assert made.goal_why is not None
    assert made.goal_why.key == "compare.goal_instead"
    assert made.metrics[0] == "rating"  # of its own outcome, and of no other
    assert all(row.refused for row in made.of("rating"))
    assert not made.of("ndcg")[0].refused
    assert not made.of("gini")[0].refused
    assert made.segments == ()


def test_an_unknown_scenario_is_named(place):
    with pytest.raises(cr.CausalRecError, match="nothing"):
        Compare({"scenario": "nothing"}).run(place)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "etc-passwd.html"),
        ("更多玩具", "更多玩具.html"),
        ("***", "comparison.html"),
    ],
)
def test_a_name_makes_a_harmless_file_name(name, file):
    assert file_name(name, "html") == file
