"""Runs written for other tools, read back by their own readers; nothing outside the folder."""

from __future__ import annotations

import importlib.util
import json
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec as cr
from causalrec.core.errors import CausalRecError, NotFoundError
from causalrec.data.storage.store import save_dataset
from causalrec.runs.record.runner import run_inline
from causalrec.tasks.recsys.export import Export, export_run
from causalrec.workspace import Workspace

MAPPING = cr.ColumnMapping(user="who", item="what", time="at")


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a training run of six epochs."""
    made = Workspace.create(tmp_path_factory.mktemp("root"), "Mine")
    rng = np.random.default_rng(0)
    rows = [(u, i) for u in range(40) for i in rng.choice(20, 6, replace=False)]
    frame = pd.DataFrame(rows, columns=["who", "what"]).assign(at=np.arange(240) + 1_600_000_000)
    data = cr.Dataset.from_frame(frame, MAPPING, name="log")
    made.save("dataset", "log", partial(save_dataset, data))
    params = {"factors": 4, "epochs": 6, "patience": 6}
    run_inline(made, "train", {"dataset": "log", "model": "bpr", "params": params})
    return made


def test_tensorboard_reads_the_curves(ws: Workspace, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = ws.register.run(ws.register.runs("train")[0].id)
    done = run_inline(ws, Export, {"run": run.id, "folder": str(tmp_path / "my runs")})
    (file,) = done.files
    reader = EventAccumulator(str((tmp_path / "my runs" / file).parent))
    reader.Reload()
    for name in ("loss", "ndcg"):
        told = [(row["epoch"], row[name]) for row in run.metrics if name in row]
        read = [(event.step, event.value) for event in reader.Scalars(f"train/{name}")]
        np.testing.assert_allclose(read, told, rtol=1e-6)
    assert reader.Scalars("test/ndcg@10")[0].value == pytest.approx(done.figures["test/ndcg@10"])
    assert done.figures["cost/cpu_seconds"] > 0
    assert shlex.split(done.command)[-1] == done.folder == str(tmp_path / "my runs")
    assert done.command in done.summary()
    assert done.points == 12


def test_the_run_s_own_folder_is_where_it_goes_by_default(ws: Workspace) -> None:
    run = ws.register.runs("train")[0]
    done = export_run(ws, run.id)
    assert Path(done.folder) == ws.register.runs_folder / run.id / "tensorboard"


def test_weights_and_biases_offline_stays_in_its_folder(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    run = ws.register.runs("train")[0]
    done = export_run(ws, run.id, tmp_path / "out", "wandb")
    runs = list((tmp_path / "out" / "wandb").glob("offline-run-*"))
    assert len(runs) == 1
    assert next(runs[0].glob("*.wandb")).stat().st_size > 500
    assert list(home.rglob("*")) == []
    assert done.summary().endswith(f"wandb sync {runs[0]}")
    assert done.points == 12


@pytest.mark.parametrize("form", ["tensorboard", "wandb"])
def test_a_missing_package_is_named_with_its_command(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    real = importlib.util.find_spec

    def find(name: str, *rest: Any) -> Any:
        return None if name == form else real(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(CausalRecError) as caught:
        export_run(ws, ws.register.runs("train")[0].id, None, form)
    assert f"pip install {form}" in str(caught.value.hint)


def test_runs_that_are_none_or_have_no_result(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        export_run(ws, "x" * 22, tmp_path)
    waiting = ws.register.add("train", {"dataset": "log"})
    done = export_run(ws, waiting, tmp_path / "waiting")
    assert (done.points, done.figures) == (0, {})
    json.loads(done.model_dump_json())
