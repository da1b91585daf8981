"""What moved a metric: against dowhy's distribution_change, CPU-seconds, ratio, disagreement.

    python tests/benchmarks/attribution.py [--rows 100000] [--theirs 3000] [--repeats 3]

Six nodes with straight lines, of which three mechanisms change, so that every part is known:
`cr.attribute_change` on `rows` rows of each period (median of `repeats`), and dowhy's on `theirs`
(it samples and permutes; its time grows with rows): CPU-seconds, the ratio, and how far each is
from the truth. Then, from 200 small draws, how often 95 % intervals hold the truth.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

import causalrec as cr

EDGES = [("a", "b"), ("b", "e"), ("d", "e"), ("a", "f"), ("e", "y"), ("f", "y")]
GRAPH = cr.CausalGraph(EDGES)


def period(n: int, rng: np.random.Generator, *, later: bool) -> pd.DataFrame:
    """Later `a` is larger by .3, `b` by 1 at the same `a`, and `e` follows `b` by 1.2, not 1."""
    a = rng.normal(size=n) + 0.3 * later
    b = 0.5 * a + rng.normal(size=n) + 1.0 * later
    d = rng.normal(size=n)
    e = (1 + 0.2 * later) * b + 0.3 * d + rng.normal(size=n)
    f = 0.7 * a + rng.normal(size=n)
    return pd.DataFrame(
        {"a": a, "b": b, "d": d, "e": e, "f": f, "y": e + 0.5 * f + rng.normal(size=n)}
    )


def truth() -> pd.Series:
    """Shapley values of the change, 1.485: means of y by which of a, b and e have changed."""

    def mean(a: bool, b: bool, e: bool) -> float:
        at = 0.3 * a
        return (1 + 0.2 * e) * (0.5 * at + b) + 0.35 * at

    parts = dict.fromkeys("abdefy", 0.0)
    orders = ("abe", "aeb", "bae", "bea", "eab", "eba")
    for order in orders:
        changed = dict.fromkeys("abe", False)
        for name in order:
            before = mean(**changed)
            changed[name] = True
            parts[name] += (mean(**changed) - before) / len(orders)
    return pd.Series(parts)


def spent(work) -> tuple[float, pd.Series]:
    start = time.process_time()
    parts = work()
    return time.process_time() - start, parts


def ours(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    answer = cr.attribute_change(before, after, GRAPH, metric="y", cluster=None)
    return answer.rows.set_index("mechanism")["value"]


def theirs(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    import networkx as nx
    from dowhy import gcm

    logging.getLogger("dowhy").setLevel(logging.ERROR)
    model = gcm.ProbabilisticCausalModel(nx.DiGraph(EDGES))
    gcm.auto.assign_causal_mechanisms(model, before)
    parts = gcm.distribution_change(
        model, before, after, "y",
        difference_estimation_func=lambda old, new: float(np.mean(new) - np.mean(old)),
    )  # fmt: skip
    return pd.Series(parts)


def coverage(draws: int, n: int) -> None:
    known, held = truth(), []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        pair = [period(n, rng, later=later) for later in (False, True)]
        rows = cr.attribute_change(*pair, GRAPH, metric="y", cluster=None).rows
        at = known[rows["mechanism"]].to_numpy()
        held.append(
            pd.Series((rows["low"] <= at) & (at <= rows["high"])).set_axis(rows["mechanism"])
        )
    print(f"\n95 % intervals that hold the truth, {draws} draws of {n} rows a period")
    print(pd.DataFrame(held).mean().round(3).to_string())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--theirs", type=int, default=3_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    rng = np.random.default_rng(0)
    pair = [period(options.rows, rng, later=later) for later in (False, True)]
    ours(*pair)
    mine = [spent(lambda: ours(*pair)) for _ in range(options.repeats)]
    seconds = float(np.median([one for one, _ in mine]))
    few = [frame.head(options.theirs) for frame in pair]
    other, parts = spent(lambda: theirs(*few))
    table = pd.DataFrame(
        {"truth": truth(), "ours": mine[0][1], "ours, their rows": ours(*few), "dowhy": parts}
    )
    print(table.round(4).to_string())
    print(f"\nours {seconds:.3f} CPU-s at {options.rows:,} rows a period")
    print(f"dowhy {other:.1f} CPU-s at {options.theirs:,}: {other / seconds:.0f} times")
    for name in table.columns[1:]:
        off = (table[name] - table["truth"]).abs()
        print(f"{name}: largest distance from the truth {off.max():.4f}")
    coverage(200, 300)


if __name__ == "__main__":
    main()
