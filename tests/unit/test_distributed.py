"""Several processes train as one: the same numbers, one end, nothing lost when one is killed.

Run as a script, this file is one process of a team (as ``torchrun`` would start it).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import causalrec as cr

ROOT = Path(__file__).parents[2]
#: Five steps each, from the same start; sums of two parts round differently than one sum.
MODELS: dict[str, dict[str, Any]] = {
    "ease": {"regularization": 20.0},
    "ials": {"factors": 8, "epochs": 3},
    "lightgcn": {"factors": 8, "epochs": 1, "batch_size": 210, "loss": "softmax"},
    "multvae": {"factors": 8, "width": 16, "dropout": 0.0, "epochs": 1, "batch_size": 210},
    "sasrec": {"factors": 8, "length": 10, "dropout": 0.0, "epochs": 1, "batch_size": 200},
}
STEPS = {"lightgcn": 5, "multvae": 5, "sasrec": 5}


def log() -> cr.Dataset:
    """A made-up log with tastes: 120 users, 40 items, times."""
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(120), rng.integers(5, 25, 120))
    items = (users * 7 + rng.integers(0, 16, len(users))) % 40
    frame = pd.DataFrame({"user": users, "item": items, "time": rng.permutation(len(users))})
    mapping = cr.ColumnMapping(user="user", item="item", time="time")
    return cr.Dataset.from_frame(frame, mapping, time_unit="s")


def fit_all(out: Path) -> None:
    """Fit every model; what each learnt, and its figures, into files."""
    from torch.optim.optimizer import register_optimizer_step_post_hook

    from causalrec.recsys.team import current_team

    split = cr.Split.leave_last(log())
    for name, params in MODELS.items():
        steps = [0]
        hook = register_optimizer_step_post_hook(lambda *_, n=steps: n.append(1))
        model = cr.recommender(name, **params)
        model.fit(split.train, split.valid, device="cpu")
        hook.remove()
        value = cr.evaluate(model, split, k=10).row("ndcg", 10)["value"]
        made = {**model._arrays, "steps": np.array(sum(steps)), "ndcg": np.array(value)}
        np.savez(out / f"{name}-{current_team().rank}.npz", **made)


@contextmanager
def team(out: Path, work: str, size: int = 2) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes of a team, with what ``torchrun`` tells them; none outlives the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    told |= {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", "PYTHONPATH": str(ROOT)}
    processes = []
    for rank in range(size):
        with (out / f"said-{rank}.txt").open("w") as said:
            processes.append(
                subprocess.Popen(
                    [sys.executable, __file__, work, str(out)],
                    env={**os.environ, **told, "RANK": str(rank)},
                    stderr=said,
                )
            )
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def said(out: Path) -> str:
    """What the processes of a team wrote to stderr."""
    return "\n".join(path.read_text() for path in sorted(out.glob("said-*.txt")))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of what one process made, and two."""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    with team(two, "fit") as processes:
        fit_all(one)
        assert [process.wait(timeout=120.0) for process in processes] == [0, 0], said(two)
    return one, two


@pytest.mark.parametrize("name", MODELS)
def test_two_processes_learn_what_one_learns(both: tuple[Path, Path], name: str) -> None:
    alone = np.load(both[0] / f"{name}-0.npz")
    for rank in range(2):
        member = np.load(both[1] / f"{name}-{rank}.npz")
        assert int(member["steps"]) == int(alone["steps"]) == STEPS.get(name, 0)
        for key in alone.files:
            scale = np.abs(alone[key]).max()
            gap = np.abs(member[key] - alone[key]).max() / max(scale, 1e-30)
            assert gap <= 1e-6, key


if __name__ == "__main__":
    {"fit": fit_all}[sys.argv[1]](Path(sys.argv[2]))
