"""The public names, used as a notebook would: one walk from a log to a comparison."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.data.dataset.exposure import exposure_log

SIGNATURES = {
    "read_dataset": ["path", "mapping", "name", "items", "users", "options"],
    "policy_value": ["log", "probabilities", "estimator", "cluster"],
    "estimate": [
        "frame",
        "graph",
        "treatment",
        "outcome",
        "estimator",
        "target",
        "cluster",
        "seed",
    ],
    "evaluate": ["model_or_policy", "split", "on", "k"],
    "compare_policies": ["world", "before", "after", "seed"],
    "simulate": ["world", "policy", "seed"],
    "text_encoder": ["name"],
}
MAPPING_FIELDS = {
    *("user", "item", "time", "outcome", "outcomes", "event", "positive", "exposed"),
    *("propensity", "position", "price", "category", "session", "text", "covariates"),
}


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=3, users=600, items=120, impressions=24_000, days=60)


@pytest.fixture(scope="module")
def data(shop) -> cr.Dataset:
    return shop.dataset()


@pytest.fixture(scope="module")
def split(data: cr.Dataset) -> cr.Split:
    return cr.Split.by_time(data)


@pytest.fixture(scope="module")
def model(split: cr.Split):
    ease = cr.recommender("ease", regularization=50.0)
    ease.fit(split.train, valid=split.valid)
    return ease


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_their_names(name: str) -> None:
    assert (
        list(inspect.signature(getattr(cr, name)).parameters)[: len(SIGNATURES[name])]
        == SIGNATURES[name]
    )


def test_mapping_has_its_fields() -> None:
    assert set(cr.ColumnMapping.model_fields) >= MAPPING_FIELDS


def test_rows_count_as_positive_where_the_outcome_says() -> None:
    frame = pd.DataFrame(
        {"u": list("aabb"), "i": list("xyxy"), "c": [0, 1, 1, 0], "r": [1.0, 5.0, np.nan, 2.0]}
    )
    binary = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i", outcome="c"))
    rated = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i", outcome="r"))
    bare = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i"))
    assert binary.matrix().toarray().tolist() == [[0, 1], [1, 0]]
    assert rated.matrix().toarray().tolist() == [[1, 1], [0, 1]]
    assert bare.matrix().toarray().tolist() == [[1, 1], [1, 1]]


def test_given_split_unites_ids() -> None:
    mapping = cr.ColumnMapping(user="u", item="i")
    parts = [pd.DataFrame({"u": u, "i": i}) for u, i in ((["a", "b"], ["x", "y"]), (["c"], ["z"]))]
    split = cr.Split.given(*(cr.Dataset.from_frame(part, mapping) for part in parts))
    assert sorted(split.train.user_ids) == sorted(split.test.user_ids) == ["a", "b", "c"]
    assert list(split.train.item_ids) == list(split.test.item_ids)
    assert len(split.train.frame) == 2
    assert len(split.test.frame) == 1


def test_recommender_journey(model, split: cr.Split, tmp_path: Path) -> None:
    users = np.arange(5)
    scores = model.score(users)
    assert scores.dtype == np.float32
    assert scores.shape == (5, split.train.n_items)
    model.save(tmp_path / "ease")
    again = cr.load_recommender(tmp_path / "ease")
    np.testing.assert_array_equal(again.score(users), scores)
    lists = again.recommend(user_ids=[str(u) for u in split.train.user_ids[:2]], k=5)
    assert list(lists.columns)[:4] == ["user", "rank", "item", "score"]
    assert lists.groupby("user").size().tolist() == [5, 5]


def test_evaluation_and_its_differences(model, split: cr.Split) -> None:
    popularity = cr.recommender("popularity")
    popularity.fit(split.train, valid=split.valid)
    ours, base = cr.evaluate(model, split), cr.evaluate(popularity, split)
    frame = ours.to_frame()
    assert list(frame.columns) == ["metric", "k", "value", "low", "high", "level", "n"]
    assert (frame["low"] <= frame["value"] + 1e-12).all()
    assert set(frame["k"].dropna()) == {10, 20}
    assert {"ndcg", "recall", "coverage"} <= set(frame["metric"])
    difference = cr.compare_metrics(base, ours).to_frame()
    both = difference.merge(frame, on=["metric", "k"], suffixes=("", "_ours"))
    theirs = base.to_frame().set_index(["metric", "k"])["value"]
    assert len(both)
    for row in both.to_dict("records"):
        change = row["value_ours"] - theirs[row["metric"], row["k"]]
        assert row["value"] == pytest.approx(change, abs=1e-9)


def test_policy_value_of_an_intervention(model, data: cr.Dataset, shop) -> None:
    log = exposure_log(data, outcome="click")
    policy = shop.logging_policy()
    value = cr.policy_value(log, policy.propensities(log))
    assert not value.refused
    # Weights are all 1: the value is the log's own mean, whatever the draw.
    assert value.value == pytest.approx(log.frame["outcome"].mean())
    assert value.effective_n == pytest.approx(log.n)
    softmax = cr.Policy.from_recommender(model, temperature=1.0)
    rows = softmax.probabilities(np.arange(7))
    np.testing.assert_allclose(rows.sum(axis=1), 1.0)
    category = data.items["category"].iloc[0]
    boosted = cr.intervention("boost-category", category=category, strength=1.0).apply(policy)
    mine = (data.items["category"] == category).to_numpy()
    before, after = policy.probabilities(np.arange(7)), boosted.probabilities(np.arange(7))
    assert (after[:, mine].sum(1) >= before[:, mine].sum(1)).all()
    assert after[:, mine].sum() > before[:, mine].sum()


def test_simulator_says_nothing_changed_when_nothing_did(data: cr.Dataset, shop) -> None:
    world = cr.fit_world(data)
    same = cr.compare_policies(world, shop.logging_policy(), shop.logging_policy(), seed=1)
    changes = same.to_frame()["change"].dropna()
    assert len(changes) > 0
    assert (changes == 0).all()


def test_effect_of_the_promotion(data: cr.Dataset, shop) -> None:
    graph = cr.CausalGraph(
        [
            *(("activity", "promotion"), ("activity", "purchase"), ("past_spend", "promotion")),
            *(("past_spend", "purchase"), ("promotion", "purchase")),
        ]
    )
    assert [list(s) for s in graph.adjustment_sets("promotion", "purchase")] == [
        ["activity", "past_spend"]
    ]
    frame = cr.causal_table(data, unit="user", date=shop.promotion_date)
    effect = cr.estimate(frame, graph, treatment="promotion", outcome="purchase")
    assert not effect.refused
    assert effect.low < effect.value < effect.high
    assert "promotion" in effect.summary().lower()
    assert effect.summary("zh") != effect.summary("en")


def test_unanswerable_is_refused_and_wrong_is_an_error() -> None:
    frame = pd.DataFrame({"t": [1] * 50, "y": np.arange(50.0), "x": np.arange(50.0)})
    refused = cr.estimate(frame, ["x"], treatment="t", outcome="y")
    assert refused.refused
    assert refused.value is None
    assert refused.reason
    with pytest.raises(cr.CausalRecError, match="z"):
        cr.estimate(frame, ["z"], treatment="t", outcome="y")
