"""Train a recommender on a saved dataset, measure it on held-out rows, save it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.params import Params
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.resources import Usage
from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, Worded, render, word_of, worded
from causalrec.data.splits.split import Split
from causalrec.data.storage.store import load_dataset
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.fairness.group_floor import FloorReport
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.team.team import current_team
from causalrec.runs.record import checkpoints
from causalrec.runs.record.task import Task
from causalrec.tasks.recsys.fit_models import Fitted, fitted
from causalrec.tasks.recsys.model_splits import split_of
from causalrec.tasks.recsys.saved_models import evaluation_of, keep_model, knowing
from causalrec.tasks.recsys.train_params import TrainParams
from causalrec.workspace import Thing, Workspace

if TYPE_CHECKING:
    from causalrec.recsys.model.recommender import Recommender

__all__ = ["Train", "TrainingResult", "cost_of", "evaluation_of"]


class TrainingResult(Result):
    """A trained model and how good it is.

    Attributes:
        model: catalogue name; name: what it is saved as.
        table: metric, k, value, low, high, level, n on the test part.
        curve: epoch, loss, ndcg (validation NDCG@10).
        best_epoch: the epoch kept.
        protocol, split_note: how the log was cut, and why.
        device, seconds: where and how long it learnt; n_users, n_items, n_interactions: from what.
        cpu_seconds, gpu_seconds, peak_mb, energy_wh: what learning cost (None: not measured, or
            no GPU); energy_note: what the estimate of energy takes for granted.
        floor: what a minimum for groups brought and cost, where one was asked for.
        notes: what to know.
    """

    model: str
    name: str
    table: Frame
    curve: Frame
    best_epoch: int | None = None
    protocol: Annotated[str, Worded("recsys.protocol_")]
    split_note: Text
    device: str
    seconds: float
    n_users: int
    n_items: int
    n_interactions: int
    cpu_seconds: float | None = None
    gpu_seconds: float | None = None
    peak_mb: float | None = None
    energy_wh: float | None = None
    energy_note: Text | None = None
    floor: FloorReport | None = None
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, value, low, high, level, n."""
        return self.table.copy()

    def summary(self, lang: str = "en") -> str:
        """NDCG with its interval, users, protocol, seconds and device; then notes and the cost."""
        row = self.table[self.table["metric"] == METRICS.default].iloc[0]
        text = Text(
            "train.summary",
            model=worded("recsys.model_", self.model),
            k=int(row["k"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            n=int(row["n"]),
            protocol=word_of("recsys.protocol_", self.protocol),
            seconds=self.seconds,
            device=self.device,
        )
        sentences = [text] if self.floor is None else [text, self.floor.note]
        return ("" if lang == "zh" else " ").join(str(render(one, lang)) for one in sentences)


class Train(Task[TrainParams, TrainingResult]):
    """Fit on train (validation stops early), measure on test, save with train + validation known.

    The model is not fitted again on the held-out rows: the figures are those of the model saved.
    A run that was stopped or killed is gone on from by another run with ``resume``: its id.
    """

    name: ClassVar[str] = "train"
    page: ClassVar[str] = "train"
    telling: ClassVar[tuple[str, ...]] = ("name", "dataset", "model")
    icon: ClassVar[str] = ":material/model_training:"
    Params: ClassVar[type[Params]] = TrainParams
    Result: ClassVar[type[Result]] = TrainingResult
    heavy: ClassVar[bool] = True
    shared: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> TrainingResult:
        from causalrec.recsys.evaluation.evaluate import evaluate

        on_progress(0.01, Text("train.reading"))
        asked, thing, notes = _begun(workspace, self.params)
        split = split_of(load_dataset(thing.folder), asked)
        on_progress(0.08, split.note)
        folder = checkpoints.folder_of(workspace, workspace.run)
        fit = fitted(asked, split, folder, within(on_progress, 0.1, 0.8))
        on_progress(0.8, Text("train.evaluating"))
        span = within(on_progress, 0.8, 0.95)
        measured = evaluate(fit.model, split, k=asked.k, seed=asked.seed, on_progress=span)
        floor = _priced(fit, split, measured, asked)
        on_progress(0.96, Text("train.saving"))
        result = _result(fit, split, measured, asked).model_copy(update={"floor": floor})
        result = result.model_copy(update={"notes": (*notes, *result.notes)})
        model = knowing(fit.model, split)
        meta = _meta(asked, model, result)
        if current_team().leads:
            keep_model(workspace, result.name, model, measured, made_from=[thing.ref], meta=meta)
            checkpoints.clear(workspace, self.params.model_dump())
        return result


def _begun(workspace: Workspace, asked: TrainParams) -> tuple[TrainParams, Thing, tuple[Text, ...]]:
    """What is trained on what; a run that goes on from another takes its parameters and data.

    Raises:
        ParamError: there is no data, or nothing to finish.
    """
    if asked.resume is None:
        if asked.finish or not asked.dataset:
            what = "train.finish_what" if asked.finish else "train.no_dataset"
            raise ParamError(what, hint=f"{what}_hint")
        return asked, workspace.thing("dataset", asked.dataset), ()
    run, params = checkpoints.original(workspace, asked.resume, Train.name)
    theirs = TrainParams.make(params)
    more = {"resume": asked.resume, "finish": asked.finish, "name": asked.name or theirs.name}
    taken = theirs.model_copy(update=more)
    leads = current_team().leads  # the others are told where training stands
    kept = not leads or checkpoints.take_over(workspace, run, finish=asked.finish)
    notes = () if kept else (Text("train.resumed_from_start"),)
    return taken, checkpoints.data_of(workspace, run, taken.dataset), notes


def _priced(
    fit: Fitted, split: Split, measured: MetricTable, asked: TrainParams
) -> FloorReport | None:
    if fit.floor is None or fit.plain is None:
        return None
    from causalrec.recsys.evaluation.evaluate import evaluate
    from causalrec.recsys.fairness.group_floor import priced

    same = fit.plain is fit.model
    before = measured if same else evaluate(fit.plain, split, k=asked.k, seed=asked.seed)
    return priced(fit.floor, before, measured)


def _result(fit: Fitted, split: Split, measured: MetricTable, asked: TrainParams) -> TrainingResult:
    model, report, usage = fit.model, fit.model.report, fit.usage
    assert report is not None
    return TrainingResult(
        model=model.name,
        name=asked.name or model.name,
        table=measured.table,
        curve=report.curve,
        best_epoch=report.best_epoch,
        protocol=split.protocol,
        split_note=split.note,
        device=report.device,
        seconds=report.seconds,
        n_users=report.n_users,
        n_items=report.n_items,
        n_interactions=report.n_interactions,
        notes=(*fit.notes, *report.notes, *measured.notes),
        **cost_of(usage),
    )


def cost_of(usage: Usage | None) -> dict[str, Any]:
    """What a fit cost, as fields of a result and notes of a saved model."""
    names = ("cpu_seconds", "gpu_seconds", "peak_mb", "energy_wh", "energy_note")
    return {} if usage is None else {name: getattr(usage, name) for name in names}


def _meta(asked: TrainParams, model: Recommender, result: TrainingResult) -> dict[str, Any]:
    kept = {"model", "protocol", "device", "seconds", "split_note", "notes"}
    kept |= {"cpu_seconds", "gpu_seconds", "peak_mb", "energy_wh", "energy_note"}
    return {
        **result.model_dump(mode="json", include=kept),
        "params": model.params.model_dump(mode="json"),
        "dataset": asked.dataset,
        "asked": asked.model_dump(mode="json"),
    }
