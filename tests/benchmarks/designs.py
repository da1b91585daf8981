"""Do the intervals of designs hold the truth, and how often do alarms ring where nothing happened?

    python tests/benchmarks/designs.py [--draws 200] [--worlds …]

Each world has a known effect; its draws are seeded 0, 1, …. For every world: share of draws whose
95 % interval holds the truth (``covers``), share refused or without an interval (``none``), mean
half-width over 1.96 spreads of the estimates (``width``: above 1 is conservative, or few units),
mean error in spreads (``bias``), seconds an answer; beside it how often the interval of a naive
before and after (above and below a cutoff) holds it (``naive``), and its mean error. Then the same
worlds with no effect: share of draws in which the interval excludes 0 (``alarm``) and in which a
placebo or a test of what came before fails.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

import causalrec as cr

Draw = tuple[pd.DataFrame, dict[str, Any], float, tuple[float, float]]
"""Table, question, truth, and the naive answer with its error."""


def carried(rng: np.random.Generator, shape: tuple[int, int], carry: float) -> np.ndarray:
    """Stationary errors of which `carry` goes on in the next time, (units, times)."""
    noise = rng.standard_normal(shape)
    noise[:, 0] /= (1 - carry**2) ** 0.5
    for at in range(1, shape[1]):
        noise[:, at] += carry * noise[:, at - 1]
    return noise


def long(y: np.ndarray, first: np.ndarray) -> pd.DataFrame:
    """A panel as rows."""
    unit, time_ = np.indices(y.shape)
    on = time_ >= first[:, None]
    columns = {"unit": unit, "time": time_, "y": y, "on": on.astype(int)}
    return pd.DataFrame({name: part.ravel() for name, part in columns.items()})


def gap(after: np.ndarray, before: np.ndarray) -> tuple[float, float]:
    """Difference of means, and its error if all values were independent."""
    error = after.var(ddof=1) / after.size + before.var(ddof=1) / before.size
    return float(after.mean() - before.mean()), float(error**0.5)


def two_groups(
    rng: np.random.Generator,
    effect: float,
    sizes: tuple[int, int] = (20, 30),
    carry: float = 0.7,
    heavy: bool = False,
) -> Draw:
    """Two groups and one date; everybody wanders together."""
    shape = (sum(sizes), 16)
    noise = carried(rng, shape, carry)
    if heavy:
        noise *= np.sqrt(5 / rng.chisquare(5, size=(shape[0], 1)))
    treated = np.arange(shape[0]) < sizes[0]
    y = noise + rng.normal(size=(shape[0], 1)) * 2 + rng.normal(size=shape[1]).cumsum()
    y[treated, 8:] += effect
    frame = long(y, np.where(treated, 8, shape[1]))
    asked = {"unit": "unit", "time": "time", "treatment": "on"}
    return frame, asked, effect, gap(y[treated, 8:], y[treated, :8])


def cohorts(
    rng: np.random.Generator, effect: float, size: int = 12, control: str = "never"
) -> Draw:
    """Three cohorts whose effect grows by as much at each time; `effect` at the first."""
    starts, last = (5, 8, 11), 16
    first = np.concatenate([np.repeat(starts, size), np.full(2 * size, last)])
    since = np.arange(last) - first[:, None]
    true = np.where(since >= 0, effect * (since + 1) / 2, 0.0)
    y = carried(rng, true.shape, 0.6) + rng.normal(size=(len(first), 1)) + true
    y += rng.normal(size=last).cumsum()
    truth = float(np.mean([true[first == one, one:].mean() for one in starts]))
    treated = first < last
    naive = gap(y[treated][since[treated] >= 0], y[treated][since[treated] < 0])
    asked = {"unit": "unit", "time": "time", "treatment": "on", "control": control}
    return long(y, first), asked, truth, naive


def factors(rng: np.random.Generator, effect: float, carry: float = 0.5, after: int = 8) -> Draw:
    """Two walks that units share; the treated is the mean of three others, and noise."""
    shape = (16, 40 + after)
    walks = rng.normal(size=(2, shape[1])).cumsum(axis=1) / 2
    load = rng.dirichlet(np.ones(2), shape[0])
    load[0] = load[1:4].mean(axis=0)
    y = 10 + 2 * load @ walks + 0.5 * carried(rng, shape, carry) * (1 - carry**2) ** 0.5
    y[0, 40:] += effect
    frame = long(y, np.where(np.arange(shape[0]) == 0, 40, shape[1]))
    asked = {"unit": "unit", "time": "time", "treatment": "on"}
    return frame, asked, effect, gap(y[0, 40:], y[0, :40])


def series(rng: np.random.Generator, effect: float, carry: float = 0.5, before: int = 60) -> Draw:
    """Days on a line with a week."""
    days = pd.date_range("2026-01-01", periods=before + 14)
    at = np.arange(len(days))
    y = 0.05 * at + 2 * (days.day_of_week >= 5) + carried(rng, (1, len(days)), carry)[0]
    y = np.asarray(y) + effect * (at >= before)
    frame = pd.DataFrame({"time": days, "y": y})
    asked = {"time": "time", "start": str(days[before].date())}
    return frame, asked, effect, gap(y[before:], y[:before])


def cutoff(rng: np.random.Generator, effect: float, n: int = 600, fuzzy: bool = False) -> Draw:
    """The curve of Lee's elections (Calonico, Cattaneo and Titiunik, 2014), noise that varies."""
    x = 2 * rng.beta(2, 4, n) - 1
    left = 0.48 + 1.27 * x + 7.18 * x**2 + 20.21 * x**3 + 21.54 * x**4 + 7.33 * x**5
    right = 0.48 + 0.84 * x - 3.0 * x**2 + 7.99 * x**3 - 9.01 * x**4 + 3.56 * x**5
    got = (x >= 0).astype(int)
    more: dict[str, Any] = {}
    keen = rng.normal(size=n)
    if fuzzy:
        got, more = (keen + 2 * (x >= 0) > 1).astype(int), {"treatment": "got"}
    y = np.where(x < 0, left, right) + effect * got + 0.13 * (1 + np.abs(x)) * rng.normal(size=n)
    y += 0.1 * keen * fuzzy
    frame = pd.DataFrame({"x": x, "y": y, "got": got})
    return frame, {"running": "x", "cutoff": 0.0, **more}, effect, gap(y[x >= 0], y[x < 0])


