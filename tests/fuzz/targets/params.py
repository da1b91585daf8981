"""Parameters of everything that has some: tasks, recommenders, steps, mappings, interventions."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzz.chance import NAMES, json_value

_KINDS = (
    "task",
    "recommender",
    "step",
    "intervention",
    "mapping",
    "scenario",
    "options",
    "weights",
)


def make(r: Random) -> dict[str, Any]:
    kind = r.choice(_KINDS)
    pick = r.random()
    names = sorted(_params(kind, pick).model_fields)
    values = {r.choice(names or NAMES): json_value(r) for _ in range(r.randrange(1, 6))}
    if r.random() < 0.1:
        values[r.choice(NAMES) or "x"] = json_value(r)
    return {"kind": kind, "pick": pick, "values": values}


def _shelf(kind: str) -> Any:
    from causalrec.data.steps import STEPS
    from causalrec.recsys.recommenders import RECOMMENDERS
    from causalrec.runs.record.catalogue import TASKS
    from causalrec.whatif.interventions import INTERVENTIONS

    shelves = {"task": TASKS, "recommender": RECOMMENDERS, "step": STEPS}
    return shelves.get(kind, INTERVENTIONS)


def _entry(kind: str, pick: float) -> Any:
    shelf = _shelf(kind)
    return shelf[sorted(shelf)[int(pick * len(shelf))]]


def _params(kind: str, pick: float) -> Any:
    """The class of the parameters."""
    import causalrec as cr
    from causalrec.data.text.read_options import ReadOptions
    from causalrec.whatif.forecasts.scenario import Scenario

    single = {"mapping": cr.ColumnMapping, "scenario": Scenario, "options": ReadOptions}
    if kind in single:
        return single[kind]
    if kind == "weights":
        kind, pick = "recommender", 0.0
    entry = _entry(kind, pick)
    return getattr(entry, "Params", entry)


def run(case: dict[str, Any]) -> None:
    import causalrec as cr

    kind, pick, values = case["kind"], case["pick"], case["values"]
    makers: dict[str, Callable[[], Any]] = {
        "task": lambda: _task(pick, values),
        "recommender": lambda: cr.recommender(_name(kind, pick), **_named(values, "name")),
        "step": lambda: _entry(kind, pick).make(values),
        "intervention": lambda: _intervention(_name(kind, pick), values),
        "mapping": lambda: cr.ColumnMapping(**{"item": "i", **values}),
        "scenario": lambda: _scenario(values),
        "options": lambda: _params(kind, pick).make(values),
        "weights": lambda: _weights(values),
    }
    makers[kind]()


def _name(kind: str, pick: float) -> str:
    shelf = _shelf(kind)
    return sorted(shelf)[int(pick * len(shelf))]


def _named(values: dict[str, Any], *taken: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in taken}


def _task(pick: float, values: dict[str, Any]) -> None:
    params = _entry("task", pick).Params
    needed = {n: "x" for n, field in params.model_fields.items() if field.is_required()}
    made = params.make({**needed, **values})
    assert (
        params.make(json.loads(made.model_dump_json())) == made or "NaN" in made.model_dump_json()
    )


def _intervention(name: str, values: dict[str, Any]) -> None:
    import causalrec as cr

    cr.intervention(name, **_named(values, "name")).sentence.to("zh")


def _scenario(values: dict[str, Any]) -> None:
    from causalrec.whatif.forecasts.scenario import Scenario

    made = Scenario.make({"name": "s", "dataset": "d", **values})
    _ = made.changes, made.on


def _weights(values: dict[str, Any]) -> None:
    import pandas as pd

    import causalrec as cr

    frame = pd.DataFrame({"u": [1, 2, 3] * 4, "i": range(12), "p": [0.5, 1e-6, 0.9] * 4})
    data = cr.Dataset.from_frame(frame, cr.ColumnMapping(user="u", item="i", propensity="p"))
    given = list(values.values())
    cr.row_weights(data, "propensity" if len(given) % 2 else "popularity", clip=given[0])
