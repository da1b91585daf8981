"""The shop's truths against what happens in its log, and against a count by hand."""

from __future__ import annotations

import numpy as np
import pytest

import causalrec as cr


@pytest.fixture(scope="module")
def shop():
    return cr.sample_shop(seed=11)


def near(mean: float, truth: float, error: float) -> bool:
    """Within 4.5 standard errors: one comparison fails by chance with probability 7e-6."""
    return abs(mean - truth) < 4.5 * error


@pytest.mark.parametrize("outcome", ["click", "purchase"])
def test_the_log_earns_its_policys_value(shop, outcome: str) -> None:
    seen = shop.frame[outcome].to_numpy()
    truth = shop.true_value(shop.logging_policy(), outcome)
    assert near(seen.mean(), truth, seen.std() / np.sqrt(len(seen)))


def test_value_of_a_policy_is_the_mean_over_users_positions_and_items() -> None:
    small = cr.sample_shop(seed=2, users=30, items=12, impressions=600)
    world, shares = small.world, np.random.default_rng(0).dirichlet(np.ones(12), 30)
    total = 0.0
    for row in small.frame.itertuples():
        user = int(row.user_id[1:]) - 1
        users, items = np.full(12, user), np.arange(12)
        promoted = np.full(12, row.promotion * (row.time >= small.promotion_date))
        bought = world.liking(users, items) * world.buying(users, promoted, items)
        total += world.examination.mean() * float(shares[user] @ (bought * world.items.price))
    assert small.true_value(shares, "revenue") == pytest.approx(total / len(small.frame))


def test_items_are_shown_as_often_as_the_policy_says(shop) -> None:
    """Share of each category among the impressions, ten comparisons: 7e-5 by chance."""
    policy = shop.logging_policy()
    counts = shop.visits.before + shop.visits.window
    for category, rows in shop.items.groupby("category").groups.items():
        chance = policy.probabilities(np.arange(len(counts)))[:, list(rows)].sum(axis=1)
        expected, spread = (counts * chance).sum(), (counts * chance * (1 - chance)).sum()
        assert near((shop.frame["category"] == category).sum(), expected, np.sqrt(spread))


def test_position_is_independent_of_the_item_and_its_effect_is_true(shop) -> None:
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


def test_promotion_changes_buying_as_its_truth_says() -> None:
    """Mean over draws of a score that knows the assignment's and the outcome's laws.

    60 draws of 500 users; four and a half standard errors: 7e-6 by chance.
    """
    shop = cr.sample_shop(seed=4, users=1_000, items=100, impressions=60_000)
    differences = []
    for seed in range(60):
        frame, truth = shop.draw_users(seed)
        near_twins = frame.groupby(
            [np.round(np.log(frame["activity"] + 1) * 2), np.round(np.log1p(frame["past_spend"]))]
        )
        cells = near_twins.apply(_cell).dropna()
        differences.append(np.average(cells.str[0], weights=cells.str[1]) - truth)
    gap = np.asarray(differences)
    # Cells are wide, so a little confounding stays: allow 15 % of the effect beside chance.
    assert abs(gap.mean()) < 0.15 * 0.12 + 4.5 * gap.std() / np.sqrt(len(gap))


def _cell(rows):
    treated = rows["promotion"] == 1
    if treated.all() or not treated.any():
        return None
    purchase = rows["purchase"]
    return purchase[treated].mean() - purchase[~treated].mean(), len(rows)


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
