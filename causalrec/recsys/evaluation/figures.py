"""From lists to figures: every metric of every user, then means with their intervals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.recsys.evaluation.cases import Asked
from causalrec.recsys.evaluation.intervals import Rows, catalogue_rows, mean_rows
from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.interactions.segments import FEWEST_USERS, Segment
from causalrec.recsys.metrics import METRICS
from causalrec.recsys.metrics.judged import Judged, ListsOfUsers, hits, weights_at

__all__ = ["Ranked", "metric_table"]

Columns = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Ranked:
    """How a model ranks for each user.

    Attributes:
        lists: item codes (n, longest), best first, -1 for none.
        of_ranking: metrics of the whole ranking among the targets that the model knows, (n,) each.
    """

    lists: np.ndarray
    of_ranking: Mapping[str, np.ndarray]


def metric_table(
    task: Asked,
    ranked: Ranked,
    *,
    lengths: Sequence[int],
    about: dict[str, Any],
    metrics: Collection[str] | None = None,
) -> MetricTable:
    """Figures of lists against what was held out.

    Args:
        task: who was asked for.
        ranked: their lists and rankings.
        lengths: the k of the figures.
        about: model, on, protocol, split, seed.
        metrics: which figures; None: all that can be told.
    """
    seed, warm = int(about["seed"]), task.n_warm
    names = [name for name in METRICS if metrics is None or name in metrics]
    own = _of_users(_lists_of(task, ranked, warm), lengths, names)
    rows, groups = mean_rows(np.stack([*own.values()], axis=1), tuple(own), task.segments, seed)
    # Numbered among the items that compete.
    lists = ranked.lists
    listed = np.where(lists >= 0, (np.cumsum(task.candidates) - 1)[lists], -1)[:warm]
    n_items = int(task.candidates.sum())
    of_all = [name for name in METRICS.where(per_user=False) if name in names]
    for k in lengths if of_all else ():
        rows += catalogue_rows(listed[:, :k], n_items, k, of_all)
    rows.sort(key=lambda row: _place(row["metric"], row["k"]))
    cold = [name for name in METRICS.where(cold=True) if name in names]
    groups += _cold_users(task, ranked, lengths=lengths, names=cold, seed=seed)
    groups += _cold_items(task, lists[:warm], lengths=lengths, names=cold, seed=seed)
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


def _place(metric: str, k: float) -> tuple[float, int]:
    """Where a figure stands: by list length, those of the whole ranking last."""
    return (k if k > 0 else np.inf), list(METRICS).index(metric)


def _lists_of(task: Asked, ranked: Ranked, warm: int) -> ListsOfUsers:
    """What figures of the users with a known history are told from."""
    lists, targets = ranked.lists[:warm], sparse.csr_matrix(task.targets[:warm])
    weights = None if task.inverse is None else sparse.csr_matrix(task.inverse[:warm])
    return ListsOfUsers(
        items=lists,
        judged=Judged(hits(lists, targets), task.n_targets[:warm], task.n_candidates[:warm]),
        facts=task.facts,
        known_targets=targets.getnnz(axis=1),
        of_ranking={name: values[:warm] for name, values in ranked.of_ranking.items()},
        listed_weights=None if weights is None else weights_at(lists, weights),
        target_weights=None if weights is None else np.asarray(weights.sum(axis=1)).ravel(),
    )


def _of_users(lists: ListsOfUsers, lengths: Sequence[int], names: Collection[str]) -> Columns:
    """A column a figure, "metric@k" or "metric", in the order of the table."""
    columns: dict[str, np.ndarray | None] = {}
    for k in sorted(lengths):
        first = lists.at(k)
        for name in METRICS.where(per_user=True, whole=False):
            if name in names:
                columns[f"{name}@{k}"] = METRICS[name].of_users(first)
    for name in METRICS.where(whole=True):
        if name in names:
            columns[name] = METRICS[name].of_users(lists)
    return {name: values for name, values in columns.items() if values is not None}


def _of_judged(judged: Judged, lengths: Sequence[int], names: Sequence[str]) -> Columns:
    return {f"{name}@{k}": METRICS[name].of(judged.at(k)) for k in lengths for name in names}


def _cold_users(
    task: Asked, ranked: Ranked, *, lengths: Sequence[int], names: Sequence[str], seed: int
) -> Rows:
    """Figures of users with a known history and of those without, who get the popular items."""
    cold = np.arange(len(ranked.lists)) >= task.n_warm
    if cold.sum() < FEWEST_USERS:
        return []
    judged = Judged(hits(ranked.lists, task.targets), task.n_targets, task.n_candidates)
    columns = _of_judged(judged, lengths, names)
    segment = Segment("user", ("warm", "cold"), np.stack([~cold, cold], axis=1))
    return mean_rows(np.stack([*columns.values()], axis=1), tuple(columns), [segment], seed)[1]


def _cold_items(
    task: Asked, lists: np.ndarray, *, lengths: Sequence[int], names: Sequence[str], seed: int
) -> Rows:
    """Figures for held-out items that somebody is known to have taken, and for the others."""
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
        columns = _of_judged(judged, lengths, names)
        means = mean_rows(np.stack([*columns.values()], axis=1), tuple(columns), [], seed)[0]
        rows += [{"by": "item", "group": group, **row, **nothing} for row in means]
    return rows
