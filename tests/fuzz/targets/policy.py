"""Values of policies on logs whose propensities, outcomes and probabilities are odd."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pandas as pd

from tests.fuzz.targets.estimate import answered

_SPOILT = [
    *[("", 0)] * 6,
    *(("p", 0.0), ("p", -1.0), ("p", "nan"), ("p", 2.0), ("p", 1e-300), ("p", 5e-324)),
    *(("y", "nan"), ("y", "inf"), ("y", 1e308), ("user", None), ("item", None), ("y", "yes")),
]
_LEVEL = [0.0, 1.0, -1.0, 1e-320, 1.0000001, "nan", "inf"]


def make(r: Random) -> dict[str, Any]:
    return {
        "n": r.choice([0, 1, 2, 5, 50, 200]),
        "items": r.choice([1, 2, 5, 30]),
        "seed": r.randrange(2**31),
        "spoilt": list(r.choice(_SPOILT)),
        "whole": r.random() < 0.1,
        "target": r.choice(["rows", "rows", "items", "level", "short", "number", "word", "cube"]),
        "level": r.choice(_LEVEL),
        "estimator": r.choice(["snips", "ips", "dm", "sndr", "dr"]),
        "cluster": r.choice(["auto", None, "user", "nothing", [1]]),
        "user": r.random() < 0.7,
        "change": r.choice(["", "", "log", "same"]),
    }


def _number(value: Any) -> Any:
    return float(value) if value in ("nan", "inf") else value


def _log(case: dict[str, Any], g: np.random.Generator) -> pd.DataFrame:
    n, items = case["n"], case["items"]
    chance = g.dirichlet(np.ones(items), n)
    item = np.array([g.choice(items, p=row) for row in chance], dtype=int)
    frame = pd.DataFrame(
        {
            "item": item,
            "user": g.integers(0, max(n // 3, 1), n),
            "y": (g.random(n) < 0.3) * 1.0,
            "p": chance[np.arange(n), item],
        }
    )
    column, value = case["spoilt"]
    if column and n:
        at = frame.index if case["whole"] else g.integers(0, n, max(n // 10, 1))
        frame[column] = frame[column].astype(object)
        frame.loc[at, column] = _number(value)
    return frame


def _target(case: dict[str, Any], g: np.random.Generator, items: int) -> Any:
    n = case["n"]
    made = {
        "rows": g.random(n),
        "items": g.dirichlet(np.ones(max(items, 1)), n),
        "level": np.full(n, _number(case["level"])),
        "short": g.random(n + 1),
        "number": 0.5,
        "word": "x",
        "cube": g.random((2, 2, 2)),
    }
    return made[case["target"]]


def run(case: dict[str, Any]) -> None:
    import causalrec as cr
    from causalrec.whatif.ope.value import policy_change

    g = np.random.default_rng(case["seed"])
    frame = _log(case, g)
    user = "user" if case["user"] else None
    log = cr.ExposureLog.from_frame(frame, item="item", outcome="y", propensity="p", user=user)
    target = _target(case, g, frame["item"].nunique())
    how = (case["estimator"], case["cluster"])
    if case["change"]:
        baseline = "log" if case["change"] == "log" else target
        answered(policy_change(log, target, *how, baseline=baseline))
    else:
        answered(cr.policy_value(log, target, *how))
