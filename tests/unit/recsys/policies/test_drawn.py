"""Lists of policies that leave something to chance: drawn, the same chance before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.words import Text
from causalrec.recsys.policies.drawn import Drawn, draws_of
from causalrec.whatif.forecasts.comparison_parts import list_rows
from causalrec.whatif.forecasts.list_figures import list_changes


class Fixed(cr.Policy):
    """The same log weights for every user."""

    def __init__(self, weights: list[float], users: int = 400) -> None:
        ids = (np.array([f"u{u}" for u in range(users)]), np.array([f"i{i}" for i in range(6)]))
        super().__init__(*ids, "fixed")
        self.weights = np.log(weights)
        self.items = pd.DataFrame(
            {"category": pd.Series(["a", None, "b", None, "a", "b"], dtype="str")}
        )
        self.users = None

    def logits(self, users):
        return np.tile(self.weights, (len(np.atleast_1d(users)), 1))


@pytest.fixture(scope="module")
def split() -> cr.Split:
    data = cr.sample_shop(users=150, items=40, impressions=6_000, seed=3).dataset()
    return cr.Split.per_user(data)


@pytest.fixture(scope="module")
def model(split):
    fitted = cr.recommender("item-knn")
    fitted.fit(split.train, valid=split.valid)
    return fitted


def test_first_places_follow_the_probabilities() -> None:
    """400 users x 20 draws: each share within 4.5 standard errors (4e-5 by chance in all)."""
    weights = np.array([0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
    policy = Fixed(list(weights))
    users = np.arange(policy.n_users)
    lists = np.concatenate([Drawn(policy, 0, d).top(users, 3) for d in range(20)])
    shares = np.bincount(lists[:, 0], minlength=6) / len(lists)
    error = np.sqrt(weights * (1 - weights) / len(lists))
    assert (np.abs(shares - weights) < 4.5 * error).all()
    second = np.mean(lists[lists[:, 0] == 0, 1] == 1)  # 0.25 of the 0.6 that is left
    assert abs(second - 0.25 / 0.6) < 4.5 * 0.5 / np.sqrt((lists[:, 0] == 0).sum())
    assert all(len(set(row)) == 3 for row in lists[:50])


def test_ties_are_never_broken_by_code() -> None:
    policy = Fixed([1 / 6] * 6)
    for lists in (Drawn(policy).top(np.arange(400), 2), policy.top(np.arange(400), 2)):
        counts = np.bincount(lists.ravel(), minlength=6)
        assert counts.min() > 90  # 133 expected, 4.5 standard errors are 47


def test_a_ranking_is_one_list_and_chance_makes_it_draws(model) -> None:
    ranked = cr.Policy.from_recommender(model, temperature=0.2, ranked=True)
    assert draws_of(ranked) == [ranked]
    some = cr.intervention("explore", epsilon=0.3).apply(ranked)
    more = cr.intervention("explore", epsilon=0.5).apply(some)
    assert more.chance == pytest.approx(1 - 0.7 * 0.5)
    users = np.arange(ranked.n_users)
    places = [np.mean(one.top(users, 5) == ranked.top(users, 5)) for one in draws_of(some, draws=4)]
    assert 0.3 < np.mean(places) < 0.75  # of the first place 0.7, later ones shift
    first = np.mean(
        [one.top(users, 5)[:, 0] == ranked.top(users, 5)[:, 0] for one in draws_of(some)]
    )
    assert first == pytest.approx(0.7 + 0.3 / 40, abs=0.07)  # 5 standard errors


@pytest.mark.parametrize("ranked", [True, False])
def test_exploring_spreads_the_lists_and_costs_accuracy(split, model, ranked) -> None:
    base = cr.Policy.from_recommender(model, temperature=0.02, ranked=ranked)
    figures = {}
    for epsilon in (0.1, 1.0):
        after = cr.intervention("explore", epsilon=epsilon).apply(base)
        rows = list_rows(base, after, split, before_name=Text("compare.before_log"), k=10)
        figures[epsilon] = {row.metric: row.change.value for row in rows}
        assert any("means over 8 lists" in str(note) for note in rows[0].assumptions)
    assert figures[1.0]["gini"] < figures[0.1]["gini"] < 0
    assert figures[1.0]["ndcg"] < figures[0.1]["ndcg"] < 0
    if ranked:
        assert figures[1.0]["coverage"] > 0


def test_a_policy_against_itself_differs_by_nothing(split, model) -> None:
    policy = cr.Policy.from_recommender(model, temperature=0.2)
    rows = list_rows(policy, policy, split, before_name=Text("compare.before_log"), k=10)
    assert all((row.change.low, row.change.high) == (0, 0) for row in rows)
    data = cr.sample_shop(users=150, items=40, impressions=6_000, seed=3).dataset()
    world = cr.fit_world(data, members=2)
    users = np.arange(150)
    for row in list_changes(world, policy, policy, users, before_name=Text("compare.before_log")):
        assert (row.change.value, row.trend) == (0, "same")


def test_evaluating_a_policy_with_chance_is_its_mean_over_draws(split, model) -> None:
    policy = cr.Policy.from_recommender(model, temperature=0.2)
    table = cr.evaluate(policy, split, k=10)
    each = [cr.evaluate(one, split, k=10).row("ndcg", 10)["value"] for one in draws_of(policy)]
    assert table.row("ndcg", 10)["value"] == pytest.approx(np.mean(each))
    assert any("8" in str(note) for note in table.notes)
    assert cr.evaluate(policy, split, k=10).table.equals(table.table)


def test_items_without_a_category_are_a_group_of_their_own() -> None:
    policy = Fixed([0.3, 0.29, 0.2, 0.19, 0.015, 0.005], users=3)
    mixed = cr.intervention("diversify", strength=0.9).apply(policy)
    order = np.argsort(-mixed.probabilities([0])[0])
    assert sorted(order[:3].tolist()) in ([0, 1, 2], [0, 2, 3])  # one of each group first
    assert mixed.probabilities([0])[0].sum() == pytest.approx(1)
    with pytest.raises(cr.CausalRecError):
        cr.intervention("boost-category", category="nan", strength=1).apply(policy)
