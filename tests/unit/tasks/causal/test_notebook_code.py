"""The code that a page shows computes the very number that it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from causalrec.causal.effects.effect import Effect
from causalrec.causal.formats.json_document import to_document
from causalrec.causal.tables.templates import STARTING_GRAPHS
from causalrec.data.storage.store import load_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.causal.notebook_code import notebook_code
from causalrec.workspace import Workspace

QUESTIONS = {
    "a graph, users": {"graph": "promotion-purchase", "measure": "count", "seed": 3},
    "two values, asked as text": {
        "graph": "promotion-purchase",
        "control": "1",
        "treated": "0",
        "estimator": "ols",
        "target": "ATT",
        "level": 0.9,
    },
    "covariates, impressions, a model's score": {
        "covariates": ("device", "model_score"),
        "treatment": "position",
        "outcome": "click",
        "unit": "impression",
        "model": "popularity",
    },
}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Workspace:
    place = Workspace.create(tmp_path_factory.mktemp("code"), "It's a test")
    shop = {"users": 300, "items": 40, "impressions": 9_000, "seed": 1}
    run_inline(place, "shop", shop)
    run_inline(place, "train", {"dataset": "shop", "model": "popularity", "protocol": "by_time"})
    return place


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_the_code_comes_to_the_same_number(
    place: Workspace, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = load_dataset(place.thing("dataset", "shop").folder)
    graph = STARTING_GRAPHS["promotion-purchase"].bind(data).graph
    place.save_json("graph", "promotion-purchase", to_document(graph))
    kept = run_inline(place, "estimate", {"dataset": "shop", "name": 'the "one"', **asked})
    assert isinstance(kept, Effect)
    assert not kept.refused
    thing = place.thing("effect", 'the "one"')
    place.save_json("graph", "promotion-purchase", {"nodes": []})  # a newer one changes nothing
    monkeypatch.setenv("CAUSALREC_WORKSPACE", str(Path(place.root)))
    names: dict[str, Effect] = {}
    exec(notebook_code(place, thing), names)
    again = names["effect"]
    assert (again.value, again.low, again.high) == (kept.value, kept.low, kept.high)
    assert again.estimand == kept.estimand
