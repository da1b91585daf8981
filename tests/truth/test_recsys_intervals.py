"""Intervals of metrics cover what they claim, on lists drawn from a known world."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.core.statistics.p_values import holm
from causalrec.recsys.evaluation.cases import Asked
from causalrec.recsys.evaluation.figures import Ranked, metric_table
from causalrec.recsys.evaluation.intervals import paired_mean_rows
from causalrec.recsys.evaluation.metric_table import MetricTable, compare_metrics, verdict_of
from causalrec.recsys.interactions.segments import activity
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.metrics.item_facts import ItemFacts
from causalrec.recsys.metrics.judged import SortedScores

ITEMS, K, USERS, WORLDS = 200, 5, 200, 200
SHARE = 1.0 / (1.0 + np.arange(ITEMS))
SHARE /= SHARE.sum()
KINDS = sparse.csr_matrix(np.eye(5)[np.arange(ITEMS) % 5])
"""Five categories of items, which are their attributes, too."""
INVERSE = 1.0 / (0.1 + 0.9 * SHARE / SHARE.max())
"""1 / propensity: popular items were shown up to ten times as often."""
ABOUT = {"model": "m", "on": "test", "protocol": "given", "split": "s", "seed": 0}


def drawn(rng: np.random.Generator, users: int, flatter: float = 0.0) -> np.ndarray:
    """Lists of K different items, popular ones more often (Gumbel top-k)."""
    logits = (1.0 - flatter) * np.log(SHARE)
    keys = logits + rng.gumbel(size=(users, ITEMS))
    return np.argsort(-keys, axis=1)[:, :K]


def wanted(rng: np.random.Generator, users: int) -> sparse.csr_matrix:
    held = rng.choice(ITEMS, size=users, p=SHARE)
    return sparse.csr_matrix((np.ones(users), (np.arange(users), held)), shape=(users, ITEMS))


def taken(rng: np.random.Generator, users: int) -> sparse.csr_matrix:
    """What each user took before: ones, three different items."""
    items = drawn(rng, users)[:, :3].ravel()
    return sparse.csr_matrix(
        (np.ones(len(items)), (np.repeat(np.arange(users), 3), items)), shape=(users, ITEMS)
    )


def whole_rankings(rng: np.random.Generator, targets: sparse.csr_matrix) -> dict[str, np.ndarray]:
    """Metrics of the whole ranking, of scores that know the items' popularity."""
    scores = np.log(SHARE) + rng.gumbel(size=targets.shape)
    rows, items = targets.nonzero()
    hidden = np.zeros(len(scores))
    once = SortedScores(np.sort(scores, axis=1), rows, scores[rows, items], hidden)
    return {name: METRICS[name].of_scores(once) for name in METRICS.where(whole=True)}


def table(
    lists: np.ndarray,
    targets: sparse.csr_matrix,
    seed: int = 0,
    *,
    history: sparse.csr_matrix | None = None,
    of_ranking: dict[str, np.ndarray] | None = None,
) -> MetricTable:
    """Figures of lists; with what the users took, also of those that need to know of it."""
    n = len(lists)
    nothing = sparse.csr_matrix((n, ITEMS))
    described = nothing[:, :0].T if history is None else KINDS
    task = Asked(
        codes=np.arange(n),
        user_ids=np.arange(n),
        n_warm=n,
        history=nothing,
        seen=nothing,
        targets=targets,
        n_targets=targets.getnnz(axis=1),
        everyone=nothing,
        candidates=np.ones(ITEMS, dtype=bool),
        met=np.ones(ITEMS, dtype=bool),
        inverse=None if history is None else sparse.csr_matrix(targets.multiply(INVERSE)),
        facts=ItemFacts(
            SHARE * 1000, 1000, nothing if history is None else history, described, described
        ),
        segments=tuple(activity(np.arange(n) % 3)),
        notes=(),
    )
    return metric_table(
        task, Ranked(lists, of_ranking or {}), lengths=(K,), about={**ABOUT, "seed": seed}
    )


def test_intervals_cover() -> None:
    """200 worlds of 200 users; the truth is the mean over the worlds.

    A 95 % interval misses in Binomial(200, .05) worlds: fewer than .90 covered has a chance of
    1e-3 a metric. Of intervals that cover .85 it would catch 97 %, of .88 still 77 %. Coverage
    and Gini are judged for lists of this many users, which is what they describe. Thirds of the
    users do not differ: the gap between a third and the others is 0, and fewer than .89 of the
    600 dependent gaps covered has a chance below 1e-3 (were all three of a world alike it would
    be Binomial(200, .05) above 22: 1e-4).
    """
    rng = np.random.default_rng(11)
    names = list(METRICS)
    worlds, inside = [], []
    for _ in range(WORLDS):
        targets = wanted(rng, USERS)
        more = {"history": taken(rng, USERS), "of_ranking": whole_rankings(rng, targets)}
        figures_of_world = table(drawn(rng, USERS), targets, **more)
        rows = figures_of_world.table.set_index("metric").loc[names]
        gaps = figures_of_world.group_rows("activity", "recall", K)
        assert gaps["n"].sum() == USERS
        inside.append((gaps["gap_low"] <= 0) & (gaps["gap_high"] >= 0))
        worlds.append(rows[["value", "low", "high"]].to_numpy())
    figures = np.stack(worlds)
    truth = figures[:, :, 0].mean(axis=0)  # its own error is 1/17 of an interval's half-width
    covered = ((figures[:, :, 1] <= truth) & (truth <= figures[:, :, 2])).mean(axis=0)
    for name, share in zip(names, covered, strict=True):
        assert share >= 0.90, f"{name}: {share:.3f}"
    assert np.mean(inside) >= 0.89


def test_paired_intervals_cover_and_pairing_helps() -> None:
    """Differences of two rankers on the same users; pairing is narrower than one figure alone.

    100 worlds: fewer than .86 covered has a chance of 2e-4 a metric. Of intervals that cover .80
    it would catch 92 %, of .85 half.
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


def test_equal_models_are_rarely_called_different() -> None:
    """Five rankers as good as the base: one is called different in 5 % of the worlds at most.

    Without Holm's correction it would be about 15 %. More than 33 of 400 worlds has a chance of
    1e-3 at exactly 5 %, fewer than 8 one of 1e-3, if the correction were exact; it errs on the
    safe side since the five share their base, hence 4. Without correction it would always be
    caught; an error of 10 % in 86 of 100 runs, of 8 % in 38.
    """
    rng = np.random.default_rng(14)
    wrong = single = 0
    for world in range(400):
        chance = rng.beta(0.5, 2.0, (USERS, 1))  # some users are easy for all
        found = (rng.random((USERS, 6)) < chance).astype(float)
        rows = paired_mean_rows((found[:, [0] * 5], found[:, 1:]), ("hit_rate@5",) * 5, world)
        adjusted = holm(np.array([row["p"] for row in rows]))
        ends = [(row["low"], row["high"]) for row in rows]
        told = [verdict_of(*end, p) for end, p in zip(ends, adjusted, strict=True)]
        wrong += set(told) != {"unclear"}
        single += any(low > 0 or high < 0 for low, high in ends)
    assert 4 <= wrong <= 33
    assert single > 1.5 * wrong
