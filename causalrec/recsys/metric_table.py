"""The figures of an evaluation with their intervals, and differences between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.core.result import Frame, Result, Vector
from causalrec.core.words import Text, render
from causalrec.recsys.metric_rows import (
    catalogue_rows,
    mean_rows,
    paired_catalogue_rows,
    paired_mean_rows,
)
from causalrec.recsys.metrics import USER_METRICS
from causalrec.recsys.metrics.catalogue import novelty_of_items

__all__ = ["MetricComparison", "MetricTable", "compare_metrics", "metric_table"]


class MetricTable(Result):
    """How a model did on a part of a split.

    Attributes:
        model: what was evaluated.
        on, protocol, split: part, protocol, and a fingerprint of the rows.
        table: metric, k, value, low, high, level, n (users).
        per_user: user (external id) and one column a metric and length ("ndcg@10").
        lists: item codes (n, longest k), -1 for none.
        n_items: size of the catalogue.
        seed: of the bootstrap.
        notes: who was left out, and what to know.
    """

    model: str
    on: str
    protocol: str
    split: str
    table: Frame
    per_user: Frame
    lists: Vector
    n_items: int
    seed: int = 0
    notes: tuple[Text, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, value, low, high, level, n."""
        return self.table.copy()

    def row(self, metric: str = "ndcg", k: int | None = None) -> pd.Series:
        """One figure: value, low, high, level, n (k: the first length by default).

        Raises:
            ParamError: it was not measured.
        """
        rows = self.table[self.table["metric"] == metric]
        rows = rows if k is None else rows[rows["k"] == k]
        if rows.empty:
            raise ParamError("recsys.bad_k", hint="recsys.bad_k_hint", k=f"{metric}@{k}")
        return rows.iloc[0]

    @property
    def lengths(self) -> tuple[int, ...]:
        """The list lengths measured."""
        return tuple(int(k) for k in self.table["k"].unique())

    def summary(self, lang: str = "en") -> str:
        """One sentence: NDCG with its interval, users, part and protocol."""
        row = self.row()
        text = Text(
            "recsys.metrics_summary",
            model=_label(self.model),
            k=int(row["k"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            n=int(row["n"]),
            part=Text(f"recsys.part_{self.on}"),
            protocol=Text(f"recsys.protocol_{self.protocol}"),
        )
        return str(render(text, lang))


class MetricComparison(Result):
    """Paired differences b − a between two evaluations of the same users.

    Attributes:
        a, b: what was compared.
        table: metric, k, a, b, value (b − a), low, high, level, n.
    """

    a: str
    b: str
    table: Frame

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, a, b, value (b − a), low, high, level, n."""
        return self.table.copy()

    def summary(self, lang: str = "en") -> str:
        """One sentence on NDCG: difference, interval, users, and whether it is clear."""
        row = self.table[self.table["metric"] == "ndcg"].iloc[0]
        verdict = "unclear"
        if row["low"] > 0 or row["high"] < 0:
            verdict = "higher" if row["low"] > 0 else "lower"
        text = Text(
            "recsys.difference_summary",
            a=_label(self.a),
            b=_label(self.b),
            k=int(row["k"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            n=int(row["n"]),
            verdict=Text(f"recsys.verdict_{verdict}"),
        )
        return str(render(text, lang))


def metric_table(
    lists: np.ndarray,
    targets: sparse.csr_matrix,
    n_targets: np.ndarray,
    *,
    lengths: Sequence[int],
    item_counts: np.ndarray,
    known_users: int,
    user_ids: np.ndarray,
    about: dict[str, Any],
) -> MetricTable:
    """Figures of lists against what was held out.

    Args:
        lists: item codes (n, longest), best first, -1 for none.
        targets: csr (n, n_items), held-out items.
        n_targets: held-out items of each user, those outside the catalogue included, (n,).
        lengths: the k of the figures.
        item_counts: how many users are known to have taken each item, (n_items,).
        known_users: how many users have a known history.
        user_ids: (n,).
        about: model, on, protocol, split, seed, notes.
    """
    bits = novelty_of_items(item_counts, known_users)
    per_user = pd.DataFrame({"user": [str(name) for name in user_ids]})
    rows: list[dict[str, Any]] = []
    for k in lengths:
        short = lists[:, :k]
        columns = {name: USER_METRICS[name](short, targets, n_targets) for name in USER_METRICS}
        columns["novelty"] = _mean_bits(short, bits)
        per_user = per_user.assign(**{f"{name}@{k}": v for name, v in columns.items()})
        rows += mean_rows(columns, k, int(about["seed"]))
        rows += catalogue_rows(short, targets.shape[1], k, int(about["seed"]))
    return MetricTable(
        table=pd.DataFrame(rows),
        per_user=per_user,
        lists=lists,
        n_items=targets.shape[1],
        **about,
    )


def compare_metrics(a: MetricTable, b: MetricTable) -> MetricComparison:
    """Differences b − a on the users that both have, with paired bootstrap intervals.

    Raises:
        ParamError: the two come from different splits, or share no user or metric.
    """
    if a.split != b.split or a.on != b.on:
        raise ParamError(
            "recsys.other_split",
            hint="recsys.other_split_hint",
            a=f"{a.protocol}, {a.on}",
            b=f"{b.protocol}, {b.on}",
        )
    mine, theirs = a.per_user.set_index("user"), b.per_user.set_index("user")
    users = mine.index[mine.index.isin(theirs.index)]
    names = [name for name in mine.columns if name in theirs.columns]
    if not len(users) or not names:
        raise ParamError("recsys.not_comparable", hint="recsys.not_comparable_hint")
    values = (mine.loc[users, names].to_numpy(), theirs.loc[users, names].to_numpy())
    rows = paired_mean_rows(values, names, a.seed)
    places = (mine.index.get_indexer(users), theirs.index.get_indexer(users))
    for k in [k for k in a.lengths if k in b.lengths]:
        lists = (a.lists[places[0], :k], b.lists[places[1], :k])
        rows += paired_catalogue_rows(lists, (a.n_items, b.n_items), k, a.seed)
    order = {name: i for i, name in enumerate(dict.fromkeys(a.table["metric"]))}
    table = pd.DataFrame(rows)
    table = table.iloc[np.lexsort([table["metric"].map(order), table["k"]])]
    return MetricComparison(a=a.model, b=b.model, table=table.reset_index(drop=True))


def _label(model: str) -> Text | str:
    from causalrec.recsys.recommenders import RECOMMENDERS

    return Text(f"recsys.model_{model.replace('-', '_')}") if model in RECOMMENDERS else model


def _mean_bits(lists: np.ndarray, bits: np.ndarray) -> np.ndarray:
    listed = lists >= 0
    total = np.where(listed, bits[lists.clip(0)], 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(listed.sum(axis=1), 1))
