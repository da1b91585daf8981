"""Effects on each row against the truth: IHDP, ACIC 2016, and bands on worlds of our own.

Run: ``python tests/benchmarks/cate.py [ihdp] [acic] [bands] [--quick]``. IHDP (Hill, 2011) and
ACIC 2016 (Dorie et al., 2019) are read from ``../shared/data`` or ``$CAUSALREC_BENCH_DATA``; each
replication is split at random, nine tenths to learn from ("in"), one tenth of new rows ("out"),
with its number as seed. Errors: of the average effect (absolute), and the root of the mean square
error of the rows' effects (PEHE). Seconds are of the processor, one thread; baselines run beside.

The settings of the learners were chosen on worlds of our own. That outcomes may multiply
(`causalrec.causal.nuisance.multiplied`) was added after IHDP's first ten replications had been
looked at, whose controls are of this form: what the others, not looked at, say is the test.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

import causalrec as cr
from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.learner import Lesson
from causalrec.causal.learners.teaching import taught

DATA = Path(os.environ.get("CAUSALREC_BENCH_DATA") or Path(__file__).parents[3] / "shared/data")
OUT = 0.1
"""Share of the rows that are new."""
STACK = "t-stack"


class Draw(NamedTuple):
    """A replication: covariates (n, p), treatment, outcome and true effect (n,), new rows (n,)."""

    name: str
    x: pd.DataFrame
    t: np.ndarray
    y: np.ndarray
    effect: np.ndarray
    new: np.ndarray


def ihdp(replications: int = 10) -> Iterator[Draw]:
    """The first replications of IHDP."""
    for number in range(1, replications + 1):
        rows = np.loadtxt(DATA / "ihdp" / f"ihdp_npci_{number}.csv", delimiter=",")
        x = pd.DataFrame(rows[:, 5:]).add_prefix("x")
        yield _split(f"ihdp {number}", x, rows[:, :2].T, rows[:, 4] - rows[:, 3], number)


def acic(instances: int = 3) -> Iterator[Draw]:
    """Instances of ACIC 2016."""
    x = pd.read_csv(DATA / "acic2016" / "x.csv")
    for number in range(1, instances + 1):
        z = pd.read_csv(DATA / "acic2016" / f"zymu_{number}.csv")
        t = z["z"].to_numpy(float)
        y = np.where(t == 1, z["y1"], z["y0"])
        effect = (z["mu1"] - z["mu0"]).to_numpy()
        yield _split(f"acic {number}", x, np.stack([t, y]), effect, number)


def _split(name: str, x: pd.DataFrame, ends: np.ndarray, effect: np.ndarray, seed: int) -> Draw:
    places = np.random.default_rng(seed).permutation(len(x))
    new = np.zeros(len(x), dtype=bool)
    new[places[: round(OUT * len(x))]] = True
    return Draw(name, x, ends[0], ends[1], effect, new)


def ours(draw: Draw, learner: str) -> tuple[np.ndarray, str, float]:
    """`cr.cate`: effects of all rows (n,), which learner, and the error of its average effect."""
    frame = draw.x[~draw.new].assign(t=draw.t[~draw.new], y=draw.y[~draw.new])
    answer = cr.cate(frame, list(draw.x), treatment="t", outcome="y", learner=learner, cluster=None)
    if answer.refused:
        return np.full(len(draw.x), np.nan), str(answer.reason), np.nan
    average = answer.average.value - draw.effect[~draw.new].mean()
    return answer.predict(draw.x)["value"].to_numpy(), answer.learner, abs(average)


def stack_alone(draw: Draw) -> np.ndarray:
    """The stack without a choice, a band or an average."""
    x = pd.get_dummies(draw.x, dtype=float).to_numpy(float)
    old = x[~draw.new]
    x = (x - old.mean(axis=0)) / np.maximum(old.std(axis=0), 1e-9)
    folds = np.random.default_rng(0).permutation(len(old)) % 5
    lesson = Lesson(x[~draw.new], draw.t[~draw.new], draw.y[~draw.new], folds)
    return taught(LEARNERS[STACK](), [lesson])[0].effect(x)


def baselines() -> dict[str, Callable[[Draw], np.ndarray]]:
    """econml's learners with LightGBM as it comes, and two LightGBM models."""
    from econml.dr import DRLearner
    from econml.metalearners import SLearner, TLearner, XLearner
    from lightgbm import LGBMClassifier, LGBMRegressor

    def outcome() -> LGBMRegressor:
        return LGBMRegressor(n_jobs=1, verbose=-1, random_state=0)

    def chance() -> LGBMClassifier:
        return LGBMClassifier(n_jobs=1, verbose=-1, random_state=0)

    def fitted(make: Callable[[], Any]) -> Callable[[Draw], np.ndarray]:
        def effects(draw: Draw) -> np.ndarray:
            x = pd.get_dummies(draw.x, dtype=float).to_numpy(float)
            model = make()
            model.fit(draw.y[~draw.new], draw.t[~draw.new], X=x[~draw.new])
            return np.ravel(model.effect(x))

        return effects

    return {
        "econml S": fitted(lambda: SLearner(overall_model=outcome())),
        "econml T": fitted(lambda: TLearner(models=outcome())),
        "econml X": fitted(lambda: XLearner(models=outcome(), propensity_model=chance())),
        "econml DR": fitted(
            lambda: DRLearner(
                model_regression=outcome(), model_propensity=chance(), model_final=outcome(),
                random_state=0,
            )
        ),
    }  # fmt: skip


