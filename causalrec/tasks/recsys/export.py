"""A run's curves and figures as TensorBoard events or as an offline run of Weights & Biases."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pandas as pd

from causalrec.core.errors import CausalRecError, NotFoundError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent
from causalrec.core.results.result import Result
from causalrec.core.words import Text, Worded, render
from causalrec.runs.record.task import Task
from causalrec.workspace import Run, Workspace
from causalrec.workspace.disk.failures import storage_errors

__all__ = ["FORMS", "Export", "ExportParams", "Exported", "export_run"]

FORMS = ("tensorboard", "wandb")
_STEPS = ("epoch", "trial", "step")


class ExportParams(Params):
    """Which run, as what, where to."""

    run: str = param(help="export.help_run")
    form: str = param("tensorboard", help="export.help_form", choices=FORMS)
    folder: Path | None = param(None, help="export.help_folder")


class Exported(Result):
    """What was written.

    Attributes:
        form: "tensorboard" or "wandb".
        folder: where it lies.
        files: paths below it.
        points: how many numbers of the curves were written.
        figures: final figures by name.
    """

    form: Annotated[str, Worded("export.done_")]
    folder: str
    files: tuple[str, ...]
    points: int
    figures: dict[str, float]

    def to_frame(self) -> pd.DataFrame:
        """Columns figure, value."""
        return pd.DataFrame(self.figures.items(), columns=["figure", "value"])

    def summary(self, lang: str = "en") -> str:
        """What was written where, and how to look at it."""
        return f"{self.sentence(lang)} {self.command}"

    def sentence(self, lang: str = "en") -> str:
        """What was written where; it leads on to the command."""
        text = Text(f"export.done_{self.form.lower()}", points=self.points, folder=self.folder)
        return str(render(text, lang))

    @property
    def command(self) -> str:
        """What opens (or sends) the export, ready for a shell."""
        if self.form == "tensorboard":
            return f"tensorboard --logdir {shlex.quote(self.folder)}"
        runs = {Path(file).parent for file in self.files if file.endswith(".wandb")}
        places = (shlex.quote(str(Path(self.folder) / run)) for run in sorted(runs))
        return " ".join(("wandb sync", *places))


class Export(Task[ExportParams, Exported]):
    """Write a run of this workspace for another tool; nothing leaves this machine."""

    name: ClassVar[str] = "export"
    page: ClassVar[str] = "train"
    icon: ClassVar[str] = ":material/ios_share:"
    Params: ClassVar[type[Params]] = ExportParams
    Result: ClassVar[type[Result]] = Exported

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> Exported:
        on_progress(0.1, Text("export.writing"))
        return export_run(workspace, self.params.run, self.params.folder, self.params.form)


def export_run(
    workspace: Workspace, run_id: str, folder: Path | str | None = None, form: str = "tensorboard"
) -> Exported:
    """Write a run's curves, parameters and final figures for another tool.

    Args:
        workspace: where the run is registered.
        run_id: the run; any task, in any state.
        folder: where to; None: ``<form>`` in the run's own folder.
        form: one of `FORMS`.

    Raises:
        NotFoundError: no run has the id.
        CausalRecError: the package that writes it is not installed.
        StorageError: the folder cannot be written.
    """
    run = workspace.register.run(run_id)
    _require(form)
    place = workspace.register.runs_folder / run_id / form if folder is None else Path(folder)
    place = place.expanduser().resolve()
    figures = _figures(workspace, run)
    with storage_errors(place):
        place.mkdir(parents=True, exist_ok=True)
        before = set(_files(place))
        write = {"tensorboard": _tensorboard, "wandb": _wandb}[form]
        points = write(run, place, figures)
    files = tuple(file for file in _files(place) if file not in before)
    return Exported(form=form, folder=str(place), files=files, points=points, figures=figures)


def _require(form: str) -> None:
    if importlib.util.find_spec(form) is None:
        raise CausalRecError(
            "export.no_package",
            hint=Text("export.no_package_hint", package=form),
            package=form,
        )


def _files(place: Path) -> list[str]:
    return sorted(str(p.relative_to(place)) for p in place.rglob("*") if p.is_file())


def _figures(workspace: Workspace, run: Run) -> dict[str, float]:
    """Final figures of a training run by name ("test/ndcg@10"), and what it cost."""
    from causalrec.runs.record.runner import load_result
    from causalrec.tasks.recsys.train import TrainingResult

    try:
        result = load_result(workspace, run.id)
    except NotFoundError:
        return {}
    result = getattr(result, "training", result)
    if not isinstance(result, TrainingResult):
        return {}
    rows = result.table.to_dict("records")
    figures = {f"test/{_metric(row)}": float(row["value"]) for row in rows}
    costs = ("seconds", "cpu_seconds", "gpu_seconds", "peak_mb", "energy_wh")
    cost = {f"cost/{name}": getattr(result, name) for name in costs}
    return figures | {name: float(value) for name, value in cost.items() if value is not None}


def _metric(row: Mapping[Any, Any]) -> str:
    """A figure's name with its list length, where it has one."""
    name, k = str(row["metric"]), row["k"]
    return name if pd.isna(k) else f"{name}@{int(k)}"


def _curves(run: Run) -> Iterator[tuple[int, dict[str, float]]]:
    """Step and numbers of each report."""
    for place, row in enumerate(run.metrics, start=1):
        step = next((int(row[name]) for name in _STEPS if name in row), place)
        yield step, {name: value for name, value in row.items() if name not in _STEPS}


def _title(run: Run) -> str:
    return f"{run.params.get('name') or run.params.get('model') or run.task}-{run.id[:6]}"


def _tensorboard(run: Run, place: Path, figures: dict[str, float]) -> int:
    from torch.utils.tensorboard import SummaryWriter

    points = 0
    with SummaryWriter(str(place / _title(run))) as writer:
        params = json.dumps(run.params, ensure_ascii=False, indent=1)
        writer.add_text("params", f"```\n{params}\n```")
        for step, numbers in _curves(run):
            for name, value in numbers.items():
                writer.add_scalar(f"{run.task}/{name}", value, step)
                points += 1
        for name, value in figures.items():
            writer.add_scalar(name, value, 0)
    return points


def _wandb(run: Run, place: Path, figures: dict[str, float]) -> int:
    with _quiet(place):
        import wandb

        settings = wandb.Settings(
            mode="offline",
            silent=True,
            console="off",
            disable_git=True,
            save_code=False,
            x_disable_stats=True,
            x_disable_meta=True,
        )
        options: dict[str, Any] = {
            "project": "causalrec",
            "name": _title(run),
            "dir": str(place),
            "config": dict(run.params),
            "settings": settings,
            "reinit": "create_new",
        }
        points = 0
        with wandb.init(**options) as writer:
            for step, numbers in _curves(run):
                writer.log(numbers, step=step)
                points += len(numbers)
            writer.summary.update(figures)
        wandb.teardown()
    return points


@contextmanager
def _quiet(place: Path) -> Iterator[None]:
    """Weights & Biases without a network, a report to anybody, or a file outside ``place``."""
    wanted = {
        "WANDB_MODE": "offline",
        "WANDB_SILENT": "true",
        "WANDB_ERROR_REPORTING": "false",
        "WANDB_CONFIG_DIR": str(place / "wandb-settings" / "config"),
        "WANDB_CACHE_DIR": str(place / "wandb-settings" / "cache"),
        "WANDB_DATA_DIR": str(place / "wandb-settings" / "data"),
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
