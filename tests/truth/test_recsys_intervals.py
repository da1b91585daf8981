"""Intervals of metrics cover what they claim, on lists drawn from a known world."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.held_out import Asked
from causalrec.recsys.leaderboard import leaderboard
from causalrec.recsys.measuring import metric_table
from causalrec.recsys.metric_table import MetricTable, compare_metrics
from causalrec.recsys.metrics.listed import Shelf
from causalrec.recsys.segments import activity

ITEMS, K, USERS, WORLDS = 200, 5, 200, 200
SHARE = 1.0 / (1.0 + np.arange(ITEMS))
SHARE /= SHARE.sum()
ABOUT = {"model": "m", "on": "test", "protocol": "given", "split": "s", "seed": 0}


def drawn(rng: np.random.Generator, users: int, flatter: float = 0.0) -> np.ndarray:
    """Lists of K different items, popular ones more often (Gumbel top-k)."""
    logits = (1.0 - flatter) * np.log(SHARE)
    keys = logits + rng.gumbel(size=(users, ITEMS))
    return np.argsort(-keys, axis=1)[:, :K]


def wanted(rng: np.random.Generator, users: int) -> sparse.csr_matrix:
    held = rng.choice(ITEMS, size=users, p=SHARE)
    return sparse.csr_matrix((np.ones(users), (np.arange(users), held)), shape=(users, ITEMS))


def table(lists: np.ndarray, targets: sparse.csr_matrix, seed: int = 0) -> MetricTable:
    n = len(lists)
    nothing = sparse.csr_matrix((n, ITEMS))
    task = Asked(
        codes=np.arange(n),
        user_ids=np.arange(n),
        n_warm=n,
        history=nothing,
        targets=targets,
        n_targets=targets.getnnz(axis=1),
        everyone=nothing,
        candidates=np.ones(ITEMS, dtype=bool),
        met=np.ones(ITEMS, dtype=bool),
        inverse=None,
        shelf=Shelf(SHARE * 1000, 1000, nothing, nothing[:, :0].T, nothing[:, :0].T),
        segments=tuple(activity(np.arange(n) % 3)),
        notes=(),
    )
    return metric_table(task, (lists, None), lengths=(K,), about={**ABOUT, "seed": seed})


def test_intervals_cover() -> None:
    """200 worlds of 200 users; the truth is the mean over the worlds.

    A 95 % interval misses in Binomial(200, .05) worlds: fewer than .90 covered has a chance of
    1e-3 a metric. Coverage and Gini are judged for lists of this many users, which is what
    they describe.
    """
    rng = np.random.default_rng(11)
    names = ["precision", "f1", "map", "novelty", "long_tail"]
    names += ["recall", "ndcg", "mrr", "hit_rate", "coverage", "gini"]
    found = []
    for _ in range(WORLDS):
        rows = table(drawn(rng, USERS), wanted(rng, USERS)).table.set_index("metric").loc[names]
        found.append(rows[["value", "low", "high"]].to_numpy())
    figures = np.stack(found)
    truth = figures[:, :, 0].mean(axis=0)  # its own error is 1/17 of an interval's half-width
    covered = ((figures[:, :, 1] <= truth) & (truth <= figures[:, :, 2])).mean(axis=0)
    for name, share in zip(names, covered, strict=True):
        assert share >= 0.90, f"{name}: {share:.3f}"


def test_paired_intervals_cover_and_pairing_helps() -> None:
    """Differences of two rankers on the same users; pairing is narrower than one figure alone.

    100 worlds: fewer than .86 covered has a chance of 2e-4 a metric.
    """
    rng = np.random.default_rng(12)
    names = ["recall", "ndcg", "coverage", "gini"]
    found, widths = [], []
    for _ in range(100):
        targets = wanted(rng, USERS)
        first = drawn(rng, USERS)
        second = first.copy()
        changed = rng.random(USERS) < 0.3
        second[changed] = drawn(rng, int(changed.sum()), flatter=0.8)
        a, b = table(first, targets), table(second, targets)
        rows = compare_metrics(a, b).table.set_index("metric").loc[names]
        found.append(rows[["value", "low", "high"]].to_numpy())
        ends = (rows.loc["recall"], a.row("recall"))
        widths.append([row["high"] - row["low"] for row in ends])
    figures = np.stack(found)
    truth = figures[:, :, 0].mean(axis=0)
    covered = ((figures[:, :, 1] <= truth) & (truth <= figures[:, :, 2])).mean(axis=0)
    for name, share in zip(names, covered, strict=True):
        assert share >= 0.86, f"{name}: {share:.3f}"
    paired, single = np.mean(widths, axis=0)
    assert paired < single


def test_intervals_of_groups_cover() -> None:
    """Thirds of the users that do not differ: the gap between a third and the others is 0.

    150 worlds, three dependent gaps each: fewer than .89 of the 450 covered has a chance below
    1e-3 (were all three of a world alike it would be Binomial(150, .05) above 16: 6e-4).
    """
    rng = np.random.default_rng(13)
    covered = []
    for _ in range(150):
        made = table(drawn(rng, USERS), wanted(rng, USERS))
        gaps = made.group_rows("activity", "recall", K)
        assert gaps["n"].sum() == USERS
        covered.append((gaps["gap_low"] <= 0) & (gaps["gap_high"] >= 0))
    assert np.mean(covered) >= 0.89


def test_equal_models_are_rarely_called_different() -> None:
    """Five rankers as good as the base: one is called different in 5 % of the worlds at most.

    Without Holm's correction it would be about 15 %. More than 24 of 250 worlds has a chance of
    6e-4 at exactly 5 %; more than 8 are expected (12.5), fewer than 2 have a chance of 1e-4.
    """
    rng = np.random.default_rng(14)
    wrong = single = 0
    for world in range(250):
        targets = wanted(rng, USERS)
        tables = {f"m{i}": table(drawn(rng, USERS), targets, seed=world) for i in range(6)}
        board = leaderboard(tables)
        wrong += bool(board.at("recall", K)["verdict"].isin(["higher", "lower"]).any())
        rows = board.differences[board.differences["metric"] == "recall"]
        single += bool(((rows["low"] > 0) | (rows["high"] < 0)).any())
    assert 2 <= wrong <= 24
    assert single > wrong
