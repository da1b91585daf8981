"""MovieLens 100K, items that nobody is known to have taken: Recall@10 of content models.

A fifth of the items is held out with all their interactions; of each user's list only these
compete; a like is a rating of 4 and more; five splits. Items with at least five likes take part.
Recall@10 is the share of min(10, cold likes) that the list holds, averaged over users with a
cold like and a history. Intervals: percentile bootstrap over users of all splits.

Run ``python tests/benchmarks/cold_items.py [row …]``. Reads ``../shared/data/ml-100k`` (or
``$CAUSALREC_BENCH_DATA/ml-100k``).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import causalrec as cr
from causalrec.language import item_texts

ROOT = Path(__file__).resolve().parents[2]
SPLITS = 5
K = 10
FEWEST_LIKES = 5
#: What a row must reach, and how many times the genre profile it must be.
LEAST = {"content, MiniLM": (0.26, 1.6), "content, TF-IDF": (0.20, 0.0)}
Scorer = Callable[[cr.Split, int], np.ndarray]


def read() -> cr.Dataset | None:
    """The likes of items that have enough of them; None where the data are missing."""
    base = Path(os.environ.get("CAUSALREC_BENCH_DATA") or ROOT.parent / "shared" / "data")
    folder = base / "ml-100k"
    if not folder.is_dir():
        return None
    frame = pd.read_parquet(folder / "interactions.parquet")
    liked = frame[frame["rating"] >= 4]
    often = liked["item_id"].map(liked["item_id"].value_counts()) >= FEWEST_LIKES
    return cr.Dataset.from_frame(
        liked[often],
        cr.ColumnMapping(user="user_id", item="item_id", outcome="rating", time="timestamp"),
        items=pd.read_parquet(folder / "items.parquet"),
        users=pd.read_parquet(folder / "users.parquet"),
        name="MovieLens 100K",
    )


def model(name: str, **params: Any) -> Scorer:
    """A recommender of the catalogue."""

    def score(split: cr.Split, seed: int) -> np.ndarray:
        made = cr.recommender(name, **params)
        made.fit(split.train, split.valid, seed=seed)
        known = split.train.matrix() + (split.valid.matrix() if split.valid else 0)
        return made.score(np.arange(made.n_users), known.sign())

    return score


def profile(vectors_of: Callable[[cr.Dataset], np.ndarray]) -> Scorer:
    """Likeness to the mean of the history's vectors, centred on the warm items."""

    def score(split: cr.Split, seed: int) -> np.ndarray:
        known = split.train.matrix() + (split.valid.matrix() if split.valid else 0)
        vectors = vectors_of(split.train)
        met = known.getnnz(axis=0) > 0
        vectors = vectors - vectors[met].mean(axis=0)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.asarray((known.sign() @ vectors) @ vectors.T)

    return score


def genres(data: cr.Dataset) -> np.ndarray:
    """One-hot genres, rows of length 1."""
    assert data.items is not None
    made = data.items["category"].astype(str).str.get_dummies("|").to_numpy(dtype=float)
    return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)


def texts(encoder: str) -> Callable[[cr.Dataset], np.ndarray]:
    """Vectors of the items' texts."""
    return lambda data: cr.text_encoder(encoder).encode(item_texts(data.items, data.item_ids))


ROWS: dict[str, Scorer] = {
    "random": model("random"),
    "popularity": model("popularity"),
    "genre profile": profile(genres),
    "TF-IDF profile": profile(texts("tf-idf")),
    "MiniLM profile": profile(texts("all-MiniLM-L6-v2")),
    "content, attributes": model("content", encoder="none"),
    "content, TF-IDF": model("content", encoder="tf-idf"),
    "content, MiniLM": model("content", encoder="all-MiniLM-L6-v2"),
    "joint, MiniLM": model("joint", encoder="all-MiniLM-L6-v2"),
}


def recalls(scores: np.ndarray, split: cr.Split) -> np.ndarray:
    """Recall@10 of each user with a cold like and a history, (n,)."""
    assert split.candidates is not None
    cold = np.flatnonzero(split.candidates)
    wanted = split.test.matrix()[:, cold].toarray() > 0
    known = split.train.matrix().getnnz(axis=1) > 0
    lists = np.argsort(-scores[:, cold], axis=1, kind="stable")[:, :K]
    found = np.take_along_axis(wanted, lists, axis=1).sum(axis=1)
    most = np.minimum(wanted.sum(axis=1), K)
    able = (most > 0) & known
    return np.asarray(found[able] / most[able])


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean."""
    rng = np.random.default_rng(0)
    means = [rng.choice(values, len(values)).mean() for _ in range(500)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def main(names: list[str]) -> int:
    """Print the table; 1 where a row falls short."""
    data = read()
    if data is None:
        print("skipped: MovieLens 100K is not here")
        return int(os.environ.get("CI") == "true")
    splits = [cr.Split.cold_items(data, seed=seed) for seed in range(SPLITS)]
    base, missed = float("nan"), 0
    print(f"{'row':22}{'Recall@10':>10}{'95 % interval':>18}{'x genre':>9}{'seconds':>9}")
    for name in names or list(ROWS):
        started = time.perf_counter()
        each = [recalls(ROWS[name](split, seed), split) for seed, split in enumerate(splits)]
        seconds = (time.perf_counter() - started) / SPLITS
        value = float(np.mean([part.mean() for part in each]))
        base = value if name == "genre profile" else base
        low, high = interval(np.concatenate(each))
        least, times = LEAST.get(name, (0.0, 0.0))
        missed += value < least or value < times * base
        span = f"{low:.4f} – {high:.4f}"
        print(f"{name:22}{value:10.4f}{span:>18}{value / base:9.2f}{seconds:9.1f}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
