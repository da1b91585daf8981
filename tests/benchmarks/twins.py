"""Does each estimator find in a confounded log what its randomised twin shows? Who forecasts best?

    python tests/benchmarks/twins.py [--twins 40] [--units 1000] [--jobs 1] [--skip NAME …]

For pairs of `cr.sample_twins` of the seeds 0, 1, …: the answer from the confounded log less the
twin's difference in means (slope for a price), and how often 0 lies within 1.96 of its own errors
(`Twins.paired_error`), over all twins and over those whose answer carries no alarm about its own
assumptions; ``sd`` is the spread of the differences over their errors (1 where these are right).
The demand world is asked twice: with all that moves price and demand in the log, and without one
of its common causes, where only an instrument can answer. Then outcome models of the demand log
by their error on new rows of the same log (forecast) and on rows whose prices were drawn by
chance (counterfactual).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

import causalrec as cr
from causalrec.causal.estimators import ESTIMATORS
from causalrec.shop.twins import Twins

ALARMS = ("misfit", "varying", "unbalanced", "overlap", "extrapolates", "leftover", "unsettled")
KINDS = ("forecast", "counterfactual")
QUESTIONS = (("shop", False), ("demand", False), ("demand", True))
"""World, and whether its hidden causes are left out of the log."""


def one_pair(
    question: tuple[str, bool], units: int, skip: tuple[str, ...], seed: int
) -> list[dict[str, Any]]:
    """What every estimator says of one pair, less the twin."""
    world, hide = question
    twins = cr.sample_twins(world, seed, units)
    latent = twins.hidden if hide else ()
    graph = cr.CausalGraph(twins.edges, latent=latent)
    asked = {"treatment": twins.treatment, "outcome": twins.outcome, "cluster": None}
    twin = cr.estimate(twins.randomised, [], estimator="difference", **asked)
    log = twins.confounded.drop(columns=list(latent))
    rows = []
    for name in (one for one in ESTIMATORS if one not in skip):
        effect = cr.estimate(log, graph, estimator=name, **asked)
        row = {"world": world + " (hidden)" * hide, "estimator": name}
        if effect.value is None or effect.se is None or not effect.se or effect.low is None:
            rows.append(row)
            continue
        error = twins.paired_error(effect.se, twin.se)
        others = effect.target != "ATE" and twins.spread > 0  # alike for all: any target will do
        alarm = others or any(
            one in getattr(flag, "key", str(flag)) for flag in effect.flags for one in ALARMS
        )
        rows.append(row | {"off": effect.value - twin.value, "error": error, "alarm": alarm})
    return rows


def agreement(twins: int, units: int, jobs: int, skip: tuple[str, ...]) -> None:
    frames = []
    with Pool(jobs) as pool:
        for question in QUESTIONS:
            work = partial(one_pair, question, units, skip)
            each = pool.imap(work, range(twins)) if jobs > 1 else map(work, range(twins))
            frames += [pd.DataFrame(rows) for rows in each]
    frame = pd.concat(frames, ignore_index=True)
    print(f"\n{twins} twins of {units:,} units: answer less the twin's plain comparison")
    print(
        f"{'world':17s} {'estimator':18s} answered   mean off   sd   held  | no alarm   sd   held"
    )
    for (world, name), rows in frame.groupby(["world", "estimator"], sort=False):
        rows = rows.dropna(subset=["off"])
        if not len(rows):
            print(f"{world:17s} {name:18s} {0:8d}   refuses")
            continue
        calm = rows[~rows["alarm"].astype(bool)]
        print(
            f"{world:17s} {name:18s} {len(rows):8d} {rows['off'].mean():+10.4f} {_held(rows)}"
            f"  | {len(calm):8d} {_held(calm)}"
        )


def _held(rows: pd.DataFrame) -> str:
    if len(rows) < 10:
        return f"{'–':>5s} {'–':>6s}"
    z = rows["off"] / rows["error"]
    return f"{z.std():5.2f} {(z.abs() <= 1.96).mean():6.3f}"


Predict = Callable[[pd.DataFrame], np.ndarray]


def line(log: pd.DataFrame, twins: Twins, columns: list[str]) -> Predict:
    """Least squares on columns."""

    def wide(frame: pd.DataFrame) -> np.ndarray:
        return np.column_stack([np.ones(len(frame)), frame[columns].to_numpy()])

    slopes = np.linalg.lstsq(wide(log), log[twins.outcome].to_numpy(), rcond=None)[0]
    return lambda frame: np.asarray(wide(frame) @ slopes)


def boosted(log: pd.DataFrame, twins: Twins, columns: list[str]) -> Predict:
    """Gradient boosting on columns."""
    from lightgbm import LGBMRegressor

    model = LGBMRegressor(n_estimators=150, learning_rate=0.05, num_leaves=15, verbose=-1, n_jobs=1)
    model.fit(log[columns], log[twins.outcome])
    return lambda frame: np.asarray(model.predict(frame[columns]))


def two_stages(log: pd.DataFrame, twins: Twins, columns: list[str]) -> Predict:
    """Two-stage least squares: the price through its costs, the rest as it is."""
    rest = [name for name in columns if name != twins.treatment]
    y = log[twins.outcome].to_numpy()
    z = np.column_stack([np.ones(len(log)), log[[*rest, *twins.instruments]]])
    price = z @ np.linalg.lstsq(z, log[twins.treatment].to_numpy(), rcond=None)[0]
    fitted = np.column_stack([np.ones(len(log)), price, log[rest]])
    slopes = np.linalg.lstsq(fitted, y, rcond=None)[0]
    return lambda f: np.column_stack([np.ones(len(f)), f[[twins.treatment, *rest]]]) @ slopes


def ranking(units: int, seeds: int) -> None:
    """Outcome models of the demand log without buzz, by both errors."""
    price, some = ["log_price"], ["log_price", "season"]
    every = [*some, "freight", "wages"]
    models = {
        "season alone": partial(line, columns=["season"]),
        "line of price": partial(line, columns=price),
        "line of price and season": partial(line, columns=some),
        "line of all columns": partial(line, columns=every),
        "LightGBM of price and season": partial(boosted, columns=some),
        "LightGBM of all columns": partial(boosted, columns=every),
        "two-stage least squares": partial(two_stages, columns=some),
    }
    rows = []
    for seed in range(seeds):
        twins = cr.sample_twins("demand", 10_000 + seed, units)
        new = cr.sample_twins("demand", 20_000 + seed, units)
        for name, fit in models.items():
            predict = fit(twins.confounded, twins)
            errors = {
                kind: float(np.sqrt(np.mean((predict(frame) - frame[new.outcome]) ** 2)))
                for kind, frame in (
                    ("forecast", new.confounded),
                    ("counterfactual", new.randomised),
                )
            }
            rows.append({"model": name, **errors})
    table = pd.DataFrame(rows).groupby("model").median()
    table["forecast rank"] = table["forecast"].rank().astype(int)
    table["counterfactual rank"] = table["counterfactual"].rank().astype(int)
    print(f"\nmodels of the demand log, root mean square error, medians of {seeds} twins")
    print(table.sort_values("counterfactual").round(3).to_string())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twins", type=int, default=40)
    parser.add_argument("--units", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--skip", nargs="*", default=[], help="estimators to leave out")
    options = parser.parse_args()
    agreement(options.twins, options.units, options.jobs, tuple(options.skip))
    ranking(4 * options.units, 5)


if __name__ == "__main__":
    main()
