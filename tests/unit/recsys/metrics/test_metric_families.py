"""Metrics against sklearn and slow versions written from their definitions; groups; Holm."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import causalrec as cr
from causalrec.core.statistics.bootstrap import drawn_means, resamples
from causalrec.core.statistics.p_values import holm
from causalrec.recsys.arrays.topk import best, best_of_sorted
from causalrec.recsys.interactions.segments import segments_of
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.metrics.accuracy.auc import auc_of_sorted, places_below
from causalrec.recsys.metrics.accuracy.debiased_recall import debiased_recall
from causalrec.recsys.metrics.item_facts import ItemFacts, listed_matrix
from causalrec.recsys.metrics.judged import Judged, hits
from causalrec.recsys.metrics.spread.coverage import coverage_covariance

N, ITEMS = 40, 60


def world(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores (with ties) and relevance, one relevant item a user at least."""
    rng = np.random.default_rng(seed)
    relevant = rng.random((N, ITEMS)) < 0.08
    relevant[np.arange(N), rng.integers(0, ITEMS, N)] = True
    return rng.integers(0, 40, (N, ITEMS)).astype(np.float32), relevant


def judged(scores: np.ndarray, relevant: np.ndarray, k: int) -> Judged:
    lists = best(scores, k)
    places = hits(lists, sparse.csr_matrix(relevant.astype(float)))
    return Judged(places, relevant.sum(axis=1), np.full(N, ITEMS))


def test_classification_metrics_agree_with_sklearn() -> None:
    from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

    scores, relevant = world()
    lists = best(scores, 8)
    shown = np.zeros_like(relevant)
    np.put_along_axis(shown, lists, True, axis=1)
    at_eight = judged(scores, relevant, 8)
    pairs = {
        METRICS["precision"]: precision_score,
        METRICS["recall"]: recall_score,
        METRICS["f1"]: f1_score,
        METRICS["accuracy"]: accuracy_score,
    }
    for mine, theirs in pairs.items():
        expected = [theirs(r, s) for r, s in zip(relevant, shown, strict=True)]
        np.testing.assert_allclose(mine.of(at_eight), expected, atol=1e-12)


def test_average_precision_agrees_with_sklearn_and_recbole() -> None:
    from sklearn.metrics import average_precision_score

    scores, relevant = world(1)
    scores += np.random.default_rng(0).random(scores.shape).astype(np.float32) * 0.5  # no ties
    whole = METRICS["map"].of(judged(scores, relevant, ITEMS))
    expected = [average_precision_score(r, s) for r, s in zip(relevant, scores, strict=True)]
    np.testing.assert_allclose(whole, expected)
    # RecBole: cumulated precision at the hits, over min(k, held-out items).
    short = judged(scores, relevant, 10)
    for row, hit in enumerate(short.hits):
        total = sum(hit[: i + 1].mean() for i in range(10) if hit[i])
        slow = total / min(10, relevant[row].sum())
        assert METRICS["map"].of(short)[row] == pytest.approx(slow)


def test_auc_agrees_with_sklearn() -> None:
    """Ties count a half, known items do not compete."""
    from sklearn.metrics import roc_auc_score

    scores, relevant = world(2)
    hidden = (np.random.default_rng(1).random(relevant.shape) < 0.2) & ~relevant
    shown = np.where(hidden, -np.inf, scores)
    held = sparse.csr_matrix(relevant.astype(float))
    rows = np.repeat(np.arange(N), np.diff(held.indptr))
    ordered = np.sort(shown, axis=1)
    mine = auc_of_sorted(ordered, rows, shown[rows, held.indices], hidden.sum(axis=1))
    for row in range(N):
        rest = ~hidden[row]
        expected = roc_auc_score(relevant[row][rest], scores[row][rest])
        assert mine[row] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_array_equal(best_of_sorted(shown, ordered, 7), best(shown, 7))


