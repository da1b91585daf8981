"""Good values for a model's parameters, found on the validation part alone; every trial is kept.

Trials are drawn at random or by the tree-structured Parzen estimator (Bergstra et al., 2011;
Optuna: Akiba et al., 2019); one that is below the median of the others at the same epoch is
given up. The defaults are the first trial, so that a search never does worse than they do.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.errors import DataError, MemoryBudgetError, ParamError
from causalrec.core.progress import OnProgress
from causalrec.core.words import Text
from causalrec.data.splits.split import Split
from causalrec.recsys.metrics.accuracy.ndcg import NDCG
from causalrec.recsys.model.fit_job import job_of
from causalrec.recsys.recommenders.opening import recommender
from causalrec.recsys.tuning.search_result import Budget, SearchResult, importance_of
from causalrec.recsys.tuning.search_space import (
    Dimension,
    as_declared,
    distribution_of,
    holds_default,
)

if TYPE_CHECKING:
    from optuna import Study, Trial

__all__ = ["SearchPlan", "search"]

_FEW = 10
"""With fewer trials than this "auto" draws at random: there is little to learn from."""
_WARM_TRIALS, _WARM_EPOCHS = 4, 3


class _TimeOver(Exception):  # noqa: N818 - no error: the budget ends inside a trial
    """The time was over within a trial."""


@dataclass(frozen=True)
class SearchPlan:
    """What is searched, where, and for how long.

    Attributes:
        model: catalogue name.
        space: from `space_of`.
        budget: trials of an earlier part count.
        fixed: parameters that keep their value.
        sampler: one of `SAMPLERS`.
        seed: of the sampler and of every fit.
        device: of every fit.
    """

    model: str
    space: tuple[Dimension, ...]
    budget: Budget
    fixed: Mapping[str, Any] = field(default_factory=dict)
    sampler: str = "auto"
    seed: int = 0
    device: str = "auto"


def search(
    plan: SearchPlan,
    split: Split,
    *,
    earlier: SearchResult | None = None,
    on_progress: OnProgress,
    on_trial: Callable[[SearchResult], None],
) -> SearchResult:
    """Search; with a budget in trials the same seed gives the same trials on a CPU.

    Args:
        plan: what is searched.
        split: trained on its train part, judged on its validation part; test is not touched.
        earlier: the search that is gone on with.
        on_progress: told after each trial: trial, ndcg, best. It may raise `Cancelled`.
        on_trial: given everything so far after each trial.

    Raises:
        DataError: there is no validation part.
    """
    if split.valid is None:
        raise DataError("recsys.no_valid", hint="recsys.no_valid_hint")
    work = _Work(plan, split, on_progress)
    work.open(earlier)
    budget = plan.budget
    while len(work.rows) < budget.trials and not (budget.over and work.best() is not None):
        work.one()
        on_trial(work.result())
    return work.result(finished=True)


class _Work:
    """The state of a search."""

    study: Study

    def __init__(self, plan: SearchPlan, split: Split, on_progress: OnProgress) -> None:
        self.plan, self.split, self.on_progress = plan, split, on_progress
        self.space, self.budget = plan.space, plan.budget
        self.distributions = {d.name: distribution_of(d) for d in plan.space}
        model = recommender(plan.model, **plan.fixed)
        self.judge = job_of(model, split.train, split.valid, seed=0, device="cpu")
        self.rows: list[dict[str, Any]] = []
        self.values: dict[tuple[Any, ...], float] = {}
        self.notes: list[Text] = []
        self.before = 0.0

    def open(self, earlier: SearchResult | None) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        few, sampler = self.budget.trials < _FEW, self.plan.sampler
        self.sampler = ("random" if few else "tpe") if sampler == "auto" else sampler
        key = "asked" if sampler != "auto" else "few" if few else "many"
        self.reason = Text(f"search.sampler_{key}", sampler=Text(f"search.{self.sampler}"))
        done = 0 if earlier is None else len(earlier.trials)
        seed = self.plan.seed + done
        drawn: optuna.samplers.BaseSampler = optuna.samplers.RandomSampler(seed=seed)
        if self.sampler == "tpe":
            warm = min(10, max(4, self.budget.trials // 3))
            drawn = optuna.samplers.TPESampler(seed=seed, n_startup_trials=warm)
        pruner = optuna.pruners.MedianPruner(_WARM_TRIALS, _WARM_EPOCHS)
        self.study = optuna.create_study(direction="maximize", sampler=drawn, pruner=pruner)
        if earlier is None:
            self.study.enqueue_trial({d.name: d.default for d in self.space if holds_default(d)})
        else:
            self._replay(earlier)

    def _replay(self, earlier: SearchResult) -> None:
        from optuna.trial import TrialState, create_trial

        self.before, self.notes = earlier.seconds, list(earlier.notes)
        self.rows = [dict(row) for row in earlier.trials.to_dict("records")]  # type: ignore[arg-type]
        for row in self.rows:
            values = {d.name: as_declared(d, row[f"param_{d.name}"]) for d in self.space}
            complete = row["state"] == "complete"
            self.study.add_trial(
                create_trial(
                    state=TrialState.COMPLETE if complete else TrialState.FAIL,
                    value=float(row["value"]) if complete else None,
                    params=values,
                    distributions=self.distributions,
                )
            )
            if complete:
                self.values[tuple(values.values())] = float(row["value"])

    def one(self) -> None:
        """Ask for values, fit, judge, tell."""
        from optuna import TrialPruned
        from optuna.trial import TrialState

        number, started = len(self.rows) + 1, time.perf_counter()
        trial = self.study.ask(self.distributions)
        values = {d.name: trial.params[d.name] for d in self.space}
        row: dict[str, Any] = {"number": number, "state": "complete", "value": float("nan")}
        seen = _Seen(self, trial, number)
        try:
            row["value"] = self._value(values, seen)
        except TrialPruned:
            row |= {"state": "pruned", "value": seen.top}
        except _TimeOver:
            row |= {"state": "stopped", "value": seen.top}
        except (DataError, MemoryBudgetError, ParamError) as error:
            row["state"] = "failed"
            self.notes.append(Text("search.trial_failed", number=number, why=error.text))
        states = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
        state = states.get(row["state"], TrialState.FAIL)
        self.study.tell(trial, row["value"] if row["state"] == "complete" else None, state)
        row |= {"epochs_done": seen.epoch, "seconds": time.perf_counter() - started}
        self.rows.append(row | {f"param_{name}": value for name, value in values.items()})
        best = self.best()
        numbers = {"trial": float(number), NDCG.name: float(row["value"])}
        if best is not None:
            numbers["best"] = float(best["value"])
        self.on_progress(self.budget.share(number), self.says(number), **numbers)

    def says(self, number: int) -> Text:
        """Which trial it is, and the best so far."""
        best = self.best()
        if best is None:
            return Text("search.trial_first", number=number, trials=self.budget.trials)
        value = float(best["value"])
        return Text("search.trial", number=number, trials=self.budget.trials, best=value)

    def _value(self, values: dict[str, Any], seen: _Seen) -> float:
        place = tuple(values.values())
        if place not in self.values:
            model = recommender(self.plan.model, **self.plan.fixed, **values)
            model.fit(
                self.split.train,
                self.split.valid,
                seed=self.plan.seed,
                device=self.plan.device,
                on_progress=seen,
            )
            self.values[place] = self.judge.valid_ndcg(model.score)
        return self.values[place]

    def best(self) -> dict[str, Any] | None:
        """The row of the best complete trial."""
        complete = [row for row in self.rows if row["state"] == "complete"]
        return max(complete, key=lambda row: float(row["value"]), default=None)

    def result(self, *, finished: bool = False) -> SearchResult:
        """Everything so far."""
        best = self.best()
        tuned = (
            {}
            if best is None
            else {d.name: as_declared(d, best[f"param_{d.name}"]) for d in self.space}
        )
        first = self.rows[0] if self.rows and self.rows[0]["state"] == "complete" else None
        defaults = all(holds_default(d) for d in self.space)
        return SearchResult(
            model=self.plan.model,
            sampler=self.sampler,
            reason=self.reason,
            space=self.space,
            fixed=dict(self.plan.fixed),
            trials=pd.DataFrame(self.rows),
            best={**self.plan.fixed, **tuned},
            best_value=None if best is None else float(best["value"]),
            default_value=float(first["value"]) if first is not None and defaults else None,
            importance=importance_of(self.study)
            if finished
            else pd.DataFrame(columns=["param", "importance"]),
            protocol=self.split.protocol,
            seed=self.plan.seed,
            seconds=self.before + self.budget.elapsed,
            finished=finished,
            notes=tuple(self.notes),
        )


class _Seen:
    """What a fit tells while it goes: given up where the others were better by then."""

    def __init__(self, work: _Work, trial: Trial, number: int) -> None:
        self.work, self.trial, self.number = work, trial, number
        self.epoch, self.top = 0, float("nan")

    def __call__(self, fraction: float, message: Text | None = None, /, **metrics: float) -> None:
        from optuna import TrialPruned

        work = self.work
        work.on_progress(work.budget.share(self.number - 1 + fraction), work.says(self.number))
        if NDCG.name in metrics:
            self.epoch, now = int(metrics["epoch"]), float(metrics[NDCG.name])
            self.top = now if math.isnan(self.top) else max(self.top, now)
            self.trial.report(now, self.epoch)
            if self.trial.should_prune():
                raise TrialPruned
        if work.budget.over and work.best() is not None:
            raise _TimeOver
