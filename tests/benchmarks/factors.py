"""Speed of neighbours, linear and factor models against specialists, in one process.

Run ``PYTHONPATH=FOLDER python tests/benchmarks/factors.py [part …]`` with the peers of
``peers.txt`` in FOLDER; a peer that is missing is left out. One thread throughout, CPU-seconds,
the median of three runs with seeds 0, 1, 2 unless said. Real data: MovieLens 100K, r811 split.
Ratios below 1 mean that we are faster.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import movielens

import causalrec as cr
from causalrec.recsys.arrays.topk import best, hide
from causalrec.recsys.interactions.interaction_matrix import of_dataset, positives
from causalrec.recsys.metrics.accuracy.ndcg import ndcg_of_lists

EPOCHS = 16


def median(work: Callable[[int], Any], times: int = 3) -> tuple[float, Any]:
    """Median CPU-seconds of ``work(seed)``, and what the last run gave."""
    taken, made = [], None
    for seed in range(times):
        started = time.process_time()
        made = work(seed)
        taken.append(time.process_time() - started)
    return float(np.median(taken)), made


def peer(module: str, name: str) -> Any:
    """Something of a peer, None where it is not installed."""
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        print(f"  (left out: {module}: {error})")
        return None


def line(what: str, seconds: float, base: float | None = None, note: str = "") -> None:
    """One row of the table."""
    ratio = "" if base is None else f"{seconds / base:8.2f}"
    print(f"  {what:44}{seconds:9.3f}{ratio:>8}  {note}", flush=True)


def yardstick(_: Any) -> None:
    """What one core does here and now."""
    import torch

    a = torch.rand(1_500, 1_500)
    seconds, _made = median(lambda _: [a @ a for _ in range(5)])
    print(f"  matrix product {5 * 2 * 1_500**3 / seconds / 1e9:.0f} GFLOP/s (fp32)", end=", ")
    big = np.ones(25_000_000, dtype=np.float64)
    seconds, _made = median(lambda _: big.copy())
    print(f"copy {2 * big.nbytes / seconds / 1e9:.1f} GB/s")


def real() -> SimpleNamespace:
    """The r811 split, its training matrix and a judge of scores on validation."""
    where = movielens.folder()
    if where is None:
        print("skipped: the MovieLens splits are not here")
        sys.exit(int(os.environ.get("CI") == "true"))
    split = movielens.read_split(where / "r811")
    taken = sparse.csr_matrix(positives(split.train))
    ids = (np.asarray(split.train.user_ids), np.asarray(split.train.item_ids))
    held = of_dataset(split.valid, ids)
    users = np.flatnonzero(held.getnnz(axis=1) > 0)

    def ndcg(scores: np.ndarray) -> str:
        lists = best(hide(scores[users], taken[users]), 10)
        return f"validation NDCG@10 {ndcg_of_lists(lists, held[users]).mean():.4f}"

    return SimpleNamespace(split=split, taken=taken, ndcg=ndcg, users=np.arange(taken.shape[0]))


def fitted(data: SimpleNamespace, name: str, **params: Any) -> Callable[[int], Any]:
    """A fit of ours without validation, as `median` wants it."""

    def work(seed: int) -> Any:
        model = cr.recommender(name, **params)
        model.fit(data.split.train, seed=seed, device="cpu")
        return model

    return work


def ease(_: SimpleNamespace) -> None:
    """As many users, items and interactions as MovieLens 1M, popularity skewed."""
    from scipy.linalg import lapack

    rng = np.random.default_rng(0)
    users, n = 6_040, 3_416
    share = (10.0 + np.arange(n)) ** -0.9
    rows = rng.choice(users, 1_100_000, p=_skewed(rng, users))
    items = rng.choice(n, 1_100_000, p=share / share.sum())
    pairs = np.unique(rows.astype(np.int64) * n + items)
    ones = np.ones(len(pairs), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (pairs // n, pairs % n)), shape=(users, n))
    from causalrec.core.progress import silent
    from causalrec.recsys.learning.training_loop import FitJob

    gram = np.asfortranarray((matrix.T @ matrix).toarray().astype(float) + 800 * np.eye(n))

    def bare(_: int) -> Any:
        factor, _info = lapack.dpotrf(gram, lower=1, clean=0)
        return lapack.dpotri(factor, lower=1, overwrite_c=1)

    base, _made = median(bare)
    model = cr.recommender("ease")
    ours, _made = median(lambda _: model._fit(FitJob(matrix, None, 0, "cpu", silent)))
    line(f"LAPACK dpotrf + dpotri, n = {n:,}", base)
    line(f"EASE, counting {matrix.nnz:,} pairs included", ours, base, "limit 1.3")


def _skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    drawn = rng.lognormal(0.0, 0.9, n)
    return np.asarray(drawn / drawn.sum())


def slim(data: SimpleNamespace) -> None:
    """Against scikit-learn's elastic net, an item at a time: every tenth item, times ten."""
    from sklearn.linear_model import ElasticNet

    ours, model = median(fitted(data, "slim"), 1)
    users, n = data.taken.shape
    dense = np.asfortranarray(data.taken.toarray(), dtype=np.float64)

    def theirs(_: int) -> None:
        l1, l2 = model.params.l1, model.params.l2
        net = ElasticNet(
            alpha=(l1 + l2) / users,
            l1_ratio=l1 / (l1 + l2),
            positive=True,
            fit_intercept=False,
            copy_X=False,
            precompute=gram,
            tol=1e-4,
            max_iter=200,
        )
        for item in range(0, n, 10):
            target, column = dense[:, item].copy(), gram[item].copy()
            dense[:, item] = gram[item] = gram[:, item] = 0.0
            net.fit(dense, target)
            dense[:, item], gram[item], gram[:, item] = target, column, column

    gram = dense.T @ dense
    base, _made = median(theirs, 1)
    line("SLIM by scikit-learn (a tenth, times ten)", 10 * base)
    line("SLIM", ours, 10 * base, data.ndcg(model.score(data.users)))