def test_auc_at_the_edges() -> None:
    ordered = np.array([[-np.inf, 1.0, 2.0], [5.0, 5.0, 5.0]])
    values = auc_of_sorted(ordered, np.array([1]), np.array([5.0]), np.array([1, 0]))
    np.testing.assert_allclose(values, [0.5, 0.5])  # no target; all alike
    never = auc_of_sorted(ordered[:1], np.array([0]), np.array([-np.inf]), np.array([0]))
    assert never[0] == 0.0


@pytest.mark.parametrize("width", [1, 2, 3, 7, 8, 9, 100])
def test_places_below_is_searchsorted(width: int) -> None:
    rng = np.random.default_rng(width)
    ordered = np.sort(rng.integers(0, 9, (5, width)).astype(float), axis=1)
    rows, values = rng.integers(0, 5, 50), rng.integers(-1, 10, 50).astype(float)
    expected = [np.searchsorted(ordered[r], v) for r, v in zip(rows, values, strict=True)]
    np.testing.assert_array_equal(places_below(ordered, rows, values), expected)


def item_facts(seed: int = 0, categories: int = 5) -> ItemFacts:
    rng = np.random.default_rng(seed)
    grouped = (rng.random((ITEMS, categories)) < 0.35).astype(np.float32)
    grouped[0] = 0.0  # nothing is known of it
    history = (rng.random((N, ITEMS)) < 0.1).astype(np.float32)
    history[1] = 0.0
    return ItemFacts(
        counts=rng.integers(0, 30, ITEMS),
        users=200,
        history=sparse.csr_matrix(history),
        attributes=sparse.csr_matrix(grouped),
        categories=sparse.csr_matrix(grouped),
    )


def test_diversity_by_its_definition() -> None:
    facts, lists = item_facts(), best(world(3)[0], 6)
    lists[2, 3:] = -1
    features = facts.attributes.toarray()
    slow = []
    for row in lists:
        described = [features[i] for i in row if i >= 0 and features[i].any()]
        apart = [
            1 - a @ b / np.sqrt((a @ a) * (b @ b)) for a, b in itertools.combinations(described, 2)
        ]
        slow.append(np.mean(apart) if apart else 0.0)
    np.testing.assert_allclose(METRICS["diversity"].of(lists, facts), slow, atol=1e-6)
    assert METRICS["diversity"].of(lists, item_facts(categories=0)) is None


def test_miscalibration_by_its_definition() -> None:
    facts, lists = item_facts(), best(world(4)[0], 6)
    grouped, history = facts.categories.toarray(), facts.history.toarray()

    def shares(items: np.ndarray) -> np.ndarray:
        parts = [grouped[i] / grouped[i].sum() for i in items if grouped[i].any()]
        total = np.sum(parts, axis=0) if parts else np.zeros(grouped.shape[1])
        return total / total.sum() if total.sum() else total

    slow = []
    for row, own in zip(lists, history, strict=True):
        p, q = shares(np.flatnonzero(own)), shares(row[row >= 0])
        smooth = 0.99 * q + 0.01 * p
        slow.append(sum(a * np.log(a / b) for a, b in zip(p, smooth, strict=True) if a > 0))
    np.testing.assert_allclose(METRICS["miscalibration"].of(lists, facts), slow, atol=1e-6)
    assert slow[1] == 0.0  # without a history there is nothing to be calibrated to
    assert METRICS["miscalibration"].of(lists, item_facts(categories=0)) is None


def test_popularity_by_its_definition() -> None:
    facts, lists = item_facts(), best(world(5)[0], 6)
    history = facts.history.toarray() > 0
    own = [facts.counts[row].mean() if row.any() else np.nan for row in history]
    expected = np.nan_to_num(facts.counts[lists].mean(axis=1) / own - 1.0)
    np.testing.assert_allclose(METRICS["popularity_lift"].of(lists, facts), expected, rtol=1e-6)
    head = np.argsort(-facts.counts, kind="stable")[:12]
    np.testing.assert_allclose(
        METRICS["long_tail"].of(lists, facts), (~np.isin(lists, head)).mean(axis=1)
    )


