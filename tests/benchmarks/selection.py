"""Ratings that are missing not at random: what each method says of their mean, and the truth.

    python tests/benchmarks/selection.py

autodebias_simulation: what users like of the lists that they were shown (those at the top more
often looked at), against what they like of pairs drawn by chance; without those rows every method
is asked to find it, with 200 of them they lead. coat: self-selected ratings of 290 users with the
features of users and coats; the weighted mean with the authors' own propensities stands beside
ours. Then made-up ratings (a truth of 2): how often each method's 95 % interval holds it in 200
draws, where the rating has no
part, a small or a large one in whether it is given. CPU-seconds.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import causalrec as cr  # noqa: E402
from causalrec.causal.selection.selection_bias import SelectionBias  # noqa: E402

BOUNDS = (1, 5)
LIKED = 4
"""Of the simulation's ratings: a log of 0 (no click) and 5 beside answers from 1 to 5."""
BENCH = Path(os.environ.get("CAUSALREC_BENCH_DATA", ROOT.parent / "shared" / "data"))


def shown(title: str, answer: SelectionBias, seconds: float) -> None:
    print(f"\n{title}: mean of what is seen {answer.observed:.3f} ({answer.seen:,} rows),", end=" ")
    print(f"told apart {answer.told_apart or 0.5:.2f}, {seconds:.1f} CPU-s")
    print(answer.rows.round(3).to_string(index=False))
    for name, reason in answer.reasons.items():
        print(f"  {name}: {reason}")


def asked(title: str, frame: pd.DataFrame, **options) -> None:
    start = time.process_time()
    answer = cr.selection_bias(frame, outcome="rating", cluster="user", **options)
    shown(title, answer, time.process_time() - start)


def autodebias() -> None:
    folder = BENCH / "autodebias_simulation"
    if not folder.exists():
        print(f"skipped: {folder} is missing")
        return
    biased = pd.read_csv(folder / "user.txt", names=["user", "item", "place", "rating"])
    uniform = pd.read_csv(folder / "random.txt", names=["user", "item", "rating"])
    for table in (biased, uniform):
        table["rating"] = (table["rating"] >= LIKED) * 1.0
    print(f"autodebias: {uniform['rating'].mean():.3f} of the pairs asked for by chance are liked")
    users, items = (
        np.union1d(biased[name].unique(), uniform[name].unique()) for name in ("user", "item")
    )
    pairs = pd.MultiIndex.from_product([users, items], names=["user", "item"]).to_frame(index=False)
    given = biased.drop_duplicates(["user", "item"])[["user", "item", "rating"]]
    log = pairs.merge(given, on=["user", "item"], how="left").assign(chance=False)
    log["who"], log["what"] = log["user"].astype(str), log["item"].astype(str)
    some = log["rating"].notna() | (np.random.default_rng(0).random(len(log)) < 0.2)
    options = {"covariates": ["who", "what"]}
    asked(f"autodebias, log alone ({int(some.sum()):,} pairs)", log[some], **options)
    few = uniform.sample(200, random_state=0).assign(chance=True)
    asked("autodebias, with 200 asked by chance", pd.concat([log[some], few]), uniform="chance")


def coat() -> None:
    folder = BENCH / "coat"
    if not folder.exists():
        print(f"skipped: {folder} is missing")
        return
    ratings = np.loadtxt(folder / "train.ascii")
    chance = np.loadtxt(folder / "propensities.ascii")
    user, item = np.indices(ratings.shape).reshape(2, -1)
    known = {
        side: np.loadtxt(folder / "user_item_features" / f"{side}_features.ascii")
        for side in ("user", "item")
    }
    table = {"user": user, "rating": np.where(ratings > 0, ratings, np.nan).ravel()}
    for side, rows in (("user", user), ("item", item)):
        table |= {f"{side} {j}": column[rows] for j, column in enumerate(known[side].T)}
    log = pd.DataFrame(table)
    covariates = [name for name in log if name not in ("user", "rating")]
    some = log["rating"].notna() | (np.random.default_rng(0).random(len(log)) < 0.25)
    asked("coat, features of users and coats", log[some], covariates=covariates, bounds=BOUNDS)
    seen = ratings > 0
    weight = 1 / chance[seen]
    print(f"authors' propensities: weighted mean {np.average(ratings[seen], weights=weight):.3f}")


def ratings(seed: int, own: float, n: int = 800) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    taste, nudge, part, dice = rng.normal(size=(4, n))
    given = -0.3 + 0.8 * taste + 0.8 * nudge + own * part + dice > 0
    rating = np.where(given, 2.0 + taste + part, np.nan)
    return pd.DataFrame({"taste": taste, "nudge": nudge, "rating": rating})


def made_up(draws: int) -> None:
    print(f"\nmade-up ratings, share of {draws} draws whose interval (or range) holds the truth")
    for own in (0.0, 0.3, 0.8):
        held: dict[str, list[bool]] = {}
        for seed in range(draws):
            answer = cr.selection_bias(
                ratings(seed, own), outcome="rating", covariates=["taste"], movers=["nudge"]
            )
            for row in answer.rows.itertuples():
                held.setdefault(row.method, []).append(bool(row.low <= 2.0 <= row.high))
        print(
            f"part of the rating {own}: ", {m: round(float(np.mean(h)), 3) for m, h in held.items()}
        )


if __name__ == "__main__":
    autodebias()
    coat()
    made_up(200)
