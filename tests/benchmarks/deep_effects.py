"""Networks that learn effects, on IHDP: errors against known effects, seconds, batch against loop.

Run ``python tests/benchmarks/deep_effects.py [learner …] [--device cpu]``; without names, all
networks. Reads ``../shared/data/ihdp`` (or ``$CAUSALREC_BENCH_DATA/ihdp``): ten replications of 747
rows. Of each, 672 rows (drawn with the replication's number as seed) teach and 75 are kept aside;
the outcome is standardised on the former. Settings were chosen on replications 1 to 5 and on
made-up worlds; 6 to 10 took no part. Figures are means over replications: the error of the average
effect on the taught rows, the root of the mean squared error of a row's effect on taught and on
kept rows, and the processor's seconds. One seed, 0, throughout.

The last table trains ten networks of one replication in one batch and one after another: seconds
(of the clock on CUDA, else of the processor) and their ratio (aim on CUDA: 5).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.ensemble_learner import NETS, EnsembleLearner
from causalrec.causal.learners.learner import Lesson
from causalrec.causal.learners.teaching import taught
from causalrec.core.machine.device import resolve_device

ROOT = Path(__file__).resolve().parents[2]
TAUGHT, FOLDS = 672, 10
#: CFR-MMD batched in torch on fifty replications; ten alone rank methods differently.
REFERENCE = "reference (CFR-MMD, 50 replications): ATE .142, PEHE 1.07 in, 1.09 out, 9.5 s"
FIGURES = ("ate", "pehe_in", "pehe_out", "seconds")


def replication(number: int) -> tuple[Lesson, np.ndarray, np.ndarray, np.ndarray]:
    """What teaches, the covariates kept aside, and the true effects of both."""
    folder = Path(os.environ.get("CAUSALREC_BENCH_DATA", ROOT.parent / "shared" / "data")) / "ihdp"
    if not folder.is_dir():
        print(f"skipped: {folder} is not there")
        sys.exit(0)
    data = pd.read_csv(folder / f"ihdp_npci_{number}.csv", header=None).to_numpy(float)
    order = np.random.default_rng(number).permutation(len(data))
    data = data[order]
    treatment, outcome, effect, x = data[:, 0], data[:, 1], data[:, 4] - data[:, 3], data[:, 5:]
    first = slice(None, TAUGHT)
    x = (x - x[first].mean(0)) / x[first].std(0)
    folds = np.random.default_rng([number, 1]).integers(0, FOLDS, TAUGHT)
    lesson = Lesson(x[first], treatment[first], outcome[first], folds, 0)
    return lesson, x[TAUGHT:], effect[first], effect[TAUGHT:]


def errors(name: str, number: int) -> tuple[float, ...]:
    """Figures of a learner on a replication."""
    lesson, kept, effect, kept_effect = replication(number)
    started = time.process_time()
    learned = taught(LEARNERS[name](), [lesson])[0]
    seconds = time.process_time() - started
    own, new = learned.effect(lesson.x), learned.effect(kept)
    pehe = [np.sqrt(np.mean(d**2)) for d in (own - effect, new - kept_effect)]
    return abs(own.mean() - effect.mean()), *pehe, seconds


def loop(name: str, device: str) -> tuple[float, float]:
    """Seconds of the ensemble in one batch and of its networks one by one."""
    lesson, *_ = replication(1)
    y = lesson.outcome
    lesson = Lesson(lesson.x, lesson.treatment, (y - y.mean()) / y.std(), lesson.folds, 0)
    learner = LEARNERS[name]()
    assert isinstance(learner, EnsembleLearner)
    learner.networks([lesson], [0], device)  # what a first product has to load

    def clock(parts: list[list[int]]) -> float:
        now = time.process_time if device == "cpu" else time.perf_counter
        started = now()
        for part in parts:
            learner.networks([lesson], part, device)[0].effect(lesson.x)
        return now() - started

    nets = list(range(NETS))
    return clock([nets]), clock([[net] for net in nets])


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    networks = [name for name, entry in LEARNERS.items() if issubclass(entry, EnsembleLearner)]
    parser.add_argument("learners", nargs="*", default=networks)
    parser.add_argument("--device", default="auto")
    asked = parser.parse_args()
    device = resolve_device(asked.device)
    torch.set_num_threads(1)
    errors(asked.learners[0], 1)  # libraries are loaded
    print(f"{device}, one thread\n{REFERENCE}\n{'':14}{'1-5':^38}{'6-10':^38}{'1-10':^38}")
    print(f"{'':14}" + ("".join(f"{one:>9}" for one in FIGURES) + "  ") * 3)
    for name in asked.learners:
        rows = np.array([errors(name, number) for number in range(1, 11)])
        parts = [rows[:5].mean(0), rows[5:].mean(0), rows.mean(0)]
        cells = ["".join(f"{value:9.3f}" for value in part) + "  " for part in parts]
        print(f"{name:14}" + "".join(cells), flush=True)
    print(f"\n{NETS} networks{'':6}{'batch s':>9}{'loop s':>9}{'ratio':>7}")
    for name in asked.learners:
        if name in networks:
            batch, one_by_one = loop(name, device)
            print(f"{name:16}{batch:9.2f}{one_by_one:9.2f}{one_by_one / batch:7.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
