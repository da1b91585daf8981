"""Tasks to try runs on: they count, fail, hang, load slowly and save."""

from __future__ import annotations

import os
import time
from typing import Any

import pandas as pd

from causalrec.core.errors import DataError
from causalrec.core.params import Params as AnyParams
from causalrec.core.params import param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import LANGUAGES, Text, table
from causalrec.runs.record.catalogue import TASKS
from causalrec.runs.record.task import Task
from causalrec.workspace import Workspace

ENTRIES = {
    "count": "practice_tasks:Count",
    "count-heavy": "practice_tasks:CountHeavy",
}


def add_practice_tasks() -> None:
    TASKS._entries.update(ENTRIES)
    add_words()


def add_words() -> None:
    """Words that the real tables do not have; harmless where they stay."""
    for lang in LANGUAGES:
        for name in ENTRIES:
            key = f"tasks.{name.replace('-', '_')}"
            table(lang).update({key: name, f"{key}_help": f"{name} to try things on"})


class Counted(Result):
    total: int
    device: str = "cpu"
    note: Text = Text("core.cancelled")
    odd: float = float("nan")

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"total": [self.total]})

    def summary(self, lang: str = "en") -> str:
        return f"{self.total} {self.note.to(lang)}"


class CountParams(AnyParams):
    steps: int = param(3, help="core.cancelled", ge=0, le=10_000)
    pause: float = param(0.0, help="core.cancelled")
    how: str = param(
        "well",
        help="core.cancelled",
        choices=("well", "foreseen", "unforeseen", "exit", "stubborn", "memory", "torch"),
    )
    dataset: str | None = param(None, help="core.cancelled")
    save: str = param("", help="core.cancelled")
    seed: int = param(0, help="core.cancelled")
    k: tuple[int, ...] = param((10, 20), help="core.cancelled")
    extra: dict[str, Any] = param({}, help="core.cancelled")
    loud: bool = param(False, help="core.cancelled")


class Count(Task[CountParams, Counted]):
    name = "count"
    telling = ("dataset",)
    Params = CountParams
    Result = Counted

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Counted:
        if self.params.dataset:
            workspace.thing("dataset", self.params.dataset)
        if self.params.how == "torch":
            import torch  # noqa: F401
        self._misbehave()
        for step in range(self.params.steps):
            on_progress(
                step / self.params.steps, Text("core.cancelled"), epoch=step, loss=1 / (step + 1)
            )
            time.sleep(self.params.pause)
        if self.params.save:
            workspace.save_json("graph", self.params.save, {"total": self.params.steps})
        return Counted(total=self.params.steps)

    def _misbehave(self) -> None:
        how = self.params.how
        if how == "foreseen":
            raise DataError("workspace.unknown", hint="workspace.unknown_hint")
        if how == "unforeseen":
            raise ZeroDivisionError("a secret detail")
        if how == "memory":
            raise MemoryError
        if how == "exit":
            os._exit(3)
        if how == "stubborn":
            import signal

            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(60)


class CountHeavy(Count):
    name = "count-heavy"
    heavy = True