def ials(data: SimpleNamespace) -> None:
    """64 factors, 16 epochs, alpha 0.3, regularisation 0.01 for all who take them so."""
    base = None
    theirs = peer("irspack.recommenders.ials", "IALSRecommender")
    for solver in ("CG", "CHOLESKY", "IALSPP") if theirs is not None else ():
        shape = {"n_components": 64, "alpha0": 0.3, "reg": 0.01, "train_epochs": EPOCHS}

        def work(seed: int, solver: str = solver, shape: dict[str, Any] = shape) -> Any:
            made = theirs(data.taken, n_threads=1, solver_type=solver, random_seed=seed, **shape)
            with redirect_stdout(StringIO()):
                made.learn()
            return made

        seconds, made = median(work)
        base = base or seconds
        line(f"irspack, {solver}", seconds, base, data.ndcg(made.get_score(data.users)))
    als = peer("implicit.als", "AlternatingLeastSquares")
    if als is not None:

        def other(seed: int) -> Any:
            made = als(
                64,
                regularization=10.0,
                alpha=3.0,
                iterations=EPOCHS,
                num_threads=1,
                random_state=seed,
            )
            made.fit(data.taken, show_progress=False)
            return made

        seconds, made = median(other)
        line("implicit, CG", seconds, base, data.ndcg(made.user_factors @ made.item_factors.T))
    seconds, model = median(fitted(data, "ials", epochs=EPOCHS))
    line("iALS", seconds, base, data.ndcg(model.score(data.users)))


def bpr(data: SimpleNamespace) -> None:
    """64 factors; triples a second over 10 epochs, start-up included. And the sampler alone."""
    import torch

    from causalrec.recsys.learning.pair_sampler import Untaken
    from causalrec.recsys.recommenders import bpr as recommender

    triples, base = 10 * data.taken.nnz, None
    theirs = peer("implicit.cpu.bpr", "BayesianPersonalizedRanking")
    if theirs is not None:

        def work(seed: int) -> Any:
            made = theirs(64, iterations=10, num_threads=1, random_state=seed)
            made.fit(data.taken, show_progress=False)
            return made

        base, _made = median(work)
        line("implicit's BPR", base, base, f"{triples / base / 1e6:.2f} M triples/s")
    cornac = peer("cornac.models", "BPR")
    if cornac is not None:
        rows = data.taken.tocoo()
        log = list(zip(rows.row.tolist(), rows.col.tolist(), rows.data.tolist(), strict=True))
        train = import_module("cornac.data").Dataset.from_uir(log, seed=0)
        seconds, _made = median(
            lambda seed: cornac(k=64, max_iter=10, num_threads=1, seed=seed).fit(train)
        )
        base = base or seconds
        line("cornac's BPR", seconds, base, f"{triples / seconds / 1e6:.2f} M triples/s")
    for there in (True, False):
        recommender.has_compiler = lambda there=there: there  # type: ignore[attr-defined]
        fitted(data, "bpr", epochs=1)(0)  # compiles
        seconds, _made = median(fitted(data, "bpr", epochs=10))
        rate = f"{triples / seconds / 1e6:.2f} M triples/s"
        line("BPR, a pair at a time" if there else "BPR, in batches", seconds, base, rate)
    source = Untaken(data.taken, "cpu")
    everyone = np.repeat(data.users, np.diff(data.taken.indptr))
    rows = torch.from_numpy(np.random.default_rng(0).permutation(everyone)).repeat(10)
    random = torch.Generator().manual_seed(0)
    seconds, _made = median(lambda _: source.draw(rows, random))
    line(
        "the batches' sampler", seconds, None, f"{len(rows) / seconds / 1e6:.1f} M draws/s (aim 4)"
    )


def whole(data: SimpleNamespace) -> None:
    """Fit with validation and evaluate on test, as a person does."""
    limits = {"ease": 1, "item-knn": 1, "user-knn": 1, "ials": 6, "slim": 0, "bpr": 0}
    for name, limit in limits.items():

        def work(seed: int, name: str = name) -> float:
            model = cr.recommender(name)
            model.fit(data.split.train, data.split.valid, seed=seed, device="cpu")
            return float(cr.evaluate(model, data.split, k=10).row("ndcg", 10)["value"])

        seconds, value = median(work, 3 if limit else 1)
        aim = f", limit {limit} s" if limit else ""
        line(f"{name}: fit and evaluate", seconds, None, f"test NDCG@10 {value:.4f}{aim}")


PARTS = {
    "yardstick": yardstick,
    "ease": ease,
    "slim": slim,
    "ials": ials,
    "bpr": bpr,
    "whole": whole,
}


def main(names: list[str]) -> None:
    """Print the table."""
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)
    data = real()
    with threadpool_limits(1):
        for name in names or list(PARTS):
            print(f"{name:46}{'CPU s':>9}{'ratio':>8}")
            PARTS[name](data)


if __name__ == "__main__":
    main(sys.argv[1:])
