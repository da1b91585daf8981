"""From lists to figures: every metric of every user, then means with their intervals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.recsys.evaluation.cases import Asked
from causalrec.recsys.evaluation.intervals import Rows, catalogue_rows, mean_rows
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.interactions.segments import FEWEST_USERS, Segment
from causalrec.recsys.metrics import ALL_METRICS, LISTED_METRICS, OPTIONAL_METRICS, USER_METRICS
from causalrec.recsys.metrics.debiased import debiased_recall
from causalrec.recsys.metrics.ranking import Judged, hits, weights_at

__all__ = ["metric_table"]

#: What is told of users or items that nothing is known of.
_OF_COLD = ("precision", "recall", "ndcg", "mrr", "map", "hit_rate")
_ORDER = {name: place for place, name in enumerate((*ALL_METRICS, *OPTIONAL_METRICS))}

Columns = dict[str, np.ndarray]


def metric_table(
    task: Asked,
    ranked: tuple[np.ndarray, np.ndarray | None],
    *,
    lengths: Sequence[int],
    about: dict[str, Any],
    metrics: Collection[str] | None = None,
) -> MetricTable:
    """Figures of lists against what was held out.

    Args:
        task: who was asked for.
        ranked: their lists, item codes (n, longest), best first, -1 for none; and the AUC of
            their rankings among the targets that the model knows, (n,), or None.
        lengths: the k of the figures.
        about: model, on, protocol, split, seed.
        metrics: which figures; None: all that can be told.
    """
    lists, auc = ranked
    seed, warm = int(about["seed"]), task.n_warm
    judged = Judged(hits(lists, task.targets), task.n_targets, task.n_candidates)
    names = tuple(_ORDER) if metrics is None else metrics
    columns = _of_users(judged, lengths, [name for name in USER_METRICS if name in names])
    own = {name: values[:warm] for name, values in columns.items()}
    own |= _of_lists(task, lists[:warm], lengths, names)
    if auc is not None:
        # An item that the model does not know is ranked below all.
        own["auc"] = (auc * task.targets.getnnz(axis=1) / task.n_targets)[:warm]
    own = dict(sorted(own.items(), key=lambda column: _place(column[0])))
    rows, groups = mean_rows(np.stack([*own.values()], axis=1), tuple(own), task.segments, seed)
    # Numbered among the items that compete.
    listed = np.where(lists >= 0, (np.cumsum(task.candidates) - 1)[lists], -1)[:warm]
    n_items = int(task.candidates.sum())
    for k in lengths:
        told = catalogue_rows(listed[:, :k], n_items, k) if {"coverage", "gini"} & {*names} else []
        rows += [row for row in told if row["metric"] in names]
    rows.sort(key=lambda row: (row["k"] if row["k"] > 0 else np.inf, _ORDER[row["metric"]]))
    groups += _cold_users(columns, warm, seed) + _cold_items(
        task, lists[:warm], lengths, ([name for name in _OF_COLD if name in names], seed)
    )
    user_ids = [str(name) for name in task.user_ids[:warm]]
    return MetricTable(
        table=pd.DataFrame(rows),
        per_user=pd.DataFrame({"user": user_ids, **own}),
        lists=listed,
        n_items=n_items,
        groups=pd.DataFrame(groups),
        notes=task.notes,
        **about,
    )


def _place(name: str) -> tuple[float, int]:
    """Where a figure "metric@k" stands: by length, those of the whole ranking last."""
    metric, _, k = name.partition("@")
    return float(k or "inf"), _ORDER[metric]


def _of_users(judged: Judged, lengths: Sequence[int], names: Sequence[str]) -> Columns:
    return {f"{name}@{k}": USER_METRICS[name](judged.at(k)) for k in lengths for name in names}


def _of_lists(
    task: Asked, lists: np.ndarray, lengths: Sequence[int], names: Collection[str]
) -> Columns:
    found: Columns = {}
    for k in lengths:
        for name in [name for name in LISTED_METRICS if name in names]:
            values = LISTED_METRICS[name](lists[:, :k], task.shelf)
            if values is not None:
                found[f"{name}@{k}"] = values
    if task.inverse is not None and "debiased_recall" in names:
        weights = sparse.csr_matrix(task.inverse[: len(lists)])
        whole = np.asarray(weights.sum(axis=1)).ravel()
        at = weights_at(lists, weights)
        for k in lengths:
            found[f"debiased_recall@{k}"] = debiased_recall(at[:, :k].sum(axis=1), whole)
    return found


def _cold_users(columns: Columns, warm: int, seed: int) -> Rows:
    """Figures of users with a known history and of those without, who get the popular items."""
    cold = np.arange(len(next(iter(columns.values())))) >= warm
    if cold.sum() < FEWEST_USERS:
        return []
    told = {name: values for name, values in columns.items() if name.split("@")[0] in _OF_COLD}
    segment = Segment("user", ("warm", "cold"), np.stack([~cold, cold], axis=1))
    return mean_rows(np.stack([*told.values()], axis=1), tuple(told), [segment], seed)[1]


def _cold_items(
    task: Asked, lists: np.ndarray, lengths: Sequence[int], how: tuple[Sequence[str], int]
) -> Rows:
    """Figures for held-out items that somebody is known to have taken, and for the others."""
    names, seed = how
    targets = sparse.csr_matrix(task.targets[: len(lists)])
    met = sparse.csr_matrix(targets @ sparse.diags_array(task.met.astype(np.float32)))
    met.eliminate_zeros()
    n_met = met.getnnz(axis=1)
    kinds = {"warm": (met, n_met), "cold": (targets - met, task.n_targets[: len(lists)] - n_met)}
    rows: Rows = []
    if any((wanted > 0).sum() < FEWEST_USERS for _, wanted in kinds.values()):
        return rows
    nothing = {"gap": np.nan, "gap_low": np.nan, "gap_high": np.nan}
    for group, (held, wanted) in kinds.items():
        held = sparse.csr_matrix(held)
        held.eliminate_zeros()
        there = wanted > 0
        judged = Judged(
            hits(lists, held)[there], wanted[there], task.n_candidates[: len(lists)][there]
        )
        told = _of_users(judged, lengths, names)
        means = mean_rows(np.stack([*told.values()], axis=1), tuple(told), [], seed)[0]
        rows += [{"by": "item", "group": group, **row, **nothing} for row in means]
    return rows
