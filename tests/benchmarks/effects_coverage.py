"""Do the intervals of effects hold the truth, and do the alarms ring when they should?

    python tests/benchmarks/effects_coverage.py [--draws 400] [--jobs 2] [--worlds …]

Each world has a known average effect. For every estimator: share of draws whose 95 % interval
holds it (``coverage``), mean error, mean half-width over 1.96 spreads of the estimates
(``width``: above 1 is conservative, or few units), and the share of draws in which each alarm of
its own rings or the answer is refused (``silent``: of misses that nothing warned of; ``off``: the
mean error in its own standard errors). ``holes`` have a confounder with unknown values,
``units`` rows that belong together, ``overlap`` arms that are more or less comparable at several
sizes, ``curved`` relations that no line fits.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing import Pool
from multiprocessing.pool import Pool as Workers
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

from causalrec.causal.effects.alarms import DOUBTS
from causalrec.causal.effects.answers import Asking
from causalrec.causal.effects.preconditions import make_problem
from causalrec.causal.estimation.estimation_problem import Query, Refusal
from causalrec.causal.estimators import ESTIMATORS
from causalrec.causal.identification.backdoor import BackDoor
from causalrec.causal.identification.strategy import Identified
from causalrec.causal.rows.question_rows import rows_of

World = tuple[pd.DataFrame, list[str], float, str | None]
ALARMS = (
    "extrapolates",
    "misfit",
    "varying",
    "leftover",
    "unsettled",
    "unbalanced",
    "no_counterpart",
)


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def linear(rng: np.random.Generator, n: int = 500) -> pd.DataFrame:
    """Two covariates, straight lines, effect 1."""
    x, z = rng.normal(size=(2, n))
    t = (rng.random(n) < logistic(x)).astype(int)
    return pd.DataFrame({"x": x, "z": z, "t": t, "y": t + 2 * x + z + rng.normal(size=n)})


def _hidden(rng: np.random.Generator, kind: str, frame: pd.DataFrame) -> np.ndarray:
    """Where the confounder is unknown: at random, or at random given what is known."""
    z, t, y = (frame[c].to_numpy() for c in ("z", "t", "y"))
    chance = {
        "half": np.full(len(frame), 0.45),
        "given z": logistic(-1.6 + z),
        "given y": logistic(-1.6 + 0.4 * (y - y.mean())),
        "given t": 0.08 + 0.24 * t,
    }.get(kind, np.full(len(frame), 0.2))
    return np.asarray(rng.random(len(frame)) < chance)


def _holed(rng: np.random.Generator, kind: str, n: int = 800) -> World:
    """A confounder with unknown values."""
    frame, truth = linear(rng, n), 1.0
    x, z, t = (frame[c].to_numpy() for c in ("x", "z", "t"))
    noise = rng.normal(size=n)
    if kind == "given z":
        frame["x"], frame["y"] = x + 0.7 * z, frame["y"] + 1.4 * z
    elif kind == "yes and no":
        frame["x"] = (x > 0) * 1.0
        frame["y"] = t + 2 * frame["x"] + z + noise
    elif kind == "categories":
        group = np.digitize(x, (-0.7, 0, 0.7))
        t = (rng.random(n) < np.array([0.2, 0.6, 0.8, 0.4])[group]).astype(int)
        frame["t"], frame["y"] = t, t + np.array([-2.0, 1.0, 2.0, 0.0])[group] + z + noise
        frame["x"] = np.array(list("abcd"), dtype=object)[group]
    elif kind == "shares":
        frame["y"] = (rng.random(n) < logistic(x - 0.5 + 0.8 * t)).astype(int)
        grid = np.random.default_rng(0).normal(size=400_000)
        truth = float((logistic(grid + 0.3) - logistic(grid - 0.5)).mean())
    elif kind == "skewed":
        frame["x"], frame["y"] = np.exp(x), t + np.exp(x) + z + noise
    frame["x"] = frame["x"].mask(_hidden(rng, kind, frame))
    if kind == "both":
        frame.loc[rng.random(n) < 0.2, "z"] = np.nan
    return frame, ["x", "z"], truth, None


def _units(
    rng: np.random.Generator, treated: int, units: int = 20, rows: int = 30, effect: float = 0.5
) -> World:
    """Units whose rows are alike; `treated` of them are treated."""
    unit = np.repeat(np.arange(units), rng.integers(rows // 2, rows * 3 // 2, units))
    own = rng.normal(size=units)[unit]
    x = rng.normal(size=len(unit))
    given = rng.permutation(units)[:treated]
    t = np.isin(unit, given).astype(int)
    y = effect * t + 0.7 * own + x + rng.normal(size=len(unit))
    return pd.DataFrame({"u": unit, "t": t, "x": x, "y": y}), ["x"], effect, "u"


def _mixed(rng: np.random.Generator, units: int = 20, rows: int = 30) -> World:
    """Both arms in every unit."""
    frame, columns, effect, cluster = _units(rng, 0, units, rows)
    x = frame["x"].to_numpy()
    frame["t"] = (rng.random(len(x)) < logistic(x)).astype(int)
    frame["y"] = frame["y"] + effect * frame["t"]
    return frame, columns, effect, cluster


def _overlap(rng: np.random.Generator, n: int, kind: str, p: int = 3) -> World:
    """Randomised, well overlapping (.2 to .8), or hardly overlapping."""
    x = rng.normal(size=(n, p))
    steep = x @ np.ones(p) / p**0.5
    chance = {
        "even": np.full(n, 0.5),
        "third": np.full(n, 0.35),
        "good": 0.2 + 0.6 * logistic(2 * steep),
        "bad": logistic(4 * steep),
    }[kind]
    t = (rng.random(n) < chance).astype(int)
    y = t + x[:, 0] + rng.normal(size=n)
    columns = [f"x{j}" for j in range(p)]
    return pd.DataFrame(x, columns=columns).assign(t=t, y=y), columns, 1.0, None


def _curved(rng: np.random.Generator, kind: str, n: int = 600) -> World:
    """Treatment and outcome that curve in the covariates; `one side`: the outcome only."""
    x = rng.normal(size=(n, 2))
    curve = {
        "square": x[:, 0] ** 2 - 1,
        "wave": np.sin(2 * x[:, 0]),
        "product": x[:, 0] * x[:, 1],
        "one side": x[:, 0] ** 2 - 1,
    }[kind]
    drive = x[:, 0] if kind == "one side" else curve
    t = (rng.random(n) < logistic(drive)).astype(int)
    y = t + 2 * curve + x[:, 1] + rng.normal(size=n)
    return pd.DataFrame({"x": x[:, 0], "z": x[:, 1], "t": t, "y": y}), ["x", "z"], 1.0, None


def _linear(rng: np.random.Generator, n: int = 500) -> World:
    return linear(rng, n), ["x", "z"], 1.0, None


def _varying(rng: np.random.Generator, n: int = 400) -> World:
    """A line whose effect differs with what drives the treatment: 1 on average."""
    x = rng.normal(size=n)
    t = (rng.random(n) < logistic(x)).astype(int)
    y = x + t * (1 + x) + rng.normal(size=n)
    return pd.DataFrame({"x": x, "t": t, "y": y}), ["x"], 1.0, None


def _slope(rng: np.random.Generator, curve: bool, n: int = 500) -> World:
    """A number as treatment."""
    x = rng.normal(size=n)
    bend = x**2 if curve else x
    d = bend + rng.normal(size=n)
    return pd.DataFrame({"x": x, "t": d, "y": d + 2 * bend + rng.normal(size=n)}), ["x"], 1.0, None


HOLES = (
    "mcar", "half", "given z", "given y", "given t", "both", "yes and no", "categories",
    "shares", "skewed",
)  # fmt: skip


def _placebo(rng: np.random.Generator, n: int = 500) -> World:
    """A treatment that does nothing."""
    frame = linear(rng, n)
    return frame.assign(y=frame["y"] - frame["t"]), ["x", "z"], 0.0, None


WORLDS: dict[str, Callable[[np.random.Generator], World]] = {
    "linear": _linear,
    **{f"holes: {kind}": partial(_holed, kind=kind) for kind in HOLES},
    **{f"{k} of 20 units": partial(_units, treated=k) for k in (1, 2, 3, 5, 10)},
    "20 units, both arms": _mixed,
    "300 units, both arms": partial(_mixed, units=300, rows=4),
    "placebo": _placebo,
    **{
        f"{kind} overlap, n {n}": partial(_overlap, n=n, kind=kind)
        for kind in ("even", "third", "good", "bad")
        for n in (60, 100, 200, 500)
    },
    **{
        f"curved: {kind}": partial(_curved, kind=kind)
        for kind in ("square", "wave", "product", "one side")
    },
    "slope": partial(_slope, curve=False),
    "curved slope": partial(_slope, curve=True),
}


def shelf() -> list[str]:
    """Estimators that adjust for the same columns and take no minutes."""
    names = ESTIMATORS.where(checks=None)
    return [n for n in names if ESTIMATORS[n].strategy is BackDoor and not ESTIMATORS[n].costly]


def one(asked: tuple[str, int]) -> list[dict]:
    """Every estimator in one draw of a world, with its alarms."""
    world, seed = asked
    rng = np.random.default_rng([seed, len(world), *world.encode()])
    frame, columns, truth, cluster = WORLDS[world](rng)
    rows = rows_of(frame, ("t", "y"), columns, cluster)
    known = Identified("t", "y", tuple(columns))
    problem = make_problem(rows, Query("t", "y", tuple(columns)))
    question, made = Asking(problem, "aipw", known), []
    poor = question.seen is not None and question.seen.poor
    for name in shelf():
        told = {"world": world, "estimator": name, "refused": False}
        told |= {"value": np.nan, "held": np.nan, "half": np.nan, "silent": 0.0}
        if problem.kind not in ESTIMATORS[name].kinds:
            continue
        try:
            answer = question.answer(name)
        except Refusal:
            made.append(told | {"refused": True} | dict.fromkeys(ALARMS, False))
            continue
        keys = {flag.key for flag in (*answer.flags, *problem.flags)}
        held = answer.low <= truth <= answer.high
        warned = poor or bool(keys & DOUBTS) or not ESTIMATORS[name].causal
        told |= {"value": answer.value - truth, "held": held, "silent": not held and not warned}
        told |= {"half": (answer.high - answer.low) / 2}
        made.append(told | {alarm: f"causal.flag_{alarm}" in keys for alarm in ALARMS})
    return made


def coverage(world: str, draws: int, first: int = 0, pool: Workers | None = None) -> pd.DataFrame:
    """One row an estimator of a world: coverage, error, width, refused, alarms."""
    asked = [(world, seed) for seed in range(first, first + draws)]
    made = pool.map(one, asked, chunksize=4) if pool else map(one, asked)
    table = pd.DataFrame([row for rows in made for row in rows])
    grouped = table.groupby(["world", "estimator"], sort=False)
    told = grouped.agg(
        coverage=("held", lambda held: held.dropna().astype(float).mean()),
        silent=("silent", lambda silent: silent.astype(float).mean()),
        error=("value", "mean"),
        spread=("value", "std"),
        half=("half", "mean"),
        refused=("refused", "mean"),
        **{alarm: (alarm, lambda rung: rung.astype(float).mean()) for alarm in ALARMS},
    )
    told.insert(3, "off", told["error"] / (told["spread"] / draws**0.5))
    told.insert(4, "width", told.pop("half") / 1.96 / told.pop("spread"))
    return told.reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="seed of the first draw")
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS), help="or beginnings of names")
    options = parser.parse_args()
    chosen = [w for w in WORLDS if any(w.startswith(asked) for asked in options.worlds)]
    with Pool(options.jobs) as pool:
        for world in chosen:
            table = coverage(world, options.draws, options.first, pool)
            print(table.round(3).to_string(index=False, header=world == chosen[0]), flush=True)


if __name__ == "__main__":
    main()
