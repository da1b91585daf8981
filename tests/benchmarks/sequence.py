"""SASRec: an epoch against prefix augmentation, work done a second, peak memory.

Run ``python tests/benchmarks/sequence.py [time|memory]``. Logs are made up (seed 0, popularity
like 1 / rank) at the sizes of MovieLens 100K and 1M. The naive model is written below: each
prefix of a history is a sample of its own, padded to the window; its epoch is extrapolated
from a few batches. Ratios are medians of three, in CPU-seconds of one thread (wall on CUDA).
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import causalrec as cr
from causalrec.recsys.model.fit_job import job_of
from causalrec.recsys.recommenders.sasrec import _Learner

SIZES = {"100k": (943, 1_682, 100_000), "1m": (6_040, 3_416, 1_000_000)}
MEMORY_MB = 900
RATIO = 1 / 20
NAIVE_BATCHES, NAIVE_BATCH = 4, 128
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def made_up(size: str) -> cr.Dataset:
    """A log of the size: nobody takes an item twice, activity is log-normal."""
    users, items, events = SIZES[size]
    rng = np.random.default_rng(0)
    share = rng.lognormal(0.0, 1.0, users)
    counts = np.clip(share / share.sum() * events, 5, items // 2).astype(int)
    fame = np.log(1.0 / (1.0 + np.arange(items)))
    taken = [np.argsort(-(fame + rng.gumbel(size=items)))[:n] for n in counts]
    frame = pd.DataFrame({"u": np.repeat(np.arange(users), counts), "i": np.concatenate(taken)})
    frame["t"] = np.concatenate([rng.permutation(n) for n in counts])
    return cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i", time="t"))


def clock() -> float:
    """CPU-seconds, or wall seconds once the device has caught up."""
    if DEVICE == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Median time of the work."""
    told = []
    for _ in range(times):
        started = clock()
        work()
        told.append(clock() - started)
    return statistics.median(told)


class Naive(torch.nn.Module):
    """The usual SASRec: padded windows in, the chances after the last event out."""

    def __init__(self, items: int, length: int, d: int = 64) -> None:
        super().__init__()
        self.items = torch.nn.Embedding(items + 1, d, padding_idx=items)
        self.places = torch.nn.Embedding(length, d)
        layer = torch.nn.TransformerEncoderLayer(
            d, 2, 4 * d, dropout=0.3, batch_first=True, norm_first=True
        )
        self.blocks = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.drop = torch.nn.Dropout(0.3)

    def forward(self, windows: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """Windows (b, length) padded behind and the place of the last event: (b, items)."""
        length = windows.shape[1]
        x = self.drop(self.items(windows) + self.places.weight)
        mask = torch.nn.Transformer.generate_square_subsequent_mask(length, device=x.device)
        x = self.blocks(x, mask=mask, is_causal=True)
        return x[torch.arange(len(x), device=x.device), last] @ self.items.weight[:-1].T


def naive_epoch(learner: _Learner, items: int) -> tuple[float, int]:
    """Seconds of an epoch of prefixes, extrapolated, and how many prefixes there are."""
    length = learner.params.length
    counts = learner.sequences.steps.cpu().numpy()
    users = np.repeat(np.arange(len(counts)), counts)
    ends = np.concatenate([np.arange(1, n + 1) for n in counts])
    starts = learner.sequences.starts.cpu().numpy()
    events = learner.sequences.items.cpu().numpy()
    model = Naive(items, length).to(DEVICE)
    optimiser = torch.optim.Adam(model.parameters())
    rng = np.random.default_rng(0)

    def step() -> None:
        few = rng.integers(len(users), size=NAIVE_BATCH)
        windows = np.full((NAIVE_BATCH, length), items)
        last = np.minimum(ends[few], length) - 1
        for row, (user, end) in enumerate(zip(users[few], ends[few], strict=True)):
            mine = events[starts[user] + max(0, end - length) : starts[user] + end]
            windows[row, : len(mine)] = mine
        target = torch.from_numpy(events[starts[users[few]] + ends[few]]).long().to(DEVICE)
        scores = model(torch.from_numpy(windows).to(DEVICE), torch.from_numpy(last).to(DEVICE))
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(scores, target).backward()
        optimiser.step()

    step()
    return seconds(step, NAIVE_BATCHES) * len(users) / NAIVE_BATCH, len(users)


def yardstick() -> float:
    """GFLOP/s of a square fp32 matrix product."""
    n = 1_024 if DEVICE == "cpu" else 8_192
    a = torch.ones((n, n), device=DEVICE)
    a @ a
    return 2 * n**3 / seconds(lambda: a @ a) / 1e9


def timed(size: str) -> bool:
    """Print an epoch's row; whether the ratio holds."""
    data = made_up(size)
    model = cr.recommender("sasrec", loss="softmax")
    job = job_of(model, data, seed=0, device=DEVICE)
    learner = _Learner(job, model.params)
    learner.epoch()
    took = seconds(learner.epoch, 3 if size == "100k" or DEVICE == "cuda" else 1)
    naive, events = naive_epoch(learner, data.n_items)
    params = learner.params
    d, blocks = params.factors, params.blocks
    reach = float((learner.sizes.double() ** 2).sum() / learner.sizes.sum()) / 2
    flops = 6 * events * (blocks * (12 * d * d + 2 * d * reach) + d * data.n_items)
    ratio = took / naive
    print(
        f"{size:6}{took:10.2f}{naive:13.1f}{ratio:9.4f} (1/{1 / ratio:.0f}){events / took:14,.0f}"
        f"{flops / took / 1e9:11.1f}{yardstick():11.1f}",
        flush=True,
    )
    return ratio <= RATIO


def child(size: str, model: str) -> None:
    """Fit two epochs and evaluate; print the peak in MB."""
    split = cr.Split.leave_last(made_up(size))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    more = {"loss": "softmax", "length": 200} if model == "sasrec" else {}
    made = cr.recommender(model, epochs=1, **more)
    made.fit(split.train, split.valid, seed=0, device="cpu")
    fitted = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    cr.evaluate(made, split, k=10)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(f"{before:12.0f}{fitted:10.0f}{after:12.0f}")


def memory() -> bool:
    """Print the table of peaks; whether SASRec stays within its bound."""
    print(f"\n{'model':10}{'size':6}{'data MB':>12}{'fit MB':>10}{'evaluate MB':>12}   peak RSS")
    kept = True
    for model in ("sasrec", "multvae"):
        for size in SIZES:
            command = [sys.executable, __file__, "child", size, model]
            line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            print(f"{model:10}{size:6}{line.rstrip()}", flush=True)
            kept &= float(line.split()[-1]) <= MEMORY_MB
    return kept


def main(asked: list[str]) -> int:
    """Print the tables; 1 where a bound is missed."""
    torch.set_num_threads(1)
    if asked[:1] == ["child"]:
        child(*asked[1:])
        return 0
    kept = True
    if "memory" not in asked:
        print(f"device {DEVICE}; naive epoch extrapolated from {NAIVE_BATCHES} batches")
        print(f"{'size':6}{'epoch s':>10}{'prefixes s':>13}{'ratio':>9}", end="        ")
        print(f"{'positions/s':>13}{'GFLOP/s':>11}{'GEMM':>11}")
        kept &= all([timed(size) for size in SIZES])  # noqa: C419 - both are shown
    if "time" not in asked:
        kept &= memory()
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