def measured(draws: list[Draw], quick: bool) -> pd.DataFrame:
    """One row a replication and method: errors and seconds."""
    others = {} if quick else baselines()
    rows = []
    for draw in draws:
        methods = {"cate auto": None, "t-stack alone": stack_alone, **others}
        for name, method in methods.items():
            began = time.process_time()
            chosen, average = "", np.nan
            if method is None:
                effect, chosen, average = ours(draw, "auto")
            else:
                effect = method(draw)
            seconds = time.process_time() - began
            wrong = effect - draw.effect
            rows.append({
                "draw": draw.name, "method": name, "chosen": chosen, "ate of cate": average,
                "ate in": abs(wrong[~draw.new].mean()),
                "pehe in": np.sqrt((wrong[~draw.new] ** 2).mean()),
                "pehe out": np.sqrt((wrong[draw.new] ** 2).mean()), "seconds": seconds,
            })  # fmt: skip
            print(
                *(f"{v:.3f}" if isinstance(v, float) else v for v in rows[-1].values()), flush=True
            )
    return pd.DataFrame(rows)


def world(kind: str, n: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """A confounded world whose effect is known for each row: frame and effect (n,)."""
    x = rng.normal(size=(n, 5))
    x[:, 3] = x[:, 3] > 0
    chance = 1 / (1 + np.exp(-0.8 * x[:, 0] + 0.5 * x[:, 3]))
    effect = {
        "one": np.ones(n),
        "line": 1 + x[:, 2],
        "step": 1 + 2.0 * (x[:, 1] > 0.3),
        "wave": 1 + np.sin(2 * x[:, 1]),
        "product": 1 + x[:, 1] * x[:, 2],
    }[kind]
    frame = pd.DataFrame(x).add_prefix("x")
    frame["t"] = (rng.random(n) < chance) * 1
    frame["y"] = x[:, 0] + np.cos(x[:, 2]) + frame["t"] * effect + rng.normal(size=n)
    return frame, effect


def bands(draws: int, n: int) -> None:
    """Share of new rows whose effect lies in the band, and how wide it is."""
    for kind in ("one", "line", "step", "wave", "product"):
        told = []
        for seed in range(draws):
            rng = np.random.default_rng(1000 + seed)
            frame, _ = world(kind, n, rng)
            new, effect = world(kind, 1000, rng)
            covariates = [c for c in map(str, frame) if c.startswith("x")]
            answer = cr.cate(frame, covariates, treatment="t", outcome="y", cluster=None, seed=seed)
            rows = answer.predict(new)
            banded = rows["low"].notna().to_numpy()
            holds = ((rows["low"] <= effect) & (effect <= rows["high"]))[banded].mean()
            half = (rows["high"] - rows["value"])[banded].mean()
            miss = float(np.sqrt(((rows["value"] - effect) ** 2).mean()))
            told.append((holds, half, miss, banded.mean(), answer.differs))
        holds, half, miss, share, differs = np.mean(told, axis=0)
        print(
            f"{kind:8s} n {n}: held {holds:.3f} of rows, half width {half:.3f}, "
            f"error {miss:.3f}, banded {share:.3f}, differs in {differs:.2f} of {draws} draws",
            flush=True,
        )


def main() -> None:
    """What was asked for on the command line; everything where nothing was."""
    warnings.filterwarnings("ignore")
    quick = "--quick" in sys.argv
    parts = [one for one in sys.argv[1:] if not one.startswith("-")] or ["ihdp", "acic", "bands"]
    for part, draws in (("ihdp", ihdp), ("acic", acic)):
        if part not in parts:
            continue
        if not (DATA / {"ihdp": "ihdp", "acic": "acic2016"}[part]).exists():
            print(f"{part}: no data in {DATA}; skipped")
            continue
        table = measured(list(draws()), quick)
        mean = table.groupby("method", sort=False).mean(numeric_only=True)
        mean["times the seconds of t-stack"] = (
            mean["seconds"] / mean.loc["t-stack alone", "seconds"]
        )
        print(mean.round(3).to_string())
    if "bands" in parts:
        bands(5 if quick else 40, 1000)


if __name__ == "__main__":
    main()
