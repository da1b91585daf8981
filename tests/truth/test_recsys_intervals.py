"""Intervals of metrics cover what they claim, on lists drawn from a known world."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.metric_table import MetricTable, compare_metrics, metric_table

ITEMS, K, USERS, WORLDS = 200, 5, 200, 200
SHARE = 1.0 / (1.0 + np.arange(ITEMS))
SHARE /= SHARE.sum()
ABOUT = {"model": "m", "on": "test", "protocol": "given", "split": "s", "seed": 0, "notes": ()}


def drawn(rng: np.random.Generator, users: int, flatter: float = 0.0) -> np.ndarray:
    """Lists of K different items, popular ones more often (Gumbel top-k)."""
    logits = (1.0 - flatter) * np.log(SHARE)
    keys = logits + rng.gumbel(size=(users, ITEMS))
    return np.argsort(-keys, axis=1)[:, :K]


def wanted(rng: np.random.Generator, users: int) -> sparse.csr_matrix:
    held = rng.choice(ITEMS, size=users, p=SHARE)
    return sparse.csr_matrix((np.ones(users), (np.arange(users), held)), shape=(users, ITEMS))


def table(lists: np.ndarray, targets: sparse.csr_matrix) -> MetricTable:
    return metric_table(
        lists,
        targets,
        targets.getnnz(axis=1),
        lengths=(K,),
        item_counts=SHARE * 1000,
        known_users=1000,
        user_ids=np.arange(len(lists)),
        about=ABOUT,
    )


def test_intervals_cover() -> None:
    """200 worlds of 200 users; the truth is the mean over the worlds.

    A 95 % interval misses in Binomial(200, .05) worlds: fewer than .90 covered has a chance of
    1e-3 a metric. Coverage and Gini are judged for lists of this many users, which is what
    they describe.
    """
    rng = np.random.default_rng(11)
    names = ["recall", "ndcg", "mrr", "hit_rate", "novelty", "coverage", "gini"]
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
