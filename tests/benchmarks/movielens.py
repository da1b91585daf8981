"""Fixed MovieLens 100K splits: NDCG@10 of each recommender against the reference figures.

Run ``python tests/benchmarks/movielens.py [r811|loo] [model …]``. Reads
``../shared/data/ml-100k/splits`` (or ``$CAUSALREC_BENCH_DATA/ml-100k/splits``). Defaults were
chosen on validation. Test: train and validation are the known history, every item competes.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import causalrec as cr
from causalrec.recsys.recommenders import RECOMMENDERS

ROOT = Path(__file__).resolve().parents[2]
#: Reference NDCG@10 and how far below it a figure may lie.
REFERENCE = {
    ("r811", "popularity"): (0.1436, 0.002),
    ("r811", "item-knn"): (0.292, 0.0),
    ("r811", "user-knn"): (0.295, 0.0),
    ("r811", "ease"): (0.3406, 0.001),
    ("r811", "slim"): (0.345, 0.0),
    ("r811", "ials"): (0.320, 0.0),
    ("r811", "bpr"): (0.295, 0.0),
    ("r811", "multvae"): (0.310, 0.0),
    ("r811", "lightgcn"): (0.325, 0.0),
    ("r811", "ncf"): (0.275, 0.0),
    ("loo", "popularity"): (0.0435, 0.002),
    ("loo", "item-knn"): (0.0575, 0.002),
    ("loo", "user-knn"): (0.057, 0.0),
    ("loo", "ease"): (0.070, 0.0),
    ("loo", "slim"): (0.070, 0.0),
    ("loo", "ials"): (0.0727, 0.003),
    ("loo", "sasrec"): (0.095, 0.0),
}


def folder() -> Path | None:
    """Where the fixed splits are, None where they are missing."""
    base = Path(os.environ.get("CAUSALREC_BENCH_DATA") or ROOT.parent / "shared" / "data")
    found = base / "ml-100k" / "splits"
    return found if found.is_dir() else None


def read_split(where: Path) -> cr.Split:
    """A fixed split of dense user and item codes, rating and time; every row counts."""
    mapping = cr.ColumnMapping(user="user", item="item", outcome="rating", time="time")
    parts = []
    for part in ("train", "test", "valid"):
        rows = np.load(where / f"{part}.npz")["a"]
        frame = pd.DataFrame(rows, columns=["user", "item", "rating", "time"])
        parts.append(cr.Dataset.from_frame(frame, mapping, name=part))
    return cr.Split.given(*parts)


def main(names: list[str]) -> int:
    """Print the table; 1 where a figure misses its reference."""
    where = folder()
    if where is None:
        print("skipped: the MovieLens splits are not here")
        return int(os.environ.get("CI") == "true")
    splits = [name for name in names if name in {"r811", "loo"}] or ["r811", "loo"]
    models = [name for name in names if name in RECOMMENDERS] or list(RECOMMENDERS)
    missed = 0
    print(f"{'split':6}{'model':12}{'NDCG@10':>9}{'95 % interval':>18}{'reference':>11}", end="")
    print(f"{'difference':>12}{'fit s':>8}{'eval s':>8}{'epoch':>7}")
    for name in splits:
        split = read_split(where / name)
        for model_name in models:
            model = cr.recommender(model_name)
            report = model.fit(split.train, split.valid, seed=0)
            started = time.perf_counter()
            row = cr.evaluate(model, split, k=10).row("ndcg", 10)
            seconds = time.perf_counter() - started
            reference, slack = REFERENCE.get((name, model_name), (float("nan"), 0.0))
            change = row["value"] - reference
            missed += bool(change < -slack)
            interval = f"{row['low']:.4f} – {row['high']:.4f}"
            figures = f"{row['value']:9.4f}{interval:>18}{reference:11.4f}{change:+12.4f}"
            times = f"{report.seconds:8.1f}{seconds:8.1f}{report.best_epoch or '-':>7}"
            print(f"{name:6}{model_name:12}{figures}{times}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
