"""Train a recommender on a saved dataset, measure it on held-out rows, save it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from causalrec.core.errors import DataError, StorageError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.data.dataset import Dataset
from causalrec.data.split import PROTOCOLS, Split
from causalrec.recsys.metric_table import MetricTable
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.tasks.task import Task
from causalrec.workspace import Thing, Workspace

if TYPE_CHECKING:
    from causalrec.recsys.recommender import Recommender

__all__ = ["EVALUATION", "Train", "TrainParams", "TrainingResult", "evaluation_of"]

#: File in a saved model's folder that holds its `MetricTable` on test.
EVALUATION = "evaluation.json"


class TrainParams(Params):
    """What to train on what."""

    dataset: str = param(help="train.help_dataset")
    model: str = param("ease", help="train.help_model", choices=tuple(RECOMMENDERS))
    params: dict[str, Any] = param({}, help="train.help_params")
    name: str | None = param(None, help="train.help_name")
    protocol: str = param("auto", help="train.help_protocol", choices=PROTOCOLS)
    k: tuple[int, ...] = param((10, 20), help="train.help_k")
    seed: int = param(0, help="train.help_seed", ge=0, le=2**31 - 1)
    device: str = param("auto", help="train.help_device", choices=("auto", "cpu", "cuda"))


class TrainingResult(Result):
    """A trained model and how good it is.

    Attributes:
        model: catalogue name; name: what it is saved as.
        table: metric, k, value, low, high, level, n on the test part.
        curve: epoch, loss, ndcg (validation NDCG@10).
        best_epoch: the epoch kept.
        protocol, split_note: how the log was cut, and why.
        device, seconds: where and how long it learnt; n_users, n_items, n_interactions: from what.
        notes: what to know.
    """

    model: str
    name: str
    table: Frame
    curve: Frame
    best_epoch: int | None = None
    protocol: str
    split_note: Text
    device: str
    seconds: float
    n_users: int
    n_items: int
    n_interactions: int
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, value, low, high, level, n."""
        return self.table.copy()

    def summary(self, lang: str = "en") -> str:
        """One sentence: NDCG with its interval, users, protocol, seconds and device."""
        row = self.table[self.table["metric"] == "ndcg"].iloc[0]
        text = Text(
            "train.summary",
            model=Text(f"recsys.model_{self.model.replace('-', '_')}"),
            k=int(row["k"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            n=int(row["n"]),
            protocol=Text(f"recsys.protocol_{self.protocol}"),
            seconds=self.seconds,
            device=self.device,
        )
        return str(render(text, lang))


class Train(Task[TrainParams, TrainingResult]):
    """Fit on train (validation stops early), measure on test, save with train + validation known.

    The model is not fitted again on the held-out rows: the figures are those of the model saved.
    """

    name: ClassVar[str] = "train"
    Params: ClassVar[type[Params]] = TrainParams
    Result: ClassVar[type[Result]] = TrainingResult
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> TrainingResult:
        from causalrec.recsys.evaluation import evaluate
        from causalrec.recsys.recommender import recommender

        asked = self.params
        model = recommender(asked.model, **asked.params)
        on_progress(0.01, Text("train.reading"))
        thing = workspace.thing("dataset", asked.dataset)
        split = _split(Dataset.load(thing.folder), asked)
        on_progress(0.08, split.note)
        report = model.fit(
            split.train,
            split.valid,
            seed=asked.seed,
            device=asked.device,
            on_progress=within(on_progress, 0.1, 0.8),
        )
        on_progress(0.8, Text("train.evaluating"))
        measured = evaluate(
            model, split, k=asked.k, seed=asked.seed, on_progress=within(on_progress, 0.8, 0.95)
        )
        on_progress(0.96, Text("train.saving"))
        result = TrainingResult(
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
            notes=(*report.notes, *measured.notes),
        )
        _save(workspace, thing, (_knowing(model, split), measured), (asked, result))
        return result


def evaluation_of(folder: Path) -> MetricTable:
    """The figures that the model saved in a folder was measured with.

    Raises:
        StorageError: they are missing or damaged.
    """
    try:
        text = (folder / EVALUATION).read_text(encoding="utf-8")
        return MetricTable.model_validate_json(text)
    except (OSError, ValueError) as error:
        raise StorageError(
            "train.no_evaluation", hint="train.no_evaluation_hint", folder=str(folder)
        ) from error


def _split(data: Dataset, asked: TrainParams) -> Split:
    if not data.has("user"):
        raise DataError("recsys.no_users", hint="recsys.no_users_hint", name=data.name)
    if not data.positive_mask().any():
        raise DataError("recsys.no_positives", hint="recsys.no_positives_hint", name=data.name)
    return Split.make(data, asked.protocol, asked.seed)


def _knowing(model: Recommender, split: Split) -> Recommender:
    """The model with train and validation as the known history of its users."""
    if split.valid is None:
        return model
    from causalrec.recsys.history import of_dataset, union

    ids = (model.user_ids, model.item_ids)
    ordered = model.takes_order
    later = of_dataset(split.valid, ids, ordered=ordered)
    return model.with_history(union(model.history, later, ordered=ordered))


def _save(
    workspace: Workspace,
    thing: Thing,
    made: tuple[Recommender, MetricTable],
    told: tuple[TrainParams, TrainingResult],
) -> None:
    model, measured = made
    asked, result = told

    def write(folder: Path) -> None:
        model.save(folder)
        (folder / EVALUATION).write_text(measured.model_dump_json(), encoding="utf-8")

    note = result.model_dump(mode="json", include={"split_note", "notes"})
    meta = {
        "model": result.model,
        "params": model.params.model_dump(mode="json"),
        "dataset": asked.dataset,
        "asked": asked.model_dump(mode="json"),
        "protocol": result.protocol,
        "device": result.device,
        "seconds": result.seconds,
        **note,
    }
    workspace.save("model", result.name, write, made_from=[thing.ref], meta=meta)
