"""What a search tried and found, and how long it may go on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from causalrec.core.results.result import Frame, Result
from causalrec.core.words import Text, render, worded
from causalrec.recsys.tuning.search_space import Dimension

if TYPE_CHECKING:
    from optuna import Study

__all__ = ["SAMPLERS", "Budget", "SearchResult", "importance_of"]

SAMPLERS = ("auto", "random", "tpe")

_FEWEST = 8
"""Complete trials below which nothing is said of which parameter matters."""


class SearchResult(Result):
    """What a search tried and found; complete or as far as it came.

    Attributes:
        model: catalogue name.
        sampler, reason: "random" or "tpe", and why.
        space: the dimensions.
        fixed: parameters that were given and not searched.
        trials: number, state ("complete", "pruned": given up early, "failed", "stopped": the time
            was over), value (validation NDCG@10; of a pruned trial the best so far), epochs_done,
            seconds, and a column a dimension, "param_<name>".
        best: values of the best complete trial with the fixed ones (empty before the first).
        best_value, default_value: its NDCG@10 on validation, and that of the defaults.
        importance: param, importance (fANOVA: share of the variance of the value; Hutter et al.,
            2014); empty with fewer than 8 complete trials.
        protocol, seed, seconds: how the log was cut, seed, wall time.
        finished: whether the budget was used up.
        notes: what to know.
    """

    model: str
    sampler: str
    reason: Text
    space: tuple[Dimension, ...]
    fixed: dict[str, Any]
    trials: Frame
    best: dict[str, Any]
    best_value: float | None = None
    default_value: float | None = None
    importance: Frame
    protocol: str
    seed: int
    seconds: float
    finished: bool = False
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a trial."""
        return self.trials.copy()

    def summary(self, lang: str = "en") -> str:
        """The best values with their NDCG on validation, against the defaults'."""
        model = worded("recsys.model_", self.model)
        if self.best_value is None:
            return str(render(Text("search.nothing_yet", model=model), lang))
        values = {d.name: self.best.get(d.name, d.default) for d in self.space}
        shown = ", ".join(f"{name} = {_short(value)}" for name, value in values.items())
        text = Text(
            "search.summary",
            model=model,
            trials=len(self.trials),
            values=shown,
            best=self.best_value,
            default=float("nan") if self.default_value is None else self.default_value,
        )
        return str(render(text, lang))


@dataclass
class Budget:
    """When a search ends: after so many trials, or minutes, whichever comes first."""

    trials: int = 20
    minutes: float | None = None
    started: float = field(default_factory=time.monotonic)

    def share(self, done: float) -> float:
        """How much of it is used up, 0 to 1."""
        late = 0.0 if self.minutes is None else self.elapsed / (60.0 * self.minutes)
        return min(max(done / self.trials, late), 1.0)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self.minutes is not None and self.elapsed > 60.0 * self.minutes


def importance_of(study: Study) -> pd.DataFrame:
    """Columns param, importance, the most important first; no row with too few complete trials."""
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState

    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    values = {trial.value for trial in complete}
    shares: dict[str, float] = {}
    if len(complete) >= _FEWEST and len(values) > 1:
        judge = FanovaImportanceEvaluator(seed=0)
        shares = get_param_importances(study, evaluator=judge)
    rows = [(name, float(share)) for name, share in shares.items()]
    return pd.DataFrame(rows, columns=["param", "importance"])


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
