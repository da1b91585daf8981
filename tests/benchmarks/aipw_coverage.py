"""Does the AIPW interval hold the truth as often as it says?

    python tests/benchmarks/aipw_coverage.py [--draws 2000] [--rows 800] [--jobs 2] [--worlds …]

Draws many small tables from two made-up worlds and counts how often each estimator's 95 %
interval holds the true effect. ``shop`` is the sample shop's generator (users before and after
the promotion); ``waves`` has nuisances of other shapes (sines, absolute values, products) that
no basis of the estimator contains. ``flagged`` is the share of answers that carry a warning of
their own (not settled, something left over, moved to the overlap) or are refused; ``silent`` the
share of draws whose interval misses the truth without one; ``square`` is the mean square of the
errors in units of the interval's own (1 at a coverage of .95, 1.4 at .90, 2.3 at .80); seconds are
CPU seconds of one draw, all four estimators together. ``rough`` is a world that no table of this
size can settle (six covariates, steps of products, fast sines): there the warnings have to speak.
Settings were chosen on seeds from 100,000 on; the figures reported begin at seed 0.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from multiprocessing import Pool
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

import causalrec as cr
from causalrec.causal.estimators import ESTIMATORS

WARNED = {f"causal.flag_{name}" for name in ("unsettled", "leftover", "moved", "thin")}
SHOP_COVARIATES = ["activity", "past_spend", "segment", "device", "is_new"]
_SHOP: list = []


def shop_draw(seed: int, rows: int) -> tuple[pd.DataFrame, list[str], float]:
    """Fresh users of one shop; the truth is these users' mean effect."""
    if not _SHOP:
        _SHOP.append(cr.sample_shop(users=2_000, items=200, impressions=120_000))
    frame, truth = _SHOP[0].draw_users(seed, rows)
    named = frame.rename(columns={"promotion": "t", "purchase": "y"})
    return named, SHOP_COVARIATES, truth


def waves_draw(seed: int, rows: int) -> tuple[pd.DataFrame, list[str], float]:
    """Sines, absolute values and a product; the mean effect is .5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 5))
    chance = 1 / (1 + np.exp(-1.2 * np.sin(1.5 * x[:, 0]) - 0.8 * (np.abs(x[:, 1]) - 0.8)))
    t = (rng.random(rows) < 0.15 + 0.7 * chance).astype(int)
    plain = 1.5 * np.sin(1.5 * x[:, 0]) + np.abs(x[:, 1]) + 0.5 * x[:, 2] * x[:, 3]
    y = plain + t * (0.5 + 0.5 * np.tanh(x[:, 2])) + rng.normal(size=rows)
    columns = [f"x{j}" for j in range(5)]
    return pd.DataFrame(x, columns=columns).assign(t=t, y=y), columns, 0.5


def rough_draw(seed: int, rows: int) -> tuple[pd.DataFrame, list[str], float]:
    """A fast sine and steps of a product drive both sides; the effect is .5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 6))
    product = x[:, 1] * x[:, 2]
    drive = np.sin(2.2 * x[:, 0]) + 0.8 * np.sign(product) * np.minimum(np.abs(product), 1)
    t = (rng.random(rows) < 1 / (1 + np.exp(-1.2 * drive))).astype(int)
    y = 2 * drive + np.abs(x[:, 3]) + 0.5 * t + rng.normal(size=rows)
    columns = [f"x{j}" for j in range(6)]
    return pd.DataFrame(x, columns=columns).assign(t=t, y=y), columns, 0.5


WORLDS = {"shop": shop_draw, "waves": waves_draw, "rough": rough_draw}


NAMES = tuple(name for name in ESTIMATORS.where(compared=True) if ESTIMATORS[name].strategy.alike)


def one(asked: tuple[str, int, int]) -> dict:
    """Every estimator's interval in one draw, the warnings, and the CPU seconds of all."""
    world, seed, rows = asked
    frame, covariates, truth = WORLDS[world](seed, rows)
    start = time.process_time()
    effect = cr.estimate(frame, covariates, treatment="t", outcome="y", cluster=None, compare=True)
    made = {"truth": truth, "seconds": time.process_time() - start}
    made["flagged"] = effect.refused or bool({f.key for f in effect.flags} & WARNED)
    for row in effect.rows.itertuples():
        made |= {row.estimator: row.value, f"{row.estimator} low": row.low}
        made[f"{row.estimator} high"] = row.high
    return made


def coverage(world: str, draws: int, rows: int, jobs: int = 1, first: int = 0) -> pd.DataFrame:
    """One row an estimator: coverage, of unflagged draws too, misses without a warning, errors.

    The truth is the mean over all draws of the drawn units' true effects: the population's.
    """
    asked = [(world, seed, rows) for seed in range(first, first + draws)]
    if jobs > 1:
        with Pool(jobs) as pool:
            made = pd.DataFrame(pool.map(one, asked, chunksize=8))
    else:
        made = pd.DataFrame(map(one, asked))
    truth = made["truth"].mean()
    table = []
    clean = ~made["flagged"]
    for name in NAMES:
        held = (made[f"{name} low"] <= truth) & (truth <= made[f"{name} high"])
        off = truth - made[name]
        ends = (made[f"{name} high"] - made[name], made[name] - made[f"{name} low"])
        width = (ends[0] + ends[1]) / 3.92
        table.append(
            {
                "world": world,
                "estimator": name,
                "rows": rows,
                "draws": draws,
                "coverage": held.mean(),
                "unflagged": held[clean].mean(),
                "flagged": 1 - clean.mean(),
                "silent": (clean & ~held).mean(),
                "bias": made[name].mean() - truth,
                "spread": made[name].std(),
                "error": width.mean(),
                "square": ((1.96 * off / ends[0].where(off > 0, ends[1])) ** 2).mean(),
                "seconds": made["seconds"].mean(),
            }
        )
    return pd.DataFrame(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=800)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="seed of the first draw")
    parser.add_argument("--worlds", nargs="*", default=["shop", "waves"], choices=list(WORLDS))
    options = parser.parse_args()
    for world in options.worlds:
        table = coverage(world, options.draws, options.rows, options.jobs, options.first)
        print(table.round(4).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
