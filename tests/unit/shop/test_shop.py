"""The sample shop: its shape, its determinism, and that a window is a window."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import CausalRecError
from causalrec.data.dataset.exposure import exposure_log


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=5, users=400, items=150, impressions=16_000)


def test_equal_arguments_make_an_equal_shop(shop) -> None:
    again = cr.sample_shop(**shop.settings)
    pd.testing.assert_frame_equal(shop.frame, again.frame)
    pd.testing.assert_frame_equal(shop.items, again.items)
    other = cr.sample_shop(**{**shop.settings, "seed": 6})
    assert not shop.frame["item_id"].equals(other.frame["item_id"])


def test_sizes_are_what_was_asked(shop) -> None:
    assert len(shop.frame) == 16_000
    assert shop.frame["user_id"].nunique() == 400
    assert shop.frame["time"].is_monotonic_increasing
    assert (shop.frame["time"].max() - shop.frame["time"].min()).days in range(57, 60)


def test_titles_differ_and_speak_two_languages(shop) -> None:
    assert shop.items["title"].is_unique
    assert shop.items["title_zh"].is_unique
    assert shop.items["title"].str.isascii().all()
    assert shop.items["title_zh"].str.contains(r"[\u4e00-\u9fff]").all()


def test_more_items_than_combinations_still_have_their_own_title() -> None:
    many = cr.sample_shop(users=20, items=13_000, impressions=100)
    assert many.items["title"].is_unique


def test_activity_counts_the_impressions_before_the_promotion(shop) -> None:
    before = shop.frame[shop.frame["time"] < shop.promotion_date]
    counted = before.groupby("user_id").size().reindex(shop.user_ids, fill_value=0)
    assert counted.tolist() == shop.users["activity"].tolist()


def test_promotion_is_one_value_a_user(shop) -> None:
    groups = shop.frame.groupby("user_id")["promotion"]
    assert groups.min().equals(groups.max())


def test_nothing_is_bought_that_was_not_clicked(shop) -> None:
    assert (shop.frame["purchase"] <= shop.frame["click"]).all()
    assert shop.frame["purchase"].sum() > 0


def test_logged_propensity_is_the_policys_probability(shop) -> None:
    log = exposure_log(shop.dataset(), "click")
    np.testing.assert_allclose(
        shop.logging_policy().propensities(log), log.frame["propensity"], rtol=1e-12
    )


def test_no_item_is_shown_less_than_its_floor(shop) -> None:
    chances = shop.logging_policy().probabilities(np.array([-1, *range(400)]))
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert chances.min() > 0.15 / 150
    assert shop.frame["propensity"].min() > 0.15 / 150


def test_more_users_make_more_rows() -> None:
    assert [len(cr.sample_shop(users=n, items=20).frame) for n in (50, 100)] == [3_000, 6_000]


def test_somebody_who_is_not_known_is_shown_what_has_no_taste(shop) -> None:
    stranger, *others = shop.logging_policy().probabilities(np.array([-1, 0, 1]))
    items = shop.world.items
    order = np.argsort(0.35 * items.quality + 0.3 * items.fame)
    assert (np.diff(stranger[order]) >= 0).all()
    assert not any((np.diff(other[order]) >= 0).all() for other in others)


def test_lists_are_the_likeliest_items(shop) -> None:
    policy = shop.logging_policy()
    users = np.arange(7)
    lists = policy.top(users, 5)
    chances = policy.probabilities(users)
    listed = np.take_along_axis(chances, lists, axis=1)
    assert (np.diff(listed, axis=1) <= 0).all()
    assert (listed.min(axis=1) >= np.sort(chances, axis=1)[:, -5]).all()
    assert policy.recommend(5, users)["item"].tolist() == lists.ravel().tolist()


def test_a_policys_ids_may_be_in_any_order(shop) -> None:
    own = shop.logging_policy()

    class Shuffled:
        user_ids = own.user_ids[::-1]
        item_ids = own.item_ids[::-1]

        def probabilities(self, users: np.ndarray) -> np.ndarray:
            return own.probabilities(len(own.user_ids) - 1 - users)[:, ::-1]

    assert shop.true_value(Shuffled(), "purchase") == pytest.approx(
        shop.true_value(own, "purchase")
    )


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda s: s.true_effect("weather", "click"), "weather"),
        (lambda s: s.true_effect("promotion", "joy"), "joy"),
        (lambda s: s.true_effect("promotion", "purchase", "martians"), "martians"),
        (lambda s: s.true_effect("position", "click", levels=(0, 11)), "(0, 11)"),
        (lambda s: s.true_value(np.ones((2, 2)), "click"), "400"),
        (lambda s: cr.sample_shop(users=1), "users"),
    ],
)
def test_what_the_shop_cannot_answer_is_said(shop, call, named: str) -> None:
    with pytest.raises(CausalRecError) as caught:
        call(shop)
    assert named in str(caught.value)
