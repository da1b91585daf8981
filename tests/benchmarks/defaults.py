"""The rule of the iALS defaults against fixed ones, on validation parts of logs of many densities.

Run ``python tests/benchmarks/defaults.py``. MovieLens 100K (r811) and samples of its
interactions, Last.fm (10 % of a user's artists held out) and Amazon Beauty (the last but one
event), from ``../shared/data`` (or ``$CAUSALREC_BENCH_DATA``). NDCG@10 of up to 3,000 users after
ten epochs, seed 0; beside it the best of a grid, so that the rule's loss against tuning shows.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
import pandas as pd
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from causalrec.core.progress import silent
from causalrec.recsys.arrays.topk import best, chunks, hide
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.metrics.accuracy.ndcg import ndcg_of_lists
from causalrec.recsys.recommenders.ials import IALSParams, _Learner, weights_for

ROOT = Path(__file__).resolve().parents[2]
EPOCHS, USERS = 10, 3_000
GRID = [(c, g) for c in (6.0, 12.0, 24.0) for g in (1.4, 2.0, 2.8, 4.0, 5.6, 8.0)]
Log = tuple[sparse.csr_matrix, sparse.csr_matrix]


def folder() -> Path | None:
    """Where the public data is, None where it is missing."""
    base = Path(os.environ.get("CAUSALREC_BENCH_DATA") or ROOT.parent / "shared" / "data")
    return base if (base / "lastfm-2k").is_dir() else None


def matrix(users: np.ndarray, items: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Ones where a user took an item."""
    ones = np.ones(len(users), dtype=np.float32)
    made = sparse.csr_matrix((ones, (users, items)), shape=shape)
    made.data[:] = 1.0
    return made


def logs(base: Path) -> Iterator[tuple[str, Log]]:
    """Name, training and validation part."""
    parts = [np.load(base / "ml-100k/splits/r811" / f"{p}.npz")["a"] for p in ("train", "valid")]
    pairs = [part[:, :2].astype(int) for part in parts]
    shape = tuple(int(n) + 1 for n in np.concatenate(pairs).max(axis=0))
    for share in (1.0, 0.5, 0.3, 0.1):
        keep = np.random.default_rng(1).random(len(pairs[0])) < share
        train, valid = pairs[0][keep], pairs[1]
        halves = [matrix(*one.T, shape=shape) for one in (train, valid)]
        yield f"MovieLens 100K, {share:.0%}", (halves[0], halves[1])
    table = pd.read_csv(base / "lastfm-2k/user_artists.dat", sep="\t")
    users, items = (pd.factorize(table.iloc[:, at])[0] for at in (0, 1))
    out = np.random.default_rng(0).random(len(users)) < 0.1
    shape = (int(users.max()) + 1, int(items.max()) + 1)
    yield "Last.fm", tuple(matrix(users[m], items[m], shape) for m in (~out, out))
    lines = (base / "amazon-beauty/user_sequence.txt").read_text().splitlines()
    events = [line.split()[1:] for line in lines]
    codes, _ = pd.factorize(np.concatenate(events))
    ends = np.cumsum([len(one) for one in events])
    sizes = np.diff(ends, prepend=0)
    left = np.repeat(ends, sizes) - np.arange(len(codes))  # events to come, this one included
    who = np.repeat(np.arange(len(ends)), sizes)
    shape = (len(ends), int(codes.max()) + 1)
    yield "Amazon Beauty", tuple(matrix(who[m], codes[m], shape) for m in (left > 2, left == 2))


def ndcg(log: Log, alpha: float, regularization: float) -> float:
    """Validation NDCG@10 of a short fit."""
    train, valid = log
    params = IALSParams(alpha=max(alpha, 1e-4), regularization=regularization)
    learner = _Learner(FitJob(train, None, 0, "cpu", silent), params)
    for _ in range(EPOCHS):
        learner.epoch()
    users = np.flatnonzero((valid.getnnz(axis=1) > 0) & (train.getnnz(axis=1) > 0))
    users = users[np.linspace(0, len(users) - 1, min(len(users), USERS)).astype(int)]
    total = 0.0
    for part in chunks(len(users), train.shape[1]):
        few = users[part]
        lists = best(hide(learner.score(few), train[few]), 10)
        total += float(ndcg_of_lists(lists, valid[few]).sum())
    return total / len(users)


def main() -> int:
    """Print the table."""
    base = folder()
    if base is None:
        print("skipped: the public data is not here")
        return int(os.environ.get("CI") == "true")
    print(f"{'log':24}{'density':>9}{'a user':>8}{'an item':>9}", end="")
    print(f"{'rule':>8}{'0.3, 0.01':>11}{'grid':>8}")
    for name, log in logs(base):
        (users, items), n = log[0].shape, log[0].nnz
        each = np.sqrt(n / users * n / items)
        tuned = max(ndcg(log, c * n / users / items, g / (1.0 + c) / each) for c, g in GRID)
        rule, fixed = ndcg(log, **weights_for(users, items, n)), ndcg(log, 0.3, 0.01)
        print(f"{name:24}{n / users / items:9.5f}{n / users:8.1f}{n / items:9.1f}", end="")
        print(f"{rule:8.4f}{fixed:11.4f}{tuned:8.4f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
