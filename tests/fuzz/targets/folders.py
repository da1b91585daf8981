"""Other things that are read back: datasets, worlds, answers, scenarios, cards of things."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from causalrec.data.storage.store import load_dataset
from tests.fuzz.chance import cut_or_twist, json_value, spoilt
from tests.fuzz.targets._saved import place, saved_dataset

_KINDS = ("dataset", "dataset", "world", "effect", "scenario", "thing")


def prepare() -> None:
    saved_dataset(), _world(), _effect()


def make(r: Random) -> dict[str, Any]:
    return {"kind": r.choice(_KINDS), "bytes": r.random() < 0.3, "seed": r.randrange(2**31)}


def run(case: dict[str, Any]) -> None:
    _READ[case["kind"]](Random(case["seed"]), case["bytes"])


def _spoil(folder: Path, r: Random, raw: bool) -> None:
    """One file of a folder spoilt: its bytes, or what a document says."""
    documents = sorted(folder.glob("*.json"))
    if raw or not documents:
        file = r.choice(sorted(file for file in folder.iterdir() if file.is_file()))
        file.unlink() if r.random() < 0.1 else file.write_bytes(cut_or_twist(r, file.read_bytes()))
        return
    file = r.choice(documents)
    told = json.loads(file.read_text())
    made = spoilt(r, told, r.choice([0.02, 0.1]))
    if r.random() < 0.5 and isinstance(told, dict):
        made = {**told, r.choice(sorted(told)): json_value(r)}
    file.write_text(json.dumps(made), errors="backslashreplace")


def _dataset(r: Random, raw: bool) -> None:
    import causalrec as cr
    from causalrec.data.preparation.measure_profile import profile

    with tempfile.TemporaryDirectory() as held:
        folder = Path(held, "d")
        shutil.copytree(saved_dataset(), folder)
        _spoil(folder, r, raw)
        data = load_dataset(folder)
        profile(folder).summary("zh")
        cr.recommender("popularity").fit(data)


@cache
def _world() -> Path:
    import causalrec as cr
    from causalrec.whatif.world.world_folder import save_world

    folder = place() / "world"
    if not folder.exists():
        folder.mkdir()
        save_world(
            cr.fit_world(cr.sample_shop(users=60, items=12, impressions=1_500).dataset()), folder
        )
    return folder


def _of_world(r: Random, raw: bool) -> None:
    import causalrec as cr
    from causalrec.whatif.world.world_folder import load_world

    with tempfile.TemporaryDirectory() as held:
        folder = Path(held, "w")
        shutil.copytree(_world(), folder)
        _spoil(folder, r, raw)
        world = load_world(folder)
        cr.simulate(world, None, seed=0).summary("zh")


@cache
def _effect() -> str:
    import causalrec as cr
    from tests.fuzz.targets.estimate import table

    columns = {"t": "chosen", "y": "effect", "x0": "normal"}
    frame = table({"n": 100, "seed": 1, "columns": columns, "odd": ""})
    made = cr.estimate(frame, ["x0"], treatment="t", outcome="y", compare=True)
    return str(made.model_dump_json())


def _of_effect(r: Random, raw: bool) -> None:
    from causalrec.causal.effects.effect import Effect

    told = json.loads(_effect())
    made = spoilt(r, told, r.choice([0.02, 0.1]))
    if r.random() < 0.5:
        made = {**told, r.choice(sorted(told)): json_value(r)}
    effect = Effect.revived(made)
    effect.summary("zh"), effect.to_frame()


def _scenario(r: Random, raw: bool) -> None:
    from causalrec.whatif.forecasts.scenario import Scenario

    step = {"name": "boost-category", "params": {"category": "a", "strength": 1.0}}
    told = {"name": "s", "dataset": "d", "interventions": [step], "outcome": "rating"}
    made = Scenario.make(spoilt(r, told, 0.15) if r.random() < 0.9 else json_value(r))
    _ = made.changes, made.on


def _thing(r: Random, raw: bool) -> None:
    from causalrec.workspace import Workspace

    with tempfile.TemporaryDirectory() as held:
        workspace = Workspace.create(Path(held), "w")
        thing = workspace.save_json("graph", "g", {"nodes": [], "edges": []})
        for file in (thing.folder.parent, thing.folder):
            if r.random() < 0.7:
                _spoil(file, r, raw)
        workspace.things("graph")
        found = workspace.find("graph", "g")
        if found is not None:
            found.json(), workspace.stale(found), found.card()
            workspace.versions("graph", "g")


_READ = {
    "dataset": _dataset,
    "world": _of_world,
    "effect": _of_effect,
    "scenario": _scenario,
    "thing": _thing,
}
