"""Networks that learn effects, for `cuda.py`: held against the CPU, and timed.

Of each kind: the same three networks, learned on the CPU and on the device from 300 made-up rows in
60 steps, must say the same effects to a fiftieth of the outcome's spread; ten networks learn from
20,000 rows of 25 covariates (1,000 where small) in 300 steps, in one batch, and two of them one by
one: networks a second, the ratio to a loop of ten, and multiply-adds of the layers as a share of
what a matrix product reaches. Rows are made up with seed 0.
"""

from __future__ import annotations

import json
import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.learners import LEARNERS
from causalrec.causal.learners.ensemble_learner import NETS, EnsembleLearner
from causalrec.causal.learners.learner import Lesson
from causalrec.causal.networks.training import Pace

SHORT, TIMED = Pace(steps=60), Pace(steps=300, patience=1_000)
ALIKE = 0.02
COLUMNS = 25
KINDS = (*("tarnet", "cfr", "cfr-wass"), *("adversarial", "dragonnet", "cevae"))


def lesson(n: int) -> Lesson:
    """Rows whose effect is a wave of one covariate; another drives treatment and outcome."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, COLUMNS))
    treatment = (rng.random(n) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    outcome = (x[:, 0] + treatment * (1 + np.sin(x[:, 1])) + rng.normal(size=n)) / 2
    return Lesson(x, treatment, outcome, rng.integers(0, 5, n), 0)


def flops(learner: EnsembleLearner) -> float:
    """Multiplications and additions of one network's step, forward and back.

    What belongs to an arm reads half of the rows: heads, and what tells z of CEVAE.
    """
    total = 0.0
    for name, widths in learner.chains(COLUMNS).items():
        products = sum(a * b for a, b in pairwise(widths))
        half = name.endswith(("without", "with"))
        total += 6.0 * products * learner.pace.batch * (0.5 if half else 1.0)
    return total


def of(name: str, pace: Pace) -> EnsembleLearner:
    """A learner that takes so many steps."""
    learner = LEARNERS[name]()
    assert isinstance(learner, EnsembleLearner)
    vars(learner)["pace"] = pace
    return learner


def measured(name: str, device: str, *, small: bool, limit: float) -> dict[str, Any]:
    """Agreement and speed of one kind."""
    rows = lesson(300)
    here, there = (
        of(name, SHORT).networks([rows], range(3), on)[0].effect(rows.x) for on in ("cpu", device)
    )
    apart = float(np.abs(here - there).max() / rows.outcome.std())
    learner, many = of(name, TIMED), lesson(1_000 if small else 20_000)

    def seconds(nets: range) -> float:
        started = time.perf_counter()
        learner.networks([many], nets, device)[0].effect(many.x[:1])  # waits for the device
        return time.perf_counter() - started

    batch = seconds(range(NETS))
    alone = (seconds(range(1)) + seconds(range(1, 2))) / 2
    rate = NETS * TIMED.steps * flops(learner) / batch
    return {
        "kind": name, "apart": apart, "agrees": apart <= ALIKE, "batch_s": batch,
        "loop_s": NETS * alone, "ratio": NETS * alone / batch, "nets_s": NETS / batch,
        "flop_s": rate, "of_product": rate / limit,
    }  # fmt: skip


def effects(device: str, limits: dict[str, Any], *, small: bool, end: float) -> int:
    """Print a row a kind and write `$OUT/cuda_effects.json`; 1 where one failed or disagrees.

    Args:
        device: "cuda" or "cpu".
        limits: of the device, as `cuda_parts.limits` says.
        small: whether to try the script out.
        end: of the time there is, by `time.monotonic`.
    """
    rows: list[dict[str, Any]] = []
    for name in KINDS:
        if time.monotonic() > end:
            print(f"left out, no time: {name}")
            rows.append({"kind": name, "agrees": False})
            continue
        try:
            rows.append(measured(name, device, small=small, limit=limits["flop_s"]))
        except Exception as error:  # noqa: BLE001 - the script's own boundary
            rows.append(
                {"kind": name, "agrees": False, "error": f"{type(error).__name__}: {error}"}
            )
        print(json.dumps(rows[-1], default=float), flush=True)
    print("\n" + pd.DataFrame(rows).set_index("kind").to_string(float_format=lambda x: f"{x:.4g}"))
    if os.environ.get("OUT"):
        text = json.dumps(rows, indent=1, default=float)
        Path(os.environ["OUT"], "cuda_effects.json").write_text(text, encoding="utf-8")
    return int(not all(row["agrees"] for row in rows))
