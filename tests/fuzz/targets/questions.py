"""Models of odd logs, and odd questions: users, items, histories, lengths, splits, weights."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from tests.fuzz.chance import json_value
from tests.fuzz.targets._saved import MODELS, params_of

_IDS = [*("u1", "i1", "", "é", "i" * 300, "NA", "1.0", "007"), 1, 1.0, None, True, "nobody", "1E5"]


def make(r: Random) -> dict[str, Any]:
    users, items = r.choice([1, 2, 12, 30]), r.choice([1, 2, 3, 8, 20])
    rows = [
        [
            f"u{r.randrange(users)}",
            f"i{r.randrange(items)}" if r.random() > 0.03 else r.choice(["", "é", "i" * 300]),
            r.choice([0, 1, r.randrange(10**9)]),
            r.choice([0, 1, 1, None, -1, 5]) if r.random() < 0.5 else 1,
            r.choice(["a", "b", None]),
        ]
        for _ in range(r.choice([1, 2, 3, 10, 60, 120]))
    ]
    return {
        "rows": rows,
        "model": r.choice(MODELS),
        "time": r.random() < 0.7,
        "outcome": r.random() < 0.7,
        "positive": r.choice([None, None, 4, 1, 10]),
        "split": r.choice([None, "leave_last", "per_user", "by_time", "cold_items"]),
        "weights": r.choice([None, None, "nan", "propensity", "popularity", "groups"]),
        "users": r.choice([None, "u1", ["u1", "nobody"], json_value(r), [r.choice(_IDS)]]),
        "histories": r.choice(
            [None, {"u1": ["i1"], "new": []}, [["i1", "???"], []], json_value(r)]
        ),
        "k": r.choice([1, 3, 1_000, 0, -1, r.choice(_IDS)]),
        "item": r.choice(_IDS),
    }


def _data(case: dict[str, Any]) -> Any:
    import causalrec as cr

    frame = pd.DataFrame(case["rows"], columns=["user", "item", "time", "y", "category"])
    mapping = cr.ColumnMapping(
        user="user",
        item="item",
        time="time" if case["time"] else None,
        outcome="y" if case["outcome"] else None,
        positive=case["positive"] if case["outcome"] else None,
        category="category",
    )
    return cr.Dataset.from_frame(frame, mapping)


def run(case: dict[str, Any]) -> None:
    import causalrec as cr

    data = _data(case)
    split = cr.Split.make(data, case["split"], 0) if case["split"] else None
    train, valid = (data, None) if split is None else (split.train, split.valid)
    model = cr.recommender(case["model"], **params_of(case["model"]))
    weights = case["weights"]
    if weights == "nan":
        weights = np.full(len(train), np.nan)
    elif weights:
        weights = cr.row_weights(train, weights, groups="category" if weights == "groups" else None)
    model.fit(train, valid, weights)
    with tempfile.TemporaryDirectory() as held:
        model.save(Path(held))
        again = cr.load_recommender(held)
    codes = np.arange(model.n_users)
    np.testing.assert_array_equal(again.score(codes), model.score(codes))
    if split is not None:
        told = _refused_or(lambda: cr.evaluate(model, split, k=(1, 5)))
        if told is not None:
            told.summary("zh"), told.to_frame()
    for ask in (
        lambda: model.recommend(case["users"], case["histories"], case["k"]),
        lambda: model.similar_items(case["item"], k=case["k"]),
        lambda: model.predict(case["users"] or "u1", case["item"]),
    ):
        _refused_or(ask)


def _refused_or(ask: Any) -> Any:
    """The answer; None where it is refused in words."""
    import causalrec as cr

    try:
        return ask()
    except cr.CausalRecError as error:
        if error.hint is None:
            raise
        return None
