"""The fixed MovieLens splits: closed-form models reach their reference figures."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

import causalrec as cr


def benchmark() -> ModuleType:
    file = Path(__file__).resolve().parents[1] / "benchmarks" / "movielens.py"
    spec = importlib.util.spec_from_file_location("movielens_benchmark", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("split_name", ["r811", "loo"])
def test_movielens(split_name: str) -> None:
    """No chance is involved: the models are solved in one step and the splits are fixed.

    A figure that is lower than its reference by more than the slack is seen every time; EASE's on
    one split to .001 either way.
    """
    tools = benchmark()
    where = tools.folder()
    if where is None:
        assert os.environ.get("CI") != "true", "the MovieLens splits must be there in CI"
        pytest.skip("the MovieLens splits are not here")
    split = tools.read_split(where / split_name)
    for name in ("popularity", "item-knn", "ease"):
        model = cr.recommender(name)
        model.fit(split.train, split.valid)
        value = cr.evaluate(model, split, k=10).row("ndcg", 10)["value"]
        reference, slack = tools.REFERENCE[(split_name, name)]
        assert value >= reference - slack, name
        if (split_name, name) == ("r811", "ease"):
            assert abs(value - 0.3406) <= 0.001
