"""Hillstrom's e-mails: a confounded log is put right, and differences are claimed where they are.

    python tests/benchmarks/hillstrom.py [--seeds 5] [--learner auto] [--part confounded|grid]

``confounded``: rows of the randomised log are dropped so that who was mailed is who buys anyway
(kept with chance sigmoid(s) where mailed and sigmoid(-s) elsewhere; s is an index of recent, rich
and varied buying). The difference in means is then wrong, and AIPW must come back to the
randomised answer. A dropped half leaves noise of its own, so each seed drops anew and the median
over the seeds is told.

``grid``: for each e-mail and outcome whether the effect differs between customers.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

import causalrec as cr

COVARIATES = ["recency", "history", "mens", "womens", "zip_code", "newbie", "channel"]
CONTROL = "No E-Mail"


def log() -> pd.DataFrame | None:
    """The log, where it is."""
    beside = Path(__file__).resolve().parents[3] / "shared/data"
    folder = Path(os.environ.get("CAUSALREC_BENCH_DATA", beside))
    file = folder / "hillstrom/hillstrom.csv"
    return pd.read_csv(file) if file.exists() else None


def eager(frame: pd.DataFrame) -> np.ndarray:
    """An index of customers who buy anyway, standardised, (n,)."""

    def even(column: pd.Series) -> pd.Series:
        return (column - column.mean()) / column.std()

    both = ((frame["mens"] == 1) & (frame["womens"] == 1)) * 1.0
    rich = even(np.log(frame["history"])) - even(frame["recency"])
    return even(rich + 0.5 * even(both) - 0.5 * even(frame["newbie"])).to_numpy()


def confounded(frame: pd.DataFrame, seeds: int) -> None:
    """AIPW and the difference in means after rows were dropped, against the randomised answer."""
    frame = frame.assign(mailed=(frame["treatment"] != CONTROL) * 1)
    mailed, index = frame["mailed"].to_numpy(), eager(frame)
    keep = 1 / (1 + np.exp(-index * np.where(mailed == 1, 1, -1)))
    print("outcome      randomised     naive  (off)      AIPW  (off)   low       high   holds")
    for outcome in ("visit", "conversion"):
        truth = frame.loc[mailed == 1, outcome].mean() - frame.loc[mailed == 0, outcome].mean()
        rows = []
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            part = frame[rng.random(len(frame)) < keep]
            asked = {"treatment": "mailed", "outcome": outcome, "cluster": None, "seed": seed}
            effect = cr.estimate(part, COVARIATES, **asked)
            rows.append((effect.naive, effect.value, effect.low, effect.high))
        naive, value, low, high = np.median(rows, axis=0)
        holds = sum(low <= truth <= high for _, _, low, high in rows)
        print(
            f"{outcome:12s} {truth:.5f}     {naive:.5f} ({naive / truth - 1:+.0%})   {value:.5f}"
            f" ({value / truth - 1:+.0%})  {low:.5f}  {high:.5f}  {holds} of {seeds}",
            flush=True,
        )


def grid(frame: pd.DataFrame, learner: str) -> None:
    """The verdict for each e-mail and outcome."""
    print("e-mail         outcome     learner        Qini       se     z   verdict   seconds")
    for arm in ("Womens E-Mail", "Mens E-Mail"):
        for outcome in ("visit", "conversion", "spend"):
            start = time.process_time()
            answer = cr.uplift(
                frame, COVARIATES, treatment="treatment", outcome=outcome, learner=learner,
                control=CONTROL, treated=arm, cluster=None,
            )  # fmt: skip
            assert answer.value is not None
            assert answer.se is not None
            verdict = "differs" if answer.differs else "none"
            seconds = time.process_time() - start
            print(
                f"{arm:14s} {outcome:11s} {answer.learner:12s} {answer.value:.5f}  {answer.se:.5f}"
                f"  {answer.value / answer.se:+.1f}   {verdict:8s} {seconds:.0f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--learner", default="auto")
    parser.add_argument("--part", choices=("confounded", "grid", "both"), default="both")
    asked = parser.parse_args()
    frame = log()
    if frame is None:
        print("skipped: no hillstrom/hillstrom.csv in $CAUSALREC_BENCH_DATA")
        return
    if asked.part != "grid":
        confounded(frame, asked.seeds)
    if asked.part != "confounded":
        grid(frame, asked.learner)


if __name__ == "__main__":
    main()
