"""A saved model is judged on the rows that it was measured on, whatever the protocol."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from causalrec.core.errors import DataError
from causalrec.data.storage.store import load_dataset, save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.model_splits import learnt_from, split_of_model
from causalrec.tasks.recsys.saved_models import evaluation_of
from causalrec.tasks.whatif.compare import Compare
from causalrec.tasks.whatif.scenario_setting import unseen_rows
from causalrec.whatif.forecasts.scenario import Scenario, Step
from causalrec.workspace import Workspace

HOW = {
    "by_time": {"protocol": "by_time"},
    "leave_last": {"protocol": "leave_last"},
    "per_user": {"protocol": "per_user", "seed": 3},
    "k_fold": {"protocol": "k_fold", "seed": 3, "fold": 2, "folds": 4},
    "cold_items": {"protocol": "cold_items", "seed": 3},
    "auto": {"protocol": "auto"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Workspace:
    place = Workspace.create(tmp_path_factory.mktemp("splits"), "Test")
    run_inline(place, "shop", {"name": "shop", "users": 150, "items": 40, "impressions": 6_000})
    for name, asked in HOW.items():
        train = {"dataset": "shop", "model": "item-knn", "name": name, "k": [5, 10], **asked}
        run_inline(place, "train", train)
    return place


@pytest.mark.parametrize("name", HOW)
def test_what_compare_shows_before_is_what_training_measured(place, name):
    step = Step(name="popularity-penalty", params={"strength": 0.5})
    scenario = Scenario(name=name, dataset="shop", model=name, interventions=(step,))
    place.save_json("scenario", name, scenario.model_dump(mode="json"))
    made = Compare({"scenario": name, "simulate": False, "segment": "none"}).run(place)
    measured = evaluation_of(place.thing("model", name).folder)
    for metric in ("ndcg", "coverage", "gini", "novelty"):
        shown = made.of(metric)[0]
        assert shown.before.value == pytest.approx(measured.row(metric, 10)["value"], abs=1e-12)


@pytest.mark.parametrize("name", HOW)
def test_rows_that_value_a_policy_are_none_that_its_model_learnt_from(place, name):
    thing = place.thing("model", name)
    data = load_dataset(place.thing("dataset", "shop").folder)
    split = split_of_model(place, thing)
    unseen, why = unseen_rows(place, thing, data)
    if unseen is None:
        assert why is not None
        assert split.protocol in {"leave_last", "cold_items"}
        return
    key = ["user", "item", "time", "position"]
    learnt = set(map(tuple, split.train.frame[key].to_numpy().tolist()))
    assert not learnt & set(map(tuple, unseen.frame[key].to_numpy().tolist()))


def test_a_variant_is_judged_on_the_data_of_its_original(place):
    run_inline(place, "variant", {"model": "k_fold", "forms": ["int8"]})
    variant = place.thing("model", "k_fold-int8")
    first = learnt_from(place, variant)
    data = load_dataset(place.thing("dataset", "shop").folder)
    place.save("dataset", "shop", partial(save_dataset, data.with_frame(data.frame.iloc[:-500])))
    assert learnt_from(place, variant) == first
    split = split_of_model(place, variant)
    assert len(split.train) + len(split.valid or ()) + len(split.test) == len(data)


def test_rows_that_cannot_be_found_again_are_refused(place):
    thing = place.thing("model", "per_user")
    data = load_dataset(place.thing("dataset", "shop", 1).folder)
    other = data.with_frame(data.frame.iloc[np.arange(len(data) - 1)])
    with pytest.raises(DataError, match="cannot be found again"):
        split_of_model(place, thing, other)
