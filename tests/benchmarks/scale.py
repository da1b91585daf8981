"""Memory and cost by size: a made-up log of 1M and of 10M interactions.

Run ``python tests/benchmarks/scale.py [million …] [model …]``. 200,000 users and 30,000 items
at 10M (a tenth of the users at 1M); items taken by a Zipf-like law, activity log-normal, seed
0. Each model is fitted in a process of its own under ``CAUSALREC_MEMORY_GB=1``; its peak is the
largest resident set of that process, everything included (interpreter, torch, the log).
The limit is 2 GB at 10M.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
LIMIT_MB = 2_000
MODELS = {
    "ease": {},
    "ials": {"epochs": 3},
    "bpr": {"epochs": 1, "batch_size": 8_192},
    "item-knn": {},
}


def made_up(millions: float) -> pd.DataFrame:
    """Distinct pairs of user and item codes, about as many as asked for."""
    rng = np.random.default_rng(0)
    n, users, items = int(millions * 1e6), int(millions * 20_000), 30_000
    activity = rng.lognormal(0.0, 1.0, users)
    popularity = (20.0 + np.arange(items)) ** -0.9
    wanted = int(n * 1.06)
    row = rng.choice(users, wanted, p=activity / activity.sum()).astype(np.int32)
    shown = np.searchsorted(np.cumsum(popularity / popularity.sum()), rng.random(wanted))
    # Tastes: one half of the items suits one half of the users.
    item = ((shown // 2) * 2 + row % 2).clip(0, items - 1)
    pairs = np.unique(row.astype(np.int64) * items + item)
    rng.shuffle(pairs)
    pairs = pairs[:n]
    return pd.DataFrame(
        {"user": (pairs // items).astype(np.int32), "item": (pairs % items).astype(np.int32)}
    )


def measure(millions: float, name: str) -> None:
    """In a process of its own: fit, and print what it took."""
    import causalrec as cr

    frame = made_up(millions)
    data = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="user", item="item"))
    del frame
    before = peak()
    cpu, wall = time.process_time(), time.perf_counter()
    report = cr.recommender(name, **MODELS[name]).fit(data, seed=0, device="cpu")
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    epochs = int(MODELS[name].get("epochs", 1))
    each = cpu / report.n_interactions / epochs * 1e6
    notes = "; ".join(str(note) for note in report.notes)
    print(
        f"{millions:5.0f} M {name:10}{report.n_users:>9,}{report.n_items:>8,}{cpu:9.1f}{wall:9.1f}"
        f"{each:9.2f}{before:10.0f}{peak():9.0f}  {notes}",
        flush=True,
    )


def peak() -> float:
    """Largest resident set of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(asked: list[str]) -> int:
    """Print the table; 1 where a process fails or needs more than the limit."""
    sizes = [float(word) for word in asked if word not in MODELS] or [1.0, 10.0]
    names = [word for word in asked if word in MODELS] or list(MODELS)
    print(f"{'size':7} {'model':10}{'users':>9}{'items':>8}{'CPU s':>9}{'wall s':>9}", end="")
    print(f"{'us each':>9}{'MB before':>10}{'MB peak':>9}  (us each: CPU an interaction and epoch)")
    missed = 0
    environment = {"CAUSALREC_MEMORY_GB": "1", **os.environ}
    for millions in sizes:
        for name in names:
            command = [sys.executable, __file__, "--one", str(millions), name]
            run = subprocess.run(command, env=environment, capture_output=True, text=True)
            told = run.stdout.strip()
            print(told or run.stderr.strip().splitlines()[-1], flush=True)
            missed += bool(run.returncode)
    return int(missed > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(float(sys.argv[2]), sys.argv[3])
        sys.exit(int(peak() > LIMIT_MB))
    sys.exit(main(sys.argv[1:]))
