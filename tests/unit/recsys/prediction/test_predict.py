"""Predicted ratings and clicks: saved with the model, better than means where there is more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import DataError, ParamError
from causalrec.recsys.evaluation.prediction_table import PredictionTable, evaluate_predictions
from causalrec.recsys.metrics.predictions.auc import auc_parts
from causalrec.recsys.metrics.predictions.ece import bins_of, calibration_error
from causalrec.recsys.model.calibration import outcome_to_predict
from causalrec.recsys.model.recommender import Recommender


def ratings(seed: int = 0) -> cr.Split:
    """Users of two tastes rate what they like a star higher; both have habits of their own."""
    rng = np.random.default_rng(seed)
    user, item = np.repeat(np.arange(150), 24), np.zeros(3600, dtype=int)
    for u in range(150):
        item[24 * u : 24 * (u + 1)] = rng.choice(60, 24, replace=False)
    habit, quality = rng.normal(0, 0.5, 150), rng.normal(0, 0.5, 60)
    taste = np.where(user % 2 == item % 2, 0.7, -0.7)
    rating = 3.2 + habit[user] + quality[item] + taste + rng.normal(0, 0.5, 3600)
    frame = pd.DataFrame({"u": user, "i": item, "rating": rating.round().clip(1, 5)})
    mapping = cr.ColumnMapping(user="u", item="i", outcome="rating", positive=4.0)
    return cr.Split.per_user(cr.Dataset.from_frame(frame, mapping), 0.15, 0.15, seed=seed)


@pytest.fixture(scope="module")
def split() -> cr.Split:
    return ratings()


@pytest.fixture(scope="module")
def model(split: cr.Split) -> Recommender:
    fitted = cr.recommender("ease", regularization=20.0)
    fitted.fit(split.train)
    return fitted.with_calibration(split.train, split.valid)


@pytest.fixture(scope="module")
def shop() -> cr.Split:
    log = cr.sample_shop(seed=3, users=500, items=100, impressions=20_000, days=60)
    return cr.Split.by_time(log.dataset(), 0.2, 0.2)


def test_ratings_beat_the_means(model: Recommender, split: cr.Split) -> None:
    """The tastes are plain: a score that knows them lowers the error by 5 % and more."""
    table = evaluate_predictions(model, split)
    row = table.row("rmse")
    held = split.test.frame
    mine = model.predict(split.test.user_ids[held["user"]], split.test.item_ids[held["item"]])
    assert row["value"] < 0.95 * row["baseline"]
    assert row["difference_high"] < 0
    assert row["p"] < 1e-6
    assert table.row("mae")["value"] < table.row("mae")["baseline"]
    # What is known of a user has grown by validation since; the figures are near, not equal.
    error = np.sqrt(((mine - held["rating"].to_numpy()) ** 2).mean())
    assert error == pytest.approx(row["value"], rel=0.1)
    assert "lower" in table.summary()
    assert "评分" not in table.summary("en")
    assert "均方根误差" in table.summary("zh")
    again = PredictionTable.model_validate_json(table.model_dump_json())
    pd.testing.assert_frame_equal(again.table, table.table)


def test_without_its_score_it_is_ridge_on_means(model: Recommender, split: cr.Split) -> None:
    """The baseline agrees with sklearn's ridge on the two means."""
    from sklearn.linear_model import Ridge

    predictor, rows = model.predictor, split.valid.frame
    assert predictor is not None
    effects = np.stack([predictor.users[rows["user"]], predictor.items[rows["item"]]], axis=1)
    plain = Ridge(alpha=1.0).fit(effects, rows["rating"])
    np.testing.assert_allclose(predictor.baseline, [plain.intercept_, *plain.coef_], rtol=1e-9)
    mine = predictor.of(rows["user"].to_numpy(), rows["item"].to_numpy(), None)
    np.testing.assert_allclose(mine, plain.predict(effects).clip(1, 5))


def test_clicks_become_probabilities(shop: cr.Split) -> None:
    from sklearn.metrics import log_loss, roc_auc_score

    fitted = cr.recommender("ease", regularization=50.0)
    fitted.fit(shop.train)
    fitted = fitted.with_calibration(shop.train, shop.valid, "click")
    table = evaluate_predictions(fitted, shop)
    assert table.binary
    assert list(table.table["metric"]) == ["log_loss", "auc", "accuracy", "ece"]
    frame = shop.test.frame
    other = fitted.with_history(
        fitted._history_rows(np.arange(fitted.n_users), None)
        + fitted._history_rows(np.arange(fitted.n_users), shop.valid)
    )
    p = other.predict(shop.test.user_ids[frame["user"]], shop.test.item_ids[frame["item"]])
    assert ((p > 0) & (p < 1)).all()
    assert table.row("log_loss")["value"] == pytest.approx(log_loss(frame["click"], p))
    assert table.row("auc")["value"] == pytest.approx(roc_auc_score(frame["click"], p))
    assert table.row("auc")["value"] > 0.55
    assert table.row("ece")["value"] < 0.05
    assert table.curve["n"].sum() == len(frame)
    inside = (table.curve["low"] <= table.curve["predicted"]) & (
        table.curve["predicted"] <= table.curve["high"]
    )
    assert inside.mean() >= 0.5


