"""One process against two on one machine: seconds, memory, agreement, NDCG@10.

Run ``python tests/benchmarks/distributed.py [model …]``. MovieLens 100K (``../shared/data`` or
``$CAUSALREC_BENCH_DATA``) with the default parameters, and a made-up log of a million rows
in eight Parquet files, of which each process reads its own users. Every process has one
thread, so that two can be faster only where two cores are free; CPU-seconds of the leading
process tell what it has left to do, also on a busy machine. Seed 0, one run each.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from movielens import folder, read_split

import causalrec as cr

ROOT = Path(__file__).resolve().parents[2]
MOVIELENS = {
    "ease": "r811",
    "slim": "r811",
    "ials": "r811",
    "lightgcn": "r811",
    "multvae": "r811",
    "sasrec": "loo",
}
MADE_UP: dict[str, dict[str, Any]] = {"ease": {}, "ials": {"epochs": 4}}
ROWS, USERS, ITEMS = 1_000_000, 40_000, 4_000
LOG = cr.ColumnMapping(user="user", item="item", time="time")
STEPS = ("read", "fit", "evaluate")
#: Largest difference of the final NDCG that counts as agreement.
SAME = 0.002


def write_log(where: Path) -> None:
    """A made-up log: popular items, and a taste for the items near one's own."""
    rng = np.random.default_rng(0)
    users = rng.integers(0, USERS, ROWS)
    near = (users * 37 + rng.geometric(0.01, ROWS)) % ITEMS
    popular = (ITEMS * rng.random(ROWS) ** 3).astype(int)
    items = np.where(rng.random(ROWS) < 0.6, near, popular)
    frame = pd.DataFrame({"user": users, "item": items, "time": np.arange(ROWS)})
    frame["user"] = "user-" + frame["user"].astype(str)
    frame["item"] = "item-" + frame["item"].astype(str)
    for place, rows in enumerate(np.array_split(np.arange(ROWS), 8)):
        frame.iloc[rows].to_parquet(where / f"{place}.parquet")


def split_of(data: str) -> cr.Split:
    """A fixed split of MovieLens, or this process's part of the made-up log."""
    if data in {"r811", "loo"}:
        where = folder()
        assert where is not None
        return read_split(where / data)
    team = cr.current_team()
    part = (team.rank, team.size)
    return cr.Split.leave_last(cr.read_dataset(data, LOG, options={"time_unit": "s"}, part=part))


def work(order: dict[str, Any]) -> None:
    """What each process does; the leading one writes what came of it."""
    import torch  # noqa: F401 - so that nobody's seconds hold the import

    team = cr.current_team()
    times = [(time.perf_counter(), time.process_time())]
    split = split_of(order["data"])
    times.append((time.perf_counter(), time.process_time()))
    model = cr.recommender(order["model"], **order["params"])
    model.fit(split.train, split.valid, seed=0, device="cpu")
    times.append((time.perf_counter(), time.process_time()))
    value = cr.evaluate(model, split, k=10).row("ndcg", 10)["value"]
    times.append((time.perf_counter(), time.process_time()))
    figures = {"ndcg": value, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000}
    for name, before, after in zip(STEPS, times, times[1:], strict=False):
        figures[name], figures[f"{name}_cpu"] = (np.array(after) - before).tolist()
    if team.leads:
        out = Path(order["out"])
        np.savez(out.with_suffix(".npz"), **model._arrays)
        out.write_text(json.dumps(figures))


def measured(order: dict[str, Any], size: int) -> dict[str, Any]:
    """Figures of a team of some processes, and what was learnt."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    told = {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    told |= {"OMP_NUM_THREADS": "1", "LOCAL_WORLD_SIZE": str(size)}
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "figures.json"
        command = [sys.executable, __file__, "--work", json.dumps({**order, "out": str(out)})]
        team = [
            subprocess.Popen(command, env={**os.environ, **told, "RANK": str(rank)})
            for rank in range(size)
        ]
        codes = [one.wait() for one in team]
        if any(codes):
            raise SystemExit(1)
        learnt = dict(np.load(out.with_suffix(".npz")))
        return {**json.loads(out.read_text()), "learnt": learnt}


def gap(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> float:
    """The largest difference of what was learnt, in units of its largest number."""
    return max(
        float(np.abs(one[k].astype(float) - two[k]).max() / max(np.abs(one[k]).max(), 1e-30))
        for k in one
        if one[k].size
    )


def orders(names: list[str], made_up: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is measured: a label, and the order to a team."""
    if folder() is None:
        print("skipped: the MovieLens splits are not here")
    else:
        for model, data in MOVIELENS.items():
            yield data, {"model": model, "data": data, "params": {}}
    if not names or set(names) & MADE_UP.keys():
        write_log(made_up)
    for model, params in MADE_UP.items():
        yield "1M", {"model": model, "data": str(made_up), "params": params}


def main(names: list[str]) -> int:
    """Print the table; 1 where the figures of two processes are not those of one."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; wall / CPU-seconds")
    print(f"{'log':6}{'model':10}{'processes':>10}", end="")
    print(*(f"{step:>16}" for step in STEPS), sep="", end="")
    print(f"{'peak MB':>9}{'NDCG@10':>9}{'difference':>12}{'learnt differs':>16}{'fit CPU':>9}")
    missed = int(folder() is None and os.environ.get("CI") == "true")
    with tempfile.TemporaryDirectory() as place:
        for label, order in orders(names, Path(place)):
            if names and order["model"] not in names:
                continue
            one, two = measured(order, 1), measured(order, 2)
            change = two["ndcg"] - one["ndcg"]
            missed += abs(change) > SAME
            for size, row in ((1, one), (2, two)):
                pairs = [f"{row[step]:.1f} / {row[f'{step}_cpu']:.1f}" for step in STEPS]
                print(f"{label:6}{order['model']:10}{size:10}", end="")
                print(*(f"{pair:>16}" for pair in pairs), sep="", end="")
                print(f"{row['mb']:9.0f}{row['ndcg']:9.4f}", end="\n" if size == 1 else "")
            apart, ratio = gap(one["learnt"], two["learnt"]), two["fit_cpu"] / one["fit_cpu"]
            print(f"{change:+12.4f}{apart:16.1e}{ratio:9.2f}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(json.loads(sys.argv[2]))
    else:
        raise SystemExit(main(sys.argv[1:]))
