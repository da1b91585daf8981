"""A thousand refits to drawn units at a million rows: seconds, and errors beside the formula's.

    python tests/benchmarks/bootstrap.py [--rows 1000000] [--covariates 10] [--seeds 3]

Users have ten rows each on average that are alike, and are treated as a whole, so that an error
by row is too small: its ratio stands in the last column. Seconds are of one core (set
OMP_NUM_THREADS=1), the pass over the rows included, the median of the seeds below the table.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem, Query
from causalrec.causal.estimation.least_squares import least_squares
from causalrec.causal.intervals.clustered_bootstrap import refits


def problem(n: int, covariates: int, units: int, seed: int) -> tuple[Problem, np.ndarray]:
    """Rows in no order, whose users differ and are treated as a whole."""
    rng = np.random.default_rng(seed)
    cluster = np.unique(rng.integers(0, units, n), return_inverse=True)[1]
    x = rng.normal(size=(n, covariates))
    own, given = rng.normal(size=units), rng.random(units) < 0.5
    t = given[cluster].astype(float)
    y = t + x.sum(axis=1) + own[cluster] + rng.normal(size=n)
    nothing = pd.DataFrame(index=range(n))
    return Problem(Query("t", "y", (), seed=seed), nothing, t, y, cluster, "binary", ("0", "1")), x


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--covariates", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    told = []
    for units in (300, 3_000, options.rows // 10):
        for seed in range(options.seeds):
            asked, x = problem(options.rows, options.covariates, units, seed)
            wall, cpu = time.perf_counter(), time.process_time()
            drawn = refits(asked, x)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            formula = least_squares(asked, x)[0].se
            alone = Problem(asked.query, asked.frame, asked.treatment, asked.outcome, None,
                            "binary", asked.arms)  # fmt: skip
            told.append({
                "units": units, "seed": seed, "wall": wall, "cpu": cpu,
                "bootstrap se": drawn.std(ddof=1), "of the formula": drawn.std(ddof=1) / formula,
                "rows as units": refits(alone, x).std(ddof=1) / formula,
            })  # fmt: skip
    table = pd.DataFrame(told)
    print(table.round(4).to_string(index=False))
    print(table.groupby("units").median().drop(columns="seed").round(4).to_string())


if __name__ == "__main__":
    main()
