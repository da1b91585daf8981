"""What evaluating costs: 6,040 users x 3,416 items, two list lengths, scoring aside.

Run ``python tests/benchmarks/evaluation.py``. The log is made up (the size of MovieLens 1M,
seed 0), the scores are given, so that only the evaluation is measured: CPU-seconds, medians of
three runs on one thread. Beside it stand a plain loop over users, as evaluations are usually
written, and the evaluators of irspack and lenskit where these are installed (NDCG, recall,
precision, MAP and hit rate at two lengths; ours adds nine more metrics, groups of users and
all intervals). The lists of all must agree on NDCG@10.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
import pandas as pd
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import causalrec as cr
from causalrec.recsys.evaluation.cases import asked
from causalrec.recsys.recommenders.popularity import Popularity

USERS, ITEMS, EACH, LENGTHS = 6_040, 3_416, 165, (10, 20)
LIMIT = 0.5
YARDSTICK = "sorting every row"


class Given(Popularity):
    """Scores that are there already."""

    scores: np.ndarray

    def _score(self, users: np.ndarray, history: sparse.csr_matrix) -> np.ndarray:
        return self.scores[users]


def made_up() -> tuple[cr.Split, np.ndarray]:
    """A log with popular and unpopular items, a tenth of each user's rows held out; scores."""
    rng = np.random.default_rng(0)
    taste = (-1.0 * np.log1p(np.arange(ITEMS))).astype(np.float32)
    scores = taste + 1.5 * rng.standard_normal((USERS, ITEMS), dtype=np.float32)
    keys = scores + rng.gumbel(size=(USERS, ITEMS)).astype(np.float32)
    items = np.argpartition(-keys, EACH, axis=1)[:, :EACH]
    frame = pd.DataFrame({"u": np.repeat(np.arange(USERS), EACH), "i": items.ravel()})
    people = pd.DataFrame({"u": np.arange(USERS), "group": rng.integers(0, 7, USERS).astype(str)})
    genres = rng.integers(0, 18, ITEMS).astype(str)
    things = pd.DataFrame({"i": np.arange(ITEMS), "category": genres})
    mapping = cr.ColumnMapping(user="u", item="i")
    data = cr.Dataset.from_frame(frame, mapping, users=people, items=things)
    return cr.Split.per_user(data, seed=0), scores


def plain_loop(scores: np.ndarray, known: sparse.csr_matrix, held: sparse.csr_matrix) -> float:
    """One user at a time: mask, sort, walk down the list; mean NDCG@10 of all metrics made."""
    found = []
    for user in range(USERS):
        row = scores[user].copy()
        row[known[user].indices] = -np.inf
        ranked = np.argsort(-row, kind="stable")[: max(LENGTHS)]
        relevant = set(held[user].indices.tolist())
        hits = np.array([item in relevant for item in ranked], dtype=float)
        figures = []
        for k in LENGTHS:
            gain = (hits[:k] / np.log2(np.arange(2, k + 2))).sum()
            ideal = (1.0 / np.log2(np.arange(2, min(k, len(relevant)) + 2))).sum()
            so_far = np.cumsum(hits[:k]) / np.arange(1, k + 1)
            precise = (so_far * hits[:k]).sum() / min(k, len(relevant))
            figures += [gain / ideal, hits[:k].sum() / len(relevant), hits[:k].mean(), precise]
            figures.append(float(hits[:k].any()))
        found.append(figures)
    return float(np.mean(found, axis=0)[0])


def irspack(scores: np.ndarray, known: sparse.csr_matrix, held: sparse.csr_matrix) -> float:
    """irspack's evaluator on the same scores (its recommender is a table of them)."""
    from irspack.evaluation import EvaluatorWithColdUser
    from irspack.recommenders.base import BaseRecommender

    class Table(BaseRecommender):
        at = 0

        def _learn(self) -> None:
            pass

        def get_score(self, user_indices: np.ndarray) -> np.ndarray:
            return scores[user_indices].astype(np.float64)

        def get_score_cold_user(self, history: sparse.csr_matrix) -> np.ndarray:
            start = self.at
            self.at = (self.at + history.shape[0]) % USERS
            return scores[start : start + history.shape[0]].astype(np.float64)

    model = Table(known)
    model.at = 0
    made = EvaluatorWithColdUser(known, held, cutoff=10, n_threads=1)
    return float(made.get_scores(model, list(LENGTHS))["ndcg@10"])


