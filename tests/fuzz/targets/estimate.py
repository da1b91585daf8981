"""Effects of tables with columns of every kind, degenerate ones among them."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pandas as pd

Maker = Callable[[np.random.Generator, int], Any]

MAKERS: dict[str, Maker] = {
    "normal": lambda g, n: g.normal(size=n),
    "binary": lambda g, n: g.integers(0, 2, n),
    "bool": lambda g, n: g.random(n) < 0.5,
    "several": lambda g, n: g.integers(0, 4, n),
    "zero": lambda g, n: np.zeros(n),
    "missing": lambda g, n: np.full(n, np.nan),
    "holes": lambda g, n: np.where(g.random(n) < 0.1, np.nan, g.normal(size=n)),
    "endless": lambda g, n: np.where(g.random(n) < 0.1, np.inf, g.normal(size=n)),
    "letters": lambda g, n: g.choice(["a", "b", "c"], n),
    "odd words": lambda g, n: g.choice(["", " ", "ä", "{x}"], n),
    "two words": lambda g, n: pd.Series(g.choice(["x", "y"], n), dtype="string"),
    "category": lambda g, n: pd.Categorical(g.choice(["a", "b"], n), categories=["a", "b", "c"]),
    "ordered": lambda g, n: pd.Categorical(g.integers(0, 3, n), [0, 1, 2, 9], ordered=True),
    "mixed": lambda g, n: pd.Series(
        [(1, "a", None, 2.5, True)[k] for k in g.integers(0, 5, n)], dtype=object
    ),
    "nullable": lambda g, n: (
        pd.Series(g.integers(0, 2, n)).astype("Int64").where(g.random(n) > 0.1)
    ),
    "nullable bool": lambda g, n: pd.Series(g.random(n) < 0.5).astype("boolean"),
    "moments": lambda g, n: pd.to_datetime(g.integers(0, 10**9, n), unit="s"),
    "spans": lambda g, n: pd.to_timedelta(g.integers(0, 10**6, n), unit="s"),
    "ids": lambda g, n: [f"id{k}" for k in range(n)],
    "huge": lambda g, n: g.normal(size=n) * 1e200,
    "tiny": lambda g, n: g.normal(size=n) * 1e-200,
    "wide": lambda g, n: g.integers(0, 2**62, n),
    "half": lambda g, n: g.normal(size=n).astype("float16"),
    "complex": lambda g, n: g.random(n) + 1j,
    "lists": lambda g, n: pd.Series([[1]] * n, dtype=object),
    "none": lambda g, n: pd.Series([None] * n, dtype=object),
    "one word": lambda g, n: np.repeat("one", n),
    "digits": lambda g, n: g.integers(0, 2, n).astype(str),
    "big": lambda g, n: pd.Series([2**70 + int(k) for k in g.integers(0, 3, n)], dtype=object),
    "nearly": lambda g, n: (np.arange(n) < 1).astype(float),
}
_ARMS = [0, 1, "a", "b", 0.0, True, False, None, "0", [1], {"number": "nan"}]


def make(r: Random) -> dict[str, Any]:
    kinds = list(MAKERS)
    columns = {"t": "chosen" if r.random() < 0.5 else r.choice(kinds)}
    columns["y"] = "effect" if r.random() < 0.5 else r.choice(kinds)
    for number in range(r.randrange(5)):
        columns[f"x{number}"] = r.choice(["normal", "holes", *kinds])
    how: dict[str, Any] = {
        "estimator": r.choice(["aipw", "aipw", "ipw", "ols", "difference"]),
        "target": r.choice(["ATE", "ATE", "ATT", "overlap"]),
        "compare": r.random() < 0.2,
    }
    if r.random() < 0.3:
        how |= {"folds": r.choice([2, 5, 20]), "clip": r.choice([0.0, 0.01, 0.2])}
    if r.random() < 0.2:
        how["cluster"] = r.choice([*columns, "nothing", None])
    if r.random() < 0.2:
        how[r.choice(["control", "treated"])] = r.choice(_ARMS)
    if r.random() < 0.05:
        how["level"] = r.choice([0.5, 0.9999, 1.0, -1.0])
    return {
        "n": r.choice([0, 1, 2, 5, 19, 40, 41, 60, 100, 200]),
        "seed": r.randrange(2**31),
        "columns": columns,
        "how": how,
        "graph": r.random() < 0.3,
        "odd": r.choice([*[""] * 12, "twice", "index", "number"]),
    }


def table(case: dict[str, Any]) -> pd.DataFrame:
    """The table that a case describes."""
    g, n = np.random.default_rng(case["seed"]), case["n"]
    x = g.normal(size=n)
    t = (g.random(n) < 1 / (1 + np.exp(-x))).astype(float)
    known = {"chosen": t, "effect": x + t + g.normal(size=n)}
    made = {
        name: pd.Series(known[kind] if kind in known else MAKERS[kind](g, n)).reset_index(drop=True)
        for name, kind in case["columns"].items()
    }
    frame = pd.DataFrame(made)
    if case["odd"] == "twice":
        frame.columns = [*frame.columns[:-1], "t"]
    elif case["odd"] == "index":
        frame.index = pd.Index(g.integers(0, 3, n))
    elif case["odd"] == "number" and "x0" in frame.columns:
        frame = frame.rename(columns={"x0": 7})
    return frame


def run(case: dict[str, Any]) -> None:
    import causalrec as cr

    frame = table(case)
    names = [name for name in frame.columns if name not in ("t", "y")]
    graph: Any = names
    if case["graph"]:
        pairs = [(str(name), end) for name in names for end in ("t", "y")]
        graph = cr.CausalGraph([*pairs, ("t", "y")])
    told = cr.estimate(frame, graph, treatment="t", outcome="y", **case["how"])
    answered(told)


def answered(told: Any) -> None:
    """An answer is a number within its interval; a refusal has its reason; both come back."""
    if told.refused:
        assert told.reason is not None
    else:
        assert math.isfinite(told.value)
        ends = (told.low, told.high)
        assert all(end is None or math.isfinite(end) for end in ends), ends
        assert None in ends or told.low <= told.value <= told.high
    for lang in ("en", "zh"):
        told.summary(lang)
    told.to_frame()
    type(told).model_validate_json(told.model_dump_json())