def test_debiased_recall_is_a_ratio_with_the_spread_of_one() -> None:
    rng = np.random.default_rng(6)
    whole = rng.gamma(2.0, 1.0, 400)
    found = whole * (rng.random(400) < 0.4)
    values = debiased_recall(found, whole)
    assert values.mean() == pytest.approx(found.sum() / whole.sum())
    ratios = [
        (counts @ found) / (counts @ whole) for counts in resamples(400, 4_000, rng)
    ]  # the bootstrap of the ratio itself; its error is 1.1 %
    assert values.std() / 20 == pytest.approx(np.concatenate(ratios).std(), rel=0.06)
    assert (debiased_recall(np.zeros(3), np.zeros(3)) == 0).all()


def test_coverage_spread_is_the_bootstraps() -> None:
    """The closed form against 20,000 resamples: their standard errors have an error of .5 %."""
    rng = np.random.default_rng(7)
    share = 1.0 / (1.0 + np.arange(ITEMS))
    for n in (30, 200):
        lists = [
            np.argsort(-(power * np.log(share) + rng.gumbel(size=(n, ITEMS))), axis=1)[:, :4]
            for power in (1.0, 1.2)
        ]
        made = [sparse.csr_matrix(listed_matrix(one, ITEMS)) for one in lists]
        drawn = np.zeros((2, 20_000))
        counts = np.concatenate(list(resamples(n, 20_000, rng)))
        for i, one in enumerate(made):
            drawn[i] = ((counts @ one.toarray()) > 0).mean(axis=1)
        expected = np.cov(drawn)
        for i, j in ((0, 0), (1, 1), (0, 1)):
            found = coverage_covariance(made[i], made[j])
            assert found == pytest.approx(expected[i, j], rel=0.08, abs=2e-6)


def test_groups_are_drawn_with_the_users() -> None:
    rng = np.random.default_rng(8)
    values, member = rng.normal(size=(300, 2)), rng.random(300) < 0.3
    means = drawn_means(values, np.stack([member, ~member], axis=1), 2_000, rng)
    errors = [values[some].std() / np.sqrt(some.sum()) for some in (member, ~member)]
    np.testing.assert_allclose(means.groups.std(axis=0)[:, 0], errors, rtol=0.15)
    np.testing.assert_allclose(means.gaps[:, 0], -means.gaps[:, 1], atol=1e-5)
    np.testing.assert_allclose(
        means.gaps.mean(axis=0)[0],
        values[member].mean(axis=0) - values[~member].mean(axis=0),
        atol=0.02,
    )


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm(np.array([0.9, 0.8])), [1.0, 1.0])


def test_segments_are_categories_or_activity() -> None:
    table = pd.DataFrame(
        {
            "kind": ["a", "b", None, "a"] * 10,
            "many": np.arange(40),
            "one": ["x"] * 40,
            "rare": ["r"] * 2 + ["s"] * 38,
        }
    )
    segments = segments_of(table, np.arange(40))
    assert [(one.by, one.groups) for one in segments] == [("kind", ("a", "b"))]
    assert segments[0].members.sum(axis=0).tolist() == [20, 10]
    (by_activity,) = segments_of(None, np.arange(40))
    assert by_activity.groups == ("low", "middle", "high")
    assert by_activity.members[0].tolist() == [True, False, False]
    assert segments_of(None, np.full(40, 3)) == []