def test_predictions_are_saved_with_the_model(model: Recommender, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = cr.load_recommender(tmp_path)
    users, items = model.user_ids[:20], model.item_ids[20:40]
    np.testing.assert_array_equal(again.predict(users, items), model.predict(users, items))
    assert again.predictor is not None
    assert again.predictor.note == model.predictor.note


def test_strangers_get_what_is_known_of_the_other(model: Recommender) -> None:
    predictor = model.predictor
    assert predictor is not None
    nobody = model.predict(["nobody"], ["nothing"])[0]
    assert nobody == pytest.approx(predictor.weights[0])
    many = model.predict("nobody", model.item_ids)
    assert len(many) == model.n_items
    assert np.corrcoef(many, predictor.items)[0, 1] > 0.5
    penalised = model.with_popularity_penalty(1.0)
    np.testing.assert_array_equal(penalised.predict("nobody", model.item_ids), many)


def test_train_rows_stand_in_for_validation(split: cr.Split) -> None:
    fitted = cr.recommender("ease", regularization=20.0)
    fitted.fit(split.train)
    calibrated = fitted.with_calibration(split.train)
    assert calibrated.predictor is not None
    assert "no validation part" in calibrated.predictor.note
    assert fitted.predictor is None
    assert evaluate_predictions(calibrated, split).row("rmse")["value"] < 1.2


def test_a_model_just_fitted_calibrates_itself(split: cr.Split) -> None:
    fitted = cr.recommender("ease", regularization=20.0)
    fitted.fit(split.train, split.valid)
    users, items = fitted.user_ids[:20], fitted.item_ids[:20]
    calibrated = fitted.with_calibration(split.train, split.valid)
    np.testing.assert_array_equal(fitted.predict(users, items), calibrated.predict(users, items))


def test_what_cannot_be_predicted_says_so(
    model: Recommender, split: cr.Split, tmp_path: Path
) -> None:
    fresh = cr.recommender("popularity")
    fresh.fit(split.train)
    fresh.save(tmp_path)
    loaded = cr.load_recommender(tmp_path)
    with pytest.raises(DataError, match="calibrated"):
        loaded.predict(["1"], ["2"])
    with pytest.raises(DataError, match="calibrated"):
        evaluate_predictions(loaded, split)
    with pytest.raises(ParamError):
        model.predict(["1", "2"], ["1", "2", "3"])
    with pytest.raises(ParamError):
        fresh.with_calibration(split.train, outcome="nothing")
    plain = cr.Dataset.from_frame(
        pd.DataFrame({"u": [1, 2], "i": [1, 2]}), cr.ColumnMapping(user="u", item="i")
    )
    assert outcome_to_predict(plain) is None
    fresh.fit(plain)
    with pytest.raises(DataError, match="outcome"):
        fresh.with_calibration(plain)
    with pytest.raises(DataError, match="outcome"):
        fresh.predict(["1"], ["2"])


def test_constant_outcomes_and_one_kind_of_validation(shop: cr.Split) -> None:
    """Validation rows of one kind cannot fit a regression: the train rows do."""
    assert shop.valid is not None
    never = shop.valid.with_frame(shop.valid.frame.assign(click=0.0))
    fitted = cr.recommender("popularity")
    fitted.fit(shop.train)
    calibrated = fitted.with_calibration(shop.train, never, "click")
    assert calibrated.predictor is not None
    assert "no validation part" in calibrated.predictor.note
    flat = shop.train.with_frame(shop.train.frame.assign(click=1.0, purchase=1.0, spend=1.0))
    assert outcome_to_predict(flat) not in {"click", "purchase", "spend"}


def test_outcome_metrics_agree_with_sklearn() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    scores = rng.integers(0, 30, 500) / 30.0  # many ties
    y = (rng.random(500) < scores).astype(float)
    auc, pull = auc_parts(scores, y)
    assert auc == pytest.approx(roc_auc_score(y, scores))
    assert pull.sum() == pytest.approx(0.0, abs=1e-9)
    drawn = []
    for _ in range(600):  # its error is 3 %
        rows = rng.integers(0, 500, 500)
        drawn.append(roc_auc_score(y[rows], scores[rows]))
    assert np.sqrt((pull**2).sum()) == pytest.approx(np.std(drawn), rel=0.15)
    inside = bins_of(scores)
    assert np.sum(inside, axis=0).tolist() == [1] * 500
    slow = sum(p.mean() * abs(scores[p].mean() - y[p].mean()) for p in inside)
    assert calibration_error(scores, y) == pytest.approx(slow)
