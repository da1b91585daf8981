"""Append the rows of a file to a dataset, as its new version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.preparation.importing import append_rows, read_options, secret_key
from causalrec.data.reading.files import read_table
from causalrec.data.text.read_options import ReadOptions
from causalrec.runs.record.task import Task
from causalrec.tasks.data.import_data import DatasetSummary, keep_dataset, summarise
from causalrec.workspace import Workspace

__all__ = ["Append", "AppendParams"]


class AppendParams(Params):
    """Which rows to add to which dataset."""

    dataset: str = param(help="data.append_dataset")
    path: str = param(help="data.append_path")
    options: ReadOptions = param(ReadOptions(), help="data.import_options")


class Append(Task[AppendParams, DatasetSummary]):
    """Append rows; old and new rows go through the dataset's steps together.

    Whatever was made from the older version is out of date then, and says so.
    """

    name: ClassVar[str] = "append"
    page: ClassVar[str] = "data"
    telling: ClassVar[tuple[str, ...]] = ("dataset",)
    Params: ClassVar[type[Params]] = AppendParams
    Result: ClassVar[type[Result]] = DatasetSummary

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> DatasetSummary:
        asked = self.params
        thing = workspace.thing("dataset", asked.dataset)
        path = Path(asked.path)
        on_progress(0.02, Text("data.reading_work", name=path.name))
        new, table = read_table(path, read_options(thing.folder, asked.options, path))
        on_progress(0.4, Text("data.steps_work"))
        data, source, effects = append_rows(
            thing.folder, new, thing.name, key=secret_key(workspace.folder)
        )
        data = replace(data, notes=(*table.kept_notes(), *data.notes))
        on_progress(0.8, Text("data.saving_work"))
        saved = keep_dataset(workspace, data, source=source)
        return summarise(data, saved, effects)