def lenskit(scores: np.ndarray, known: sparse.csr_matrix, held: sparse.csr_matrix) -> float:
    """lenskit's measures on lists; its lists are made by a partition of the masked scores."""
    from lenskit.data import ItemList, ItemListCollection
    from lenskit.metrics import NDCG, Hit, Precision, Recall, RunAnalysis

    lists, truth = ItemListCollection(["user_id"]), ItemListCollection(["user_id"])
    for user in range(USERS):
        row = scores[user].copy()
        row[known[user].indices] = -np.inf
        top = np.argpartition(-row, max(LENGTHS))[: max(LENGTHS)]
        top = top[np.argsort(-row[top])]
        lists.add(ItemList(item_ids=top, scores=row[top], ordered=True), user_id=user)
        truth.add(ItemList(item_ids=held[user].indices), user_id=user)
    asked_for = RunAnalysis()
    for k in LENGTHS:
        for metric in (NDCG, Recall, Precision, Hit):
            asked_for.add_metric(metric(k))
    return float(asked_for.measure(lists, truth).list_summary().loc["NDCG@10", "mean"])


def cpu(work: Callable[[], float], runs: int = 3) -> tuple[float, float]:
    """Median CPU-seconds, and what the work found."""
    times, found = [], 0.0
    for _ in range(runs):
        started = time.process_time()
        found = work()
        times.append(time.process_time() - started)
    return statistics.median(times), found


def main() -> int:
    """Print the table; 1 where the limit or an agreement is missed."""
    split, scores = made_up()
    model = Given()
    model.fit(split.train)
    model.scores = scores
    task = asked(model, split, "test")
    known, held = task.history, task.targets

    def score_only() -> float:
        for start in range(0, USERS, 780):
            model.score(task.codes[start : start + 780], known[start : start + 780])
        return 0.0

    rows = {YARDSTICK: cpu(lambda: float(np.sort(scores, axis=1)[0, 0]))}
    rows["looking scores up"] = cpu(score_only)
    rows["causalrec, who is asked"] = cpu(lambda: float(asked(model, split, "test").n_warm))
    ours = cpu(lambda: cr.evaluate(model, split, k=LENGTHS).row("ndcg", 10)["value"])
    rows["causalrec"] = (ours[0] - rows["looking scores up"][0], ours[1])
    rows["a plain loop"] = cpu(lambda: plain_loop(scores, known, held), 1)
    for peer in (irspack, lenskit):
        try:
            rows[peer.__name__] = cpu(lambda run=peer: run(scores, known, held), 1)
        except ImportError as missing:
            print(f"left out: {peer.__name__} ({missing})")
    print(f"{USERS:,} users x {ITEMS:,} items, {held.nnz:,} held out, seed 0, one thread")
    print(f"{'':26}{'CPU-s':>8}{'ratio to ours':>15}{'NDCG@10':>10}")
    agree = True
    for name, (seconds, found) in rows.items():
        compared = name not in {"looking scores up", "causalrec, who is asked", YARDSTICK}
        shown = f"{found:10.6f}" if compared else ""
        print(f"{name:26}{seconds:8.3f}{seconds / rows['causalrec'][0]:15.2f}{shown}")
        agree = agree and (not compared or abs(found - ours[1]) < 1e-6)
    print(f"limit {LIMIT} CPU-s aside from scoring; all agree: {agree}")
    return int(rows["causalrec"][0] > LIMIT or not agree)


if __name__ == "__main__":
    sys.exit(main())