World = tuple[str, Callable[..., Draw], dict[str, Any]]
WORLDS: dict[str, World] = {
    "two groups": ("difference-in-differences", two_groups, {}),
    "4 and 12 units": ("difference-in-differences", two_groups, {"sizes": (4, 12)}),
    "heavy tails": ("difference-in-differences", two_groups, {"heavy": True}),
    "cohorts": ("staggered-adoption", cohorts, {}),
    "cohorts, not yet": ("staggered-adoption", cohorts, {"control": "not-yet"}),
    "4 a cohort": ("staggered-adoption", cohorts, {"size": 4}),
    "factors": ("synthetic-control", factors, {}),
    "factors, carry .8": ("synthetic-control", factors, {"carry": 0.8}),
    "series": ("interrupted-time-series", series, {}),
    "series, carry .8": ("interrupted-time-series", series, {"carry": 0.8}),
    "30 days": ("interrupted-time-series", series, {"before": 30}),
    "cutoff": ("regression-discontinuity", cutoff, {}),
    "cutoff, fuzzy": ("regression-discontinuity", cutoff, {"fuzzy": True, "n": 2000}),
}
"""Design, world and its settings by name."""


def answers(world: str, draws: int, effect: float) -> pd.DataFrame:
    """One row a draw: covers, value, half, excludes (0), failed, alarmed, naive, naive_covers."""
    design, draw, settings = WORLDS[world]
    rows = []
    for seed in range(draws):
        frame, asked, truth, naive = draw(np.random.default_rng(seed), effect, **settings)
        one = cr.design(frame, design=design, outcome="y", **asked)
        told = one.low is not None
        rows.append(
            {
                "covers": one.low <= truth <= one.high if told else np.nan,
                "error": one.value - truth if one.value is not None else np.nan,
                "half": (one.high - one.low) / 2 if told else np.nan,
                "excludes": one.excludes_zero,
                "failed": bool(one.failed),
                "before": "pre-trends" in one.flags,
                "naive": naive[0] - truth,
                "naive_covers": abs(naive[0] - truth) <= 1.96 * naive[1],
            }
        )
    return pd.DataFrame(rows)


def table(worlds: list[str], draws: int) -> pd.DataFrame:
    """One row a world."""
    rows = []
    for world in worlds:
        size = 0.5 if WORLDS[world][0].startswith("regression") else 1.0
        begun = time.perf_counter()
        real = answers(world, draws, size)
        seconds = (time.perf_counter() - begun) / draws
        blank = answers(world, draws, 0.0)
        spread = float(real["error"].std())
        rows.append(
            {
                "world": world,
                "covers": real["covers"].astype(float).mean(),
                "none": real["covers"].isna().mean(),
                "width": real["half"].mean() / (1.96 * spread),
                "bias": real["error"].mean() / spread,
                "seconds": seconds,
                "naive": real["naive_covers"].mean(),
                "naive error": real["naive"].abs().mean() / real["error"].abs().mean(),
                "alarm": blank["excludes"].mean(),
                "placebo fails": blank["failed"].mean(),
                "before fails": blank["before"].mean(),
            }
        )
        print(f"{world}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--worlds", nargs="*", choices=list(WORLDS), default=list(WORLDS))
    asked = parser.parse_args()
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        print(table(asked.worlds, asked.draws).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
