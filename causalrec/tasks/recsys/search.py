"""Search for good parameters of a model on the validation part, then train the best."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from causalrec.core.errors import Cancelled, NotFoundError, ParamError
from causalrec.core.params import Params, param
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.results.result import Result
from causalrec.core.words import Text
from causalrec.data.splits.split import PROTOCOLS, Split
from causalrec.data.storage.store import load_dataset
from causalrec.recsys.recommenders import RECOMMENDERS
from causalrec.recsys.tuning.search_result import SAMPLERS, Budget, SearchResult
from causalrec.runs.record import checkpoints
from causalrec.runs.record.task import Task
from causalrec.tasks.recsys.model_splits import split_of
from causalrec.tasks.recsys.train import Train, TrainingResult
from causalrec.tasks.recsys.train_params import TrainParams
from causalrec.workspace import Run, Thing, Workspace

__all__ = ["Search", "SearchParams", "SearchRun", "search_of"]

_TRIALS = "trials.json"


class SearchParams(Params):
    """What to search where, and for how long."""

    dataset: str = param("", help="train.help_dataset")
    model: str = param(RECOMMENDERS.default, help="train.help_model", choices=tuple(RECOMMENDERS))
    trials: int = param(20, help="search.help_trials", ge=1, le=10_000)
    minutes: float | None = param(None, help="search.help_minutes", ge=0.01, le=10_000.0)
    sampler: str = param("auto", help="search.help_sampler", choices=SAMPLERS)
    space: dict[str, Any] = param({}, help="search.help_space")
    params: dict[str, Any] = param({}, help="search.help_params")
    name: str | None = param(None, help="train.help_name")
    train: bool = param(True, help="search.help_train")
    protocol: str = param("auto", help="train.help_protocol", choices=PROTOCOLS)
    k: tuple[int, ...] = param((10, 20), help="train.help_k")
    seed: int = param(0, help="train.help_seed", ge=0, le=2**31 - 1)
    device: str = param("auto", help="train.help_device", choices=("auto", "cpu", "cuda"))
    fold: int = param(0, help="train.help_fold", ge=0, le=99, advanced=True)
    folds: int = param(5, help="train.help_folds", ge=2, le=100, advanced=True)
    resume: str | None = param(None, help="search.help_resume", advanced=True)
    finish: bool = param(False, help="search.help_finish", advanced=True)


class SearchRun(Result):
    """A search, and the best model trained and measured on the test part (None if not asked for).

    Attributes:
        search: every trial, the best values, importances.
        training: how good the best model is on the test part, and what it is saved as.
    """

    search: SearchResult
    training: TrainingResult | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a trial."""
        return self.search.to_frame()

    def summary(self, lang: str = "en") -> str:
        """What was found, and how good it is on the test part."""
        sentences = [self.search.summary(lang)]
        if self.training is not None:
            sentences.append(self.training.summary(lang))
        return ("" if lang == "zh" else " ").join(sentences)


