"""Cross-validation: a model for each fold, figures over all folds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.progress import OnProgress, silent, within
from causalrec.core.words import Text
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.splits.split import Split
from causalrec.recsys.evaluation.evaluate import evaluate
from causalrec.recsys.evaluation.intervals import mean_rows
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.model.recommender import Recommender

__all__ = ["cross_validate", "pooled"]


def cross_validate(
    make: Callable[[], Recommender],
    data: Dataset,
    folds: int = 5,
    *,
    k: Sequence[int] | int = (10, 20),
    seed: int = 0,
    device: str = "auto",
    on_progress: OnProgress | None = None,
) -> tuple[MetricTable, Recommender]:
    """Train on all folds but one, test on that one, for each fold.

    Args:
        make: gives an unfitted recommender, such as ``lambda: recommender("ease")``.
        data: the log.
        folds: number of random folds of each user's rows (`Split.k_fold`).
        k: lengths of the lists.
        seed: of folds, models and bootstrap.
        device: where to train.
        on_progress: told of every fit and evaluation.

    Returns:
        The figures over all folds (`pooled`), and the model of the first fold.
    """
    tell = on_progress or silent
    tables, models = [], []
    for fold in range(folds):
        split = Split.k_fold(data, folds, fold, seed=seed)
        ends = [(fold + share) / folds for share in (0.0, 0.8, 1.0)]
        model = make()
        fitting, measuring = (within(tell, *pair) for pair in pairwise(ends))
        model.fit(split.train, split.valid, seed=seed, device=device, on_progress=fitting)
        tables.append(evaluate(model, split, k=k, seed=seed, on_progress=measuring))
        models.append(model if fold == 0 else None)
    first = models[0]
    assert first is not None
    return pooled(tables), first


def pooled(tables: Sequence[MetricTable]) -> MetricTable:
    """One table of the evaluations of all folds.

    A user's figure is its mean over the folds in which the user was tested; means and intervals
    are over users. They say how figures vary with the users, not with the folds: models of
    different folds share most of their rows. Coverage and Gini are means over folds, their
    intervals the mean interval, which is wider than needed.

    Args:
        tables: of one model, one a fold, with the same list lengths.

    Raises:
        ParamError: there is no table, or they are of different models or lengths.
    """
    if len({(one.model, one.lengths) for one in tables}) != 1:
        raise ParamError("recsys.not_comparable", hint="recsys.not_comparable_hint")
    first = tables[0]
    shared = [str(c) for c in first.per_user if all(c in one.per_user for one in tables)]
    per_user = pd.concat([one.per_user[shared] for one in tables]).groupby("user", sort=False)
    means = per_user.mean().reset_index()
    names = shared[1:]
    rows, _ = mean_rows(means[names].to_numpy(), names, [], first.seed)
    own = pd.concat([one.table for one in tables])
    lists = own[own["metric"].isin(METRICS.where(per_user=False))]
    for (metric, k), part in lists.groupby(["metric", "k"], sort=False):
        ends = {name: float(part[name].mean()) for name in ("value", "low", "high")}
        level = {"level": float(part["level"].iloc[0]), "n": len(means)}
        rows.append({"metric": metric, "k": k, **ends, **level})
    place = {name: i for i, name in enumerate(first.table["metric"])}
    rows.sort(key=lambda row: (row["k"] if row["k"] > 0 else np.inf, place.get(row["metric"], 0)))
    joined = "".join(one.split for one in tables)
    return MetricTable(
        model=first.model,
        on=first.on,
        protocol="k_fold",
        split=hashlib.sha256(joined.encode()).hexdigest()[:25],
        table=pd.DataFrame(rows),
        per_user=means,
        lists=np.zeros((0, max(first.lengths))),
        n_items=first.n_items,
        groups=_groups(tables),
        seed=first.seed,
        notes=(Text("recsys.note_folds", folds=len(tables)), *first.notes),
    )


def _groups(tables: Sequence[MetricTable]) -> pd.DataFrame:
    """Groups with the means of their figures over folds (intervals: the mean interval)."""
    keys = ["by", "group", "metric", "k"]
    grouped: list[Any] = [one.groups for one in tables if not one.groups.empty]
    if not grouped:
        return pd.DataFrame()
    parts = pd.concat(grouped).groupby(keys, sort=False, dropna=False)
    means = parts.mean().assign(n=parts["n"].max()).reset_index()
    return pd.DataFrame(means[list(grouped[0].columns)])
