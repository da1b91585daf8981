"""The shop's truths against what happens in its log, and against a count by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import causalrec as cr
from causalrec.shop.draws import draw_rows


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=11)


def near(mean: float, truth: float, error: float) -> bool:
    """Within 4.5 standard errors: one comparison fails by chance with probability 7e-6.

    A truth that is off by 5.8 of them is caught nine times in ten.
    """
    return abs(mean - truth) < 4.5 * error


@pytest.mark.parametrize("outcome", ["click", "purchase"])
def test_the_log_earns_its_policys_value(shop, outcome: str) -> None:
    """Caught nine times in ten: a value that is 3.2 % off (clicks), 7.9 % (purchases)."""
    seen = shop.frame[outcome].to_numpy()
    truth = shop.true_value(shop.logging_policy(), outcome)
    assert near(seen.mean(), truth, seen.std() / np.sqrt(len(seen)))


def test_value_of_a_policy_is_the_mean_over_users_positions_and_items() -> None:
    small = cr.sample_shop(seed=2, users=30, items=12, impressions=600)
    world, shares = small.world, np.random.default_rng(0).dirichlet(np.ones(12), 30)
    total = 0.0
    for row in small.frame.to_dict("records"):
        user = int(row["user_id"][1:]) - 1
        users, items = np.full(12, user), np.arange(12)
        promoted = np.full(12, row["promotion"] * (row["time"] >= small.promotion_date))
        bought = world.liking(users, items) * world.buying(users, promoted, items)
        total += world.examination.mean() * float(shares[user] @ (bought * world.items.price))
    assert small.true_value(shares, "revenue") == pytest.approx(total / len(small.frame))


def test_items_are_shown_as_often_as_the_policy_says(shop) -> None:
    """Share of each category among the impressions, ten comparisons: 7e-5 by chance.

    A share that is 2.8 to 3.9 % off is caught nine times in ten.
    """
    policy = shop.logging_policy()
    counts = shop.visits.before + shop.visits.window
    for category, rows in shop.items.groupby("category").groups.items():
        chance = policy.probabilities(np.arange(len(counts)))[:, list(rows)].sum(axis=1)
        expected, spread = (counts * chance).sum(), (counts * chance * (1 - chance)).sum()
        assert near((shop.frame["category"] == category).sum(), expected, np.sqrt(spread))


def test_position_is_independent_of_the_item_and_its_effect_is_true(shop) -> None:
    """Caught nine times in ten: an effect that is 8.8 % off, a correlation of .011."""
    frame = shop.frame
    top = frame.loc[frame["position"] == 1, "click"]
    rest = frame.loc[frame["position"] > 1, "click"]
    error = np.sqrt(top.var() / len(top) + rest.var() / len(rest))
    assert near(top.mean() - rest.mean(), shop.true_effect("position", "click"), error)
    chance = np.corrcoef(frame["position"], frame["propensity"])[0, 1]
    assert near(chance, 0.0, 1 / np.sqrt(len(frame)))


def test_effect_is_strong_and_the_naive_difference_is_wrong(shop) -> None:
    """At full size: effect at least 3 standard errors, naive bias at least 6."""
    window = shop.frame[shop.frame["time"] >= shop.promotion_date]
    users = shop.users.set_index("user_id")
    bought = window.groupby("user_id")["purchase"].max().reindex(users.index, fill_value=0)
    treated = users["promotion"] == 1
    naive = bought[treated].mean() - bought[~treated].mean()
    error = np.sqrt(
        bought[treated].var() / treated.sum() + bought[~treated].var() / (~treated).sum()
    )
    truth = shop.true_effect("promotion", "purchase")
    assert truth > 4 * error  # AIPW's error is up to 1.1 times this one
    assert naive - truth > 6.5 * error


@pytest.mark.parametrize("measure", ["any", "count"])
def test_promotion_changes_buying_as_its_truth_says(measure: str) -> None:
    """The same visits with the promotion for everybody and for nobody, drawn 40 times.

    A truth that is 7 % off ("any") or 6 % ("count") is caught nine times in ten.
    """
    shop = cr.sample_shop(seed=4, users=1_000, items=100, impressions=60_000)
    differences = []
    for seed in range(40):
        without, given = (_purchases(shop, promotion, seed) for promotion in (0, 1))
        if measure == "any":
            without, given = without > 0, given > 0
        differences.append(given.mean() - without.mean())
    error = np.std(differences) / np.sqrt(len(differences))
    truth = shop.true_effect("promotion", "purchase", measure=measure)
    assert near(np.mean(differences), truth, error)


def _purchases(shop, promotion: int, seed: int) -> np.ndarray:
    """Purchases of each user in the window, drawn anew with one promotion for all."""
    everybody = np.full(len(shop.users), promotion)
    visits = replace(shop.visits, promotion=everybody)
    rows = draw_rows(shop.world, visits, np.random.default_rng(seed))
    bought = rows.purchase[rows.in_window]
    return np.bincount(rows.visitor[rows.in_window], bought, len(everybody))


def test_segments_differ_and_average_to_the_whole(shop) -> None:
    parts = {
        s: shop.true_effect("promotion", "purchase", s) for s in shop.users["segment"].unique()
    }
    sizes = shop.users["segment"].value_counts()
    whole = sum(parts[s] * sizes[s] for s in parts) / sizes.sum()
    assert whole == pytest.approx(shop.true_effect("promotion", "purchase"))
    assert max(parts.values()) > 2 * min(parts.values())


def test_promotion_and_higher_prices_do_not_touch_clicks(shop) -> None:
    assert shop.true_effect("promotion", "click") == 0.0
    assert shop.true_effect("price", "click") == 0.0
    assert shop.true_effect("price", "purchase") < 0