def log(users: int = 60, cold: bool = True) -> cr.Split:
    """Two groups of users with tastes of their own; some users and items only in the test."""
    rng = np.random.default_rng(9)
    rows = [
        (f"u{u}", f"i{i}", t)
        for u in range(users)
        for t, i in enumerate(rng.choice(np.arange(u % 2, 30, 2), 8, replace=False))
    ]
    frame = pd.DataFrame(rows, columns=["u", "i", "t"])
    test = frame[frame["t"] >= 6]
    if cold:
        new = [(f"new{u}", f"i{u % 30}", 9) for u in range(12)]
        new += [(f"u{u}", "unmet", 9) for u in range(20)]
        test = pd.concat([test, pd.DataFrame(new, columns=["u", "i", "t"])])
    mapping = cr.ColumnMapping(user="u", item="i")
    everyone = sorted(set(test["u"]) | set(frame["u"]))
    people = pd.DataFrame({"u": everyone, "half": [int(u.strip("newu")) % 2 for u in everyone]})
    items = pd.DataFrame({"i": [f"i{i}" for i in range(30)], "category": ["even", "odd"] * 15})
    made = [
        cr.Dataset.from_frame(part, mapping, users=people, items=items)
        for part in (frame[frame["t"] < 6], test)
    ]
    return cr.Split.given(*made)


def test_groups_of_users_and_items_are_told_apart() -> None:
    split = log()
    model = cr.recommender("ease", regularization=5.0)
    model.fit(split.train)
    table = cr.evaluate(model, split, k=5)
    assert table.groupings == ("half", "user", "item")
    halves = table.group_rows("half", "recall")
    per_user = table.per_user.set_index("user")["recall@5"]
    odd = [int(name.strip("u")) % 2 == 1 for name in per_user.index]
    expected = [per_user[~np.array(odd)].mean(), per_user[odd].mean()]
    np.testing.assert_allclose(halves["value"], expected)
    np.testing.assert_allclose(
        halves["gap"], [expected[0] - expected[1], expected[1] - expected[0]]
    )
    assert (halves["low"] < halves["value"]).all()
    users = table.group_rows("user", "recall")
    assert users.set_index("group")["n"].to_dict() == {"warm": 60, "cold": 12}
    assert users["value"][0] == pytest.approx(table.row("recall")["value"])
    items = table.group_rows("item", "recall").set_index("group")
    assert items["n"].to_dict() == {"warm": 60, "cold": 20}
    assert items["value"]["cold"] < items["value"]["warm"]
    assert {"diversity", "miscalibration", "auc"} <= set(table.table["metric"])
    again = type(table).model_validate_json(table.model_dump_json())
    pd.testing.assert_frame_equal(again.groups, table.groups)


def test_cold_items_compete_among_themselves() -> None:
    split = cr.Split.cold_items(log(cold=False).train, 0.3, seed=0)
    model = cr.recommender("random")
    model.fit(split.train, split.valid)
    table = cr.evaluate(model, split, k=(3, 50))
    n = int(split.candidates.sum())
    assert table.n_items == n == 9
    assert set(table.lists.ravel()) == {*range(-1, n)}
    assert (table.per_user["recall@50"] == 1.0).all()
    assert table.row("coverage", 50)["value"] == 1.0
    assert "9" in " ".join(table.notes)
    # On validation everything competes, as while the model is chosen.
    assert cr.evaluate(model, split, on="valid").n_items == 30


def test_held_out_propensities_give_debiased_recall() -> None:
    split = log(cold=False)
    frame = split.test.frame.assign(propensity=np.where(split.test.frame["item"] % 2, 0.5, 0.1))
    split = cr.Split(split.train, split.test.with_frame(frame), None, "given", split.note)
    model = cr.recommender("ease", regularization=5.0)
    model.fit(split.train)
    table = cr.evaluate(model, split, k=5)
    weights = 1.0 / frame["propensity"].to_numpy()
    names = np.asarray(split.test.user_ids)[frame["user"]]
    shown = {
        user: set(row[row >= 0].astype(int))
        for user, row in zip(table.per_user["user"], table.lists, strict=True)
    }
    found = [item in shown[user] for user, item in zip(names, frame["item"], strict=True)]
    expected = weights[found].sum() / weights.sum()
    assert table.row("debiased_recall", 5)["value"] == pytest.approx(expected)
    assert abs(expected - table.row("recall", 5)["value"]) > 0.005
