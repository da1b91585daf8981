"""A log to try steps and findings on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.data.dataset.mapping import ColumnMapping
from causalrec.data.steps.apply import StepEffect, prepare
from causalrec.data.steps.draft import Draft


def frame(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "u": rng.integers(0, 20, n),
            "i": rng.integers(0, 15, n),
            "t": 1_600_000_000 + np.arange(n) * 3600,
            "r": rng.integers(1, 6, n),
            "p": rng.uniform(0.1, 1, n),
            "price": rng.uniform(1, 9, n),
            "age": rng.normal(40, 10, n),
            "city": rng.choice(["x", "y", "z"], n),
        }
    )


MAPPING = ColumnMapping(
    user="u", item="i", time="t", outcome="r", propensity="p", price="price",
    covariates=("age", "city"),
)  # fmt: skip


def draft(rows: pd.DataFrame | None = None, mapping: ColumnMapping = MAPPING, **more: Any) -> Draft:
    return Draft(frame() if rows is None else rows, mapping, **more)


def run(name: str, rows: pd.DataFrame | None = None, **params: Any) -> tuple[Draft, StepEffect]:
    more = {"key": b"k"}
    done, effects = prepare(draft(rows, **more), [{"name": name, "params": params}])
    return done, effects.steps[0]