class Search(Task[SearchParams, SearchRun]):
    """Trials on train and validation only; the best values are then trained, tested, saved.

    Every trial is kept in the run's folder as it ends (`search_of`), and as a thing of the kind
    "search" when the search ends, also when it was stopped. A run that was stopped or killed is
    gone on from, or finished with its best so far, by another with ``resume``: its id.
    """

    name: ClassVar[str] = "search"
    page: ClassVar[str] = "train"
    telling: ClassVar[tuple[str, ...]] = ("name", "dataset", "model")
    icon: ClassVar[str] = ":material/manage_search:"
    Params: ClassVar[type[Params]] = SearchParams
    Result: ClassVar[type[Result]] = SearchRun
    heavy: ClassVar[bool] = True

    def run(self, workspace: Workspace, on_progress: OnProgress = silent) -> SearchRun:
        on_progress(0.01, Text("train.reading"))
        begun = _begun(workspace, self.params)
        asked = begun.asked
        split = split_of(load_dataset(begun.dataset.folder), asked)
        on_progress(0.02, split.note)
        share = 0.9 if asked.train else 0.99
        result = self._search(workspace, begun, split, within(on_progress, 0.02, share))
        training = None
        if asked.train and result.best_value is not None:
            task = Train(_best_params(asked, result))
            training = task.run(workspace, within(on_progress, share, 1.0))
        checkpoints.clear(workspace, self.params.model_dump())
        return SearchRun(search=result, training=training)

    def _search(
        self, workspace: Workspace, begun: _Begun, split: Split, on_progress: OnProgress
    ) -> SearchResult:
        from causalrec.recsys.tuning.search import SearchPlan, search
        from causalrec.recsys.tuning.search_space import space_of

        asked, earlier = begun.asked, begun.earlier
        if asked.finish and earlier is not None:
            return earlier
        plan = SearchPlan(
            asked.model,
            space_of(RECOMMENDERS[asked.model].Params, asked.space, tuple(asked.params)),
            Budget(asked.trials, asked.minutes),
            fixed=asked.params,
            sampler=asked.sampler,
            seed=asked.seed,
            device=asked.device,
        )
        kept: list[SearchResult] = []

        def keep(result: SearchResult) -> None:
            kept[:] = [result]
            _write(_file(workspace, workspace.run), result)

        try:
            result = search(plan, split, earlier=earlier, on_progress=on_progress, on_trial=keep)
        except Cancelled:
            if kept:
                _save(workspace, begun.dataset, asked, kept[0])
            raise
        _write(_file(workspace, workspace.run), result)
        _save(workspace, begun.dataset, asked, result)
        return result


@dataclass(frozen=True)
class _Begun:
    """What is searched on what, and the search that is gone on with."""

    asked: SearchParams
    dataset: Thing
    earlier: SearchResult | None = None


def search_of(workspace: Workspace, run: Run) -> SearchResult | None:
    """What a run's search found so far, whatever became of it; None before its first trial."""
    path = _file(workspace, run.id)
    if path is None or not path.is_file():
        return None
    return SearchResult.read(path)


def _begun(workspace: Workspace, asked: SearchParams) -> _Begun:
    """What is searched on what; a run that goes on from another takes its parameters and data.

    Raises:
        ParamError: there is no data, or nothing to finish.
        NotFoundError: the search to finish kept nothing.
    """
    if asked.resume is None:
        if asked.finish or not asked.dataset:
            what = "train.finish_what" if asked.finish else "train.no_dataset"
            raise ParamError(what, hint=f"{what}_hint")
        return _Begun(asked, workspace.thing("dataset", asked.dataset))
    run, params = checkpoints.original(workspace, asked.resume, Search.name)
    theirs = SearchParams.make(params)
    more = {"resume": asked.resume, "finish": asked.finish, "name": asked.name or theirs.name}
    more["trials"] = max(asked.trials, theirs.trials)
    taken = theirs.model_copy(update=more)
    earlier = search_of(workspace, run)
    if earlier is None and asked.finish:
        raise NotFoundError("train.nothing_kept", hint="train.nothing_kept_hint")
    return _Begun(taken, checkpoints.data_of(workspace, run, taken.dataset), earlier)


def _best_params(asked: SearchParams, result: SearchResult) -> TrainParams:
    same = ("dataset", "model", "protocol", "fold", "folds", "k", "seed", "device", "name")
    return TrainParams.make({**{n: getattr(asked, n) for n in same}, "params": result.best})


def _file(workspace: Workspace, run_id: str | None) -> Path | None:
    return None if run_id is None else workspace.register.runs_folder / run_id / _TRIALS


def _write(path: Path | None, result: SearchResult) -> None:
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(result.model_dump_json(), encoding="utf-8")
    draft.replace(path)


def _save(workspace: Workspace, thing: Thing, asked: SearchParams, result: SearchResult) -> None:
    meta = {"dataset": asked.dataset, "model": asked.model, "best": result.best}
    document = result.model_dump(mode="json")
    name = asked.name or asked.model
    workspace.save_json("search", name, document, made_from=[thing.ref], meta=meta)
