"""Refuters against dowhy's on the same rows: CPU-seconds a draw and the ratio; ours at a million.

python tests/benchmarks/refuters.py [--rows 10000 100000] [--large 1000000] [--repeats 3]

Both try a linear regression of ten covariates. dowhy refits it for each of a few draws (its times
grow in proportion), ours makes a hundred of each kind. Medians of `repeats` runs, interleaved.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import causalrec as cr  # noqa: E402

COVARIATES = [f"x{i}" for i in range(10)]
DOWHY = {
    "placebo-treatment": ("placebo_treatment_refuter", {"placebo_type": "permute"}),
    "random-common-cause": ("random_common_cause", {}),
    "data-subset": ("data_subset_refuter", {"subset_fraction": 0.8}),
    "bootstrap": ("bootstrap_refuter", {}),
}
"""Ours and theirs, with the arguments that make the two alike."""
DRAWS = 100
THEIRS = 5
"""Draws of dowhy's: a hundred at 100,000 rows would take minutes."""


def world(n: int, seed: int = 0) -> pd.DataFrame:
    """Ten covariates, two of which drive the treatment; the effect is .3."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(COVARIATES)))
    t = (rng.random(n) < 1 / (1 + np.exp(-(0.5 * x[:, 0] + 0.3 * x[:, 1])))).astype(int)
    y = 0.3 * t + 0.5 * x[:, 0] + x[:, 2] + rng.normal(size=n)
    return pd.DataFrame(x, columns=COVARIATES).assign(t=t, y=y)


def spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def ours(frame: pd.DataFrame, names: tuple[str, ...]) -> Callable[[], object]:
    effect = cr.estimate(
        frame, COVARIATES, treatment="t", outcome="y", estimator="ols", cluster=None
    )
    return lambda: cr.refute(effect, frame, refuters=names, replicates=DRAWS, cluster=None)


def theirs(frame: pd.DataFrame, name: str) -> Callable[[], object]:
    from dowhy import CausalModel

    logging.getLogger("dowhy").setLevel(logging.ERROR)
    model = CausalModel(frame.copy(), "t", "y", common_causes=COVARIATES)
    estimand = model.identify_effect(proceed_when_unidentifiable=True)
    estimate = model.estimate_effect(estimand, method_name="backdoor.linear_regression")
    method, options = DOWHY[name]
    return lambda: model.refute_estimate(
        estimand, estimate, method_name=method, num_simulations=THEIRS, random_seed=0, **options
    )


def compare(n: int, repeats: int) -> None:
    frame = world(n)
    for name in DOWHY:
        pairs = [(ours(frame, (name,)), theirs(frame, name)) for _ in range(repeats)]
        mine = np.median([spent(one) for one, _ in pairs]) / DRAWS
        other = np.median([spent(one) for _, one in pairs]) / THEIRS
        print(f"{n:>9,} {name:<20} {1e3 * mine:9.2f} {1e3 * other:9.1f} {other / mine:8.0f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'rows':>9} {'refuter':<20} {'ours, ms':>9} {'dowhy, ms':>9} {'ratio':>8}  a draw")
    for n in asked.rows:
        compare(n, asked.repeats)
    for n in (*asked.rows, asked.large):
        whole = ours(world(n), tuple(DOWHY))
        seconds = np.median([spent(whole) for _ in range(asked.repeats)])
        print(f"{n:>9,} four of {DRAWS} draws, question asked anew: {seconds:.2f} CPU-seconds")


if __name__ == "__main__":
    main()
