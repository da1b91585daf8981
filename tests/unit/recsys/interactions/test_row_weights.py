"""Weights of rows, the popularity penalty, cross-validation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import causalrec as cr
from causalrec.core.errors import DataError, ParamError
from causalrec.recsys.evaluation.cross_validation import pooled
from causalrec.recsys.interactions.group_shares import group_labels
from causalrec.recsys.interactions.popularity_penalty import penalised
from causalrec.recsys.interactions.row_weights import cut_level, row_weights


def log(**columns: object) -> cr.Dataset:
    """Ten users; item 0 is everybody's, item 9 one user's; users 0 and 1 are of the small group."""
    pairs = [(u, i) for u in range(10) for i in range(10) if i <= 9 - u]
    frame = pd.DataFrame(pairs, columns=["u", "i"]).assign(**columns)
    people = pd.DataFrame({"u": range(10), "group": ["small"] * 2 + ["large"] * 8})
    things = pd.DataFrame({"i": range(10), "kind": ["a", "b"] * 5})
    named = {name: name for name in columns if name in {"propensity", "position"}}
    mapping = cr.ColumnMapping(user="u", item="i", **named)
    return cr.Dataset.from_frame(frame, mapping, users=people, items=things)


def test_no_weights_change_nothing() -> None:
    weights = row_weights(log())
    assert (np.asarray(weights) == 1.0).all()
    assert len(weights) == 55
    assert weights.effective == 55


def test_known_propensities() -> None:
    chance = np.linspace(0.05, 1.0, 55)
    weights = row_weights(log(propensity=chance), "propensity", clip=None)
    np.testing.assert_allclose(np.asarray(weights), (1 / chance) / (1 / chance).mean())
    assert weights.effective == pytest.approx(
        np.asarray(weights).sum() ** 2 / (np.asarray(weights) ** 2).sum()
    )
    assert "propensity" in weights.note
    raw = row_weights(log(propensity=chance), "propensity", clip=None, self_normalise=False)
    np.testing.assert_allclose(np.asarray(raw), 1 / chance)
    cut = row_weights(log(propensity=chance), "propensity", clip=2.0)
    assert np.asarray(cut).mean() == pytest.approx(1.0)
    assert np.asarray(cut).max() == pytest.approx(2.0)
    assert cut.clipped == pytest.approx((np.asarray(cut) >= 2.0 - 1e-9).mean())
    assert np.asarray(cut).max() < np.asarray(weights).max()
    assert cut.effective > weights.effective


@pytest.mark.parametrize("rare", [1, 5, 20])
def test_no_row_counts_more_than_the_clip_says(rare: int) -> None:
    """The average that the limit is a multiple of is the one after the cut."""
    chance = np.r_[np.full(55 - rare, 0.5), np.full(rare, 1e-6)]
    for clip in (1.0, 1.5, 2.0, 10.0):
        weights = row_weights(log(propensity=chance), "propensity", clip=clip)
        values = np.asarray(weights)
        assert values.mean() == pytest.approx(1.0)
        assert values.max() <= clip * (1 + 1e-9)
        if clip > 1 and rare * clip < 55:
            assert weights.clipped == pytest.approx(rare / 55)
            assert values.max() == pytest.approx(clip)


def test_rows_of_unknown_place_count_as_the_average_after_the_cut() -> None:
    place = np.r_[np.full(44, 2.0), 1.0, 1e6, np.full(9, np.nan)]
    values = np.asarray(row_weights(log(position=place), "propensity", clip=2.0))
    np.testing.assert_allclose(values[-9:], 1.0)
    assert values.max() == pytest.approx(2.0)


@given(
    weights=st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=30).map(np.array),
    clip=st.floats(1.0, 50.0),
)
@settings(max_examples=100, deadline=None)
def test_weights_are_cut_as_little_as_the_clip_allows(weights: np.ndarray, clip: float) -> None:
    level = cut_level(weights, clip)
    cut = np.minimum(weights, level)
    assert cut.max() <= clip * cut.mean() * (1 + 1e-9)
    if np.isfinite(level):
        more = np.minimum(weights, level * 1.01)
        assert more.max() > clip * more.mean() or more.max() < level * 1.005


def test_exposure_is_estimated_where_it_is_not_known() -> None:
    data = log()
    users = np.bincount(data.frame["item"], minlength=10)[data.frame["item"]]
    weights = row_weights(data, "propensity", clip=None)
    expected = (users / 10.0) ** -0.5
    np.testing.assert_allclose(np.asarray(weights), expected / expected.mean())
    np.testing.assert_array_equal(
        np.asarray(weights), row_weights(data, "popularity", clip=None).values
    )
    assert "estimated" in weights.note
    place = np.arange(55) % 5 + 1
    by_place = row_weights(log(position=place), "propensity", clip=None)
    np.testing.assert_allclose(np.asarray(by_place), place / place.mean())
    assert "position" in by_place.note


def test_groups_get_their_least_share() -> None:
    data = log()
    labels = group_labels(data, "group")
    share = (labels == "small").mean()
    weights = row_weights(data, "groups", groups="group", least={"small": 0.6})
    assert np.asarray(weights)[labels == "small"].sum() / np.asarray(
        weights
    ).sum() == pytest.approx(0.6)
    assert np.asarray(weights).mean() == pytest.approx(1.0)
    assert share < 0.6
    assert "small" in weights.note
    met = row_weights(data, "groups", groups="group", least=0.1)
    assert (np.asarray(met) == 1.0).all()
    by_item = row_weights(data, "groups", groups="kind", least={"b": 0.5})
    assert np.asarray(by_item)[group_labels(data, "kind") == "b"].sum() == pytest.approx(27.5)
    given_labels = row_weights(data, "groups", groups=labels, least={"small": 0.6})
    np.testing.assert_array_equal(np.asarray(given_labels), np.asarray(weights))


def test_what_cannot_be_weighted_says_so() -> None:
    data = log()
    with pytest.raises(ParamError):
        row_weights(data, "sideways")
    with pytest.raises(ParamError):
        row_weights(data, "propensity", clip=0.5)
    with pytest.raises(DataError, match="colour"):
        row_weights(data, "groups", groups="colour")
    for least in ({"small": 0.7, "large": 0.5}, {"tiny": 0.1}, {"small": -0.1}, 0.6):
        with pytest.raises(ParamError):
            row_weights(data, "groups", groups="group", least=least)
    with pytest.raises(ParamError):
        row_weights(data, "groups", groups=np.array(["a"]))


def test_weights_enter_the_fit() -> None:
    data = log()
    plain, weighted = cr.recommender("popularity"), cr.recommender("popularity")
    plain.fit(data)
    weighted.fit(data, weights=row_weights(data, "popularity"))
    assert np.ptp(weighted.score([-1])) < np.ptp(plain.score([-1]))


def test_popularity_penalty_takes_popularity_off(tmp_path: Path) -> None:
    data = log()
    model = cr.recommender("popularity")
    model.fit(data)
    flat = model.with_popularity_penalty(1.0).score([3])
    assert np.ptp(flat) < 1e-5  # nothing of it is left
    assert np.ptp(model.score([3])) > 1.0
    turned = model.with_popularity_penalty(2.0)
    order = np.argsort(-turned.score([3])[0], kind="stable")
    assert order.tolist() == list(range(9, -1, -1))
    turned.save(tmp_path)
    again = cr.load_recommender(tmp_path)
    np.testing.assert_array_equal(again.score([3]), turned.score([3]))
    # Nobody without a history gets what nobody took.
    np.testing.assert_array_equal(turned.score([-1]), model.score([-1]))
    with pytest.raises(ParamError):
        model.with_popularity_penalty(-0.1)
    scores = np.ones((2, 3), dtype=np.float32)
    assert penalised(scores, np.zeros(3), 1.0) is scores


def test_penalty_lowers_popularity_for_any_model() -> None:
    shop = cr.sample_shop(seed=3, users=300, items=80, impressions=12_000, days=60)
    split = cr.Split.leave_last(shop.dataset())
    model = cr.recommender("ease", regularization=50.0)
    model.fit(split.train, split.valid)
    tables = [cr.evaluate(model.with_popularity_penalty(beta), split) for beta in (0.0, 0.5, 1.5)]
    lifts = [table.row("popularity_lift")["value"] for table in tables]
    tails = [table.row("long_tail")["value"] for table in tables]
    assert lifts == sorted(lifts, reverse=True)
    assert tails == sorted(tails)


def test_cross_validation_covers_every_row() -> None:
    rng = np.random.default_rng(0)
    rows = [(u, i) for u in range(50) for i in rng.choice(np.arange(u % 2, 30, 2), 8, False)]
    data = cr.Dataset.from_frame(
        pd.DataFrame(rows, columns=["u", "i"]), cr.ColumnMapping(user="u", item="i")
    )
    told: list[float] = []
    table, model = cr.cross_validate(
        lambda: cr.recommender("ease", regularization=5.0),
        data,
        4,
        k=5,
        on_progress=lambda share, *_, **__: told.append(share),
    )
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert model.report is not None
    assert table.protocol == "k_fold"
    assert len(table.per_user) == 50
    folds = [cr.Split.k_fold(data, 4, fold) for fold in range(4)]
    singles = []
    for split in folds:
        one = cr.recommender("ease", regularization=5.0)
        one.fit(split.train, split.valid)
        singles.append(cr.evaluate(one, split, k=5))
    values = pd.concat([one.per_user for one in singles]).groupby("user")["ndcg@5"].mean()
    assert table.row("ndcg")["value"] == pytest.approx(values.mean())
    coverage = [one.row("coverage")["value"] for one in singles]
    assert table.row("coverage")["value"] == pytest.approx(np.mean(coverage))
    other, _ = cr.cross_validate(lambda: cr.recommender("popularity"), data, 4, k=5)
    board = cr.leaderboard({"ease": table, "popularity": other}, "popularity")
    assert board.at("ndcg", 5).set_index("name").loc["ease", "verdict"] == "higher"
    again = type(table).model_validate_json(table.model_dump_json())
    pd.testing.assert_frame_equal(again.table, table.table)
    with pytest.raises(ParamError):
        pooled([singles[0], other])


def test_a_group_is_raised_no_further_than_the_clip() -> None:
    rows = pd.DataFrame({"u": ["a"] + ["b"] * 39, "i": [f"i{n}" for n in range(40)]})
    data = cr.Dataset.from_frame(rows, cr.ColumnMapping(user="u", item="i"))
    mine = rows["u"].to_numpy()
    for clip, most in ((2.0, 2.0), (None, 16.0)):
        weights = cr.row_weights(data, "groups", groups=mine, least=0.4, clip=clip)
        assert np.asarray(weights).max() == pytest.approx(most)
        assert np.asarray(weights).mean() == pytest.approx(1.0)
        assert weights.clipped == pytest.approx(1 / 40 if clip else 0.0)
