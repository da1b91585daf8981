"""The shop at its full size: models learn its tastes, and its log judges a gain and a loss."""

from __future__ import annotations

import pytest

import causalrec as cr
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.evaluate import compare_metrics, evaluate
from causalrec.recsys.policies.policy import RecommenderPolicy
from causalrec.recsys.policies.temperature import default_temperature
from causalrec.tasks.recsys.saved_models import knowing
from causalrec.whatif.forecasts.ope_forecasts import off_policy_forecasts
from causalrec.whatif.forecasts.scenario import default_scenarios


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=3)


@pytest.fixture(scope="module")
def data(shop):
    return shop.dataset()


@pytest.fixture(scope="module")
def split(data):
    return Split.auto(data)


@pytest.fixture(scope="module")
def models(split):
    models = {name: cr.recommender(name) for name in ("popularity", "ease")}
    for model in models.values():
        model.fit(split.train, split.valid)
    return models


def test_a_good_model_beats_what_is_popular_by_half_and_more(split, models) -> None:
    bar, good = (evaluate(model, split, k=10, metrics=("ndcg",)) for model in models.values())
    assert split.protocol == "by_time"
    assert good.row()["value"] >= 1.5 * bar.row()["value"]
    assert compare_metrics(bar, good).table.iloc[0]["low"] > 0


@pytest.mark.parametrize(("name", "sign"), [("boost-category", 1), ("explore", -1)])
def test_one_start_gains_clicks_and_another_loses_them(shop, data, split, models, name, sign):
    """Both clear, and by at least 4 standard errors of the answer true as well."""
    rough = RecommenderPolicy(knowing(models["ease"], split), ranked=True)
    base = rough.with_temperature(default_temperature(rough, split.test))
    starts = {one.interventions[0].name: one for one in default_scenarios(data, "ease")}
    _, after = starts[name].policies(base, data)
    (forecast,) = off_policy_forecasts(
        split.test, after, base, ["click"], estimators=("snips",), lead="snips"
    )
    change = forecast.change
    truth = shop.true_value(after, "click") - shop.true_value(base, "click")
    assert sign * truth > 4 * (change.high - change.low) / 3.92
    assert min(sign * change.low, sign * change.high) > 0
    assert forecast.effective_n > 0.025 * len(split.test)
