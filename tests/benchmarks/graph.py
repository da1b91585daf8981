"""LightGCN's step against a naive one, and its epoch.

The naive step is the usual one: a COO adjacency, each layer by `torch.sparse.mm`, all layers
stacked and averaged, differentiated by torch itself. Batch, loss and optimiser are the same,
so that the ratio is that of the propagation as a part of the whole step.

Run ``python tests/benchmarks/graph.py [steps] [size …]``. Made-up logs with skewed popularity,
seed 0; medians over the steps, the two kinds in turn; CPU-seconds on the CPU, the clock's on
CUDA. Says so where there is no CUDA.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import torch

from causalrec.core.progress import silent
from causalrec.recsys.learning.training_loop import FitJob
from causalrec.recsys.recommenders.lightgcn import LightGCNParams, _Learner

#: Users, items, interactions of training.
SIZES = {"ML-1M-like": (6_040, 3_416, 800_000), "Gowalla-like": (29_858, 40_981, 810_000)}
WORST = 0.25
LAYERS = {"bpr": 3, "softmax": 2}


class Naive(_Learner):
    """The same model with a COO matrix and torch's own slopes."""

    def __init__(self, job: FitJob, params: LightGCNParams, loss: str) -> None:
        super().__init__(job, params, loss)
        csr = self.graph.matrix
        counts = csr.crow_indices().diff().long()
        rows = torch.repeat_interleave(torch.arange(len(counts), device=job.device), counts)
        places = torch.stack([rows, csr.col_indices().long()])
        self.coo = torch.sparse_coo_tensor(
            places, csr.values(), csr.shape, check_invariants=False
        ).coalesce()

    def embedded(self) -> tuple[Any, Any]:
        """Vectors of users (n, d) and items (m, d)."""
        levels = [self.rows]
        for _ in range(self.params.layers):
            levels.append(torch.sparse.mm(self.coo, levels[-1]))
        vectors = torch.stack(levels, dim=1).mean(dim=1)
        return vectors[: self.users_n], vectors[self.users_n :]


def made_up(users: int, items: int, interactions: int) -> sparse.csr_matrix:
    """Users uniform, items by 1 / √rank; repeats fall together."""
    rng = np.random.default_rng(0)
    chances = 1.0 / np.sqrt(1.0 + np.arange(items))
    edges = np.cumsum(chances / chances.sum())
    who = rng.integers(users, size=interactions)
    what = np.searchsorted(edges, rng.random(interactions)).clip(max=items - 1)
    ones = np.ones(interactions, dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (who, what)), shape=(users, items))
    matrix.data[:] = 1.0
    return matrix


def now(device: str) -> float:
    """Seconds: of the processor here, by the clock for a device, once it is done."""
    if device == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def step(learner: _Learner, batch: Any, device: str) -> float:
    """Seconds of one step of learning."""
    started = now(device)
    learner.optimiser.zero_grad(set_to_none=True)
    learner.loss(batch, len(batch)).backward()
    learner.optimiser.step()
    return now(device) - started


def copy_speed(device: str) -> float:
    """GB/s of copying 256 MB, read and written."""
    source = torch.zeros(64_000_000, device=device)
    target = torch.empty_like(source)
    times = []
    for _ in range(5):
        started = now(device)
        target.copy_(source)
        times.append(now(device) - started)
    return 2 * 4 * len(source) / 1e9 / statistics.median(times)


def measure(matrix: sparse.csr_matrix, loss: str, steps: int, device: str) -> tuple[float, ...]:
    """Median seconds of our step, the naive one and one sparse product; steps an epoch."""
    params = LightGCNParams(
        loss=loss, layers=LAYERS[loss], batch_size=2_048 if loss == "bpr" else 8_192
    )
    times: dict[type, list[float]] = {_Learner: [], Naive: []}
    learners = {}
    for kind in times:
        job = FitJob(matrix, None, 0, device, silent)
        learners[kind] = kind(job, params, loss)
    batches = [list(learner.batches())[: steps + 1] for learner in learners.values()]
    for number in range(len(batches[0])):
        for (kind, learner), mine in zip(learners.items(), batches, strict=True):
            taken = step(learner, mine[number], device)
            if number:  # the first one warms up
                times[kind].append(taken)
    ours = learners[_Learner]
    products = []
    for _ in range(5):
        started = now(device)
        ours.graph.times(ours.rows.detach())
        products.append(now(device) - started)
    medians = [statistics.median(made) for made in (*times.values(), products)]
    return (*medians, -(-ours.samples // ours.batch_size))


def main(steps: int, names: list[str]) -> int:
    """Print the table; 1 where a step takes more than a quarter of the naive one."""
    devices = ["cpu"] + ["cuda"] * torch.cuda.is_available()
    if len(devices) == 1:
        print("no CUDA device: the CPU alone is measured")
    missed = 0
    for device in devices:
        copied = copy_speed(device)
        print(f"{device}, {torch.get_num_threads()} thread(s), copy {copied:.1f} GB/s, seed 0")
        head = f"{'size':14}{'loss':9}{'step ms':>9}{'naive ms':>10}{'ratio':>7}"
        print(head + f"{'product ms':>12}{'GB/s':>7}{'of copy':>9}{'epoch s':>9}")
        for size in names:
            matrix = made_up(*SIZES[size])
            edges, nodes = 2 * matrix.nnz, sum(matrix.shape)
            # A product reads a row of 64 floats an edge, index and value, and writes its answer.
            moved = edges * (64 * 4 + 8) + nodes * (64 * 4 + 4)
            for loss in LAYERS:
                ours, naive, product, count = measure(matrix, loss, steps, device)
                speed = moved / 1e9 / product
                missed += ours / naive > WORST and loss == "bpr"
                line = f"{size:14}{loss:9}{1e3 * ours:9.1f}{1e3 * naive:10.1f}{ours / naive:7.3f}"
                line += f"{1e3 * product:12.1f}{speed:7.1f}{speed / copied:9.2f}"
                print(line + f"{ours * count:9.1f}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:] if word.isdigit()]
    chosen = [word for word in sys.argv[1:] if word in SIZES] or list(SIZES)
    sys.exit(main(counts[0] if counts else 7, chosen))
