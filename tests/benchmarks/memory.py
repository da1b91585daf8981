"""How much memory an effect takes, in copies of its covariates, and how many seconds.

    python tests/benchmarks/memory.py [--rows 1000000] [--covariates 10] [--estimators ols aipw]

The peak is of a process of its own beyond what it holds with the table read and the package
loaded (`ru_maxrss`), over the size of the covariates as float64; seconds are of the processor.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def _peak() -> float:
    """Largest resident size of this process so far, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def measured(estimator: str, n: int, p: int) -> str:
    """One row of the table."""
    import numpy as np
    import pandas as pd

    import causalrec as cr

    rng = np.random.default_rng(0)
    names = [f"x{i}" for i in range(p)]
    frame = pd.DataFrame(rng.normal(size=(n, p)), columns=names)
    frame["t"] = (rng.random(n) < 1 / (1 + np.exp(-frame["x0"]))).astype(float)
    frame["y"] = frame["t"] + frame["x0"] + rng.normal(size=n)
    asked = {"treatment": "t", "outcome": "y", "cluster": None, "estimator": estimator}
    cr.estimate(frame[:2000], names, **asked)  # everything is loaded
    before, began = _peak(), time.process_time()
    effect = cr.estimate(frame, names, **asked)
    seconds = time.process_time() - began
    copies = (_peak() - before) / (8.0 * n * p)
    return f"{estimator:20} {n:>10,} {p:>4} {copies:8.2f} {seconds:8.1f} {effect.value:8.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--covariates", type=int, default=10)
    parser.add_argument("--estimators", nargs="*", default=["ols", "ipw", "dml", "aipw"])
    parser.add_argument("--one", action="store_true", help="in this process")
    options = parser.parse_args()
    if options.one:
        print(measured(options.estimators[0], options.rows, options.covariates), flush=True)
        return
    print(f"{'estimator':20} {'rows':>10} {'p':>4} {'copies':>8} {'cpu s':>8} {'value':>8}")
    for name in options.estimators:
        sizes = ["--rows", str(options.rows), "--covariates", str(options.covariates)]
        again = [sys.executable, __file__, "--one", "--estimators", name, *sizes]
        subprocess.run(again, check=True)


if __name__ == "__main__":
    main()
