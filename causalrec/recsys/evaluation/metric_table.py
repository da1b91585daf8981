"""The figures of an evaluation with their intervals, and differences between two of them."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from causalrec.core.errors import ParamError
from causalrec.core.results.result import Frame, Result, Vector
from causalrec.core.words import Text, Worded, render, word_of, worded
from causalrec.recsys.evaluation.intervals import paired_catalogue_rows, paired_mean_rows
from causalrec.recsys.metrics import METRICS

__all__ = ["MetricComparison", "MetricTable", "at_length", "compare_metrics", "verdict_of"]

_FAMILY = 0.05


class MetricTable(Result):
    """How a model did on a part of a split.

    Attributes:
        model: what was evaluated.
        on, protocol, split: part, protocol, and a fingerprint of the rows.
        table: metric, k (NaN: of the whole ranking), value, low, high, level, n (users).
        per_user: user (external id) and one column a metric and length ("ndcg@10"; "auc").
        groups: by, group, metric, k, value, low, high, level, gap (the group less everybody
            else), gap_low, gap_high, n: by each attribute of users with at most 12 categories,
            else by "activity"; by "user" (warm or cold: without a known history) and by "item"
            (warm or cold: held-out items that nobody is known to have taken), where both occur.
        lists: items (n, longest k), numbered among those that compete; -1 for none.
        n_items: how many items compete.
        seed: of the bootstrap.
        notes: who was left out, and what to know.
    """

    model: str
    on: Annotated[str, Worded("recsys.part_")]
    protocol: Annotated[str, Worded("recsys.protocol_")]
    split: str
    table: Frame
    per_user: Frame
    lists: Vector
    n_items: int
    groups: Frame = Field(default_factory=pd.DataFrame)
    seed: int = 0
    notes: tuple[Text, ...] = ()
    _drawn: ClassVar[str] = METRICS.default

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, value, low, high, level, n."""
        return self.table.copy()

    def row(self, metric: str = METRICS.default, k: int | None = None) -> pd.Series:
        """One figure: value, low, high, level, n (k: the first length by default).

        Raises:
            ParamError: it was not measured.
        """
        rows = self.table[self.table["metric"] == metric]
        rows = rows if k is None else rows[at_length(rows, k)]
        if rows.empty:
            raise ParamError("recsys.bad_k", hint="recsys.bad_k_hint", k=f"{metric}@{k}")
        return rows.iloc[0]

    @property
    def lengths(self) -> tuple[int, ...]:
        """The list lengths measured."""
        return tuple(int(k) for k in self.table["k"].dropna().unique())

    def group_rows(
        self, by: str, metric: str = METRICS.default, k: int | None = None
    ) -> pd.DataFrame:
        """The groups of one grouping for one figure: rows of `groups`."""
        if self.groups.empty:
            return self.groups
        rows = self.groups[(self.groups["by"] == by) & (self.groups["metric"] == metric)]
        return rows[at_length(rows, k or self.lengths[0])].reset_index(drop=True)

    @property
    def groupings(self) -> tuple[str, ...]:
        """By what users or items are told apart."""
        return () if self.groups.empty else tuple(self.groups["by"].unique())

    def summary(self, lang: str = "en") -> str:
        """One sentence: NDCG with its interval, users, part and protocol."""
        row = self.row()
        text = Text(
            "recsys.metrics_summary",
            model=worded("recsys.model_", self.model),
            k=int(row["k"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            n=int(row["n"]),
            part=word_of("recsys.part_", self.on),
            protocol=word_of("recsys.protocol_", self.protocol),
        )
        return str(render(text, lang))


class MetricComparison(Result):
    """Paired differences b − a between two evaluations of the same users.

    Attributes:
        a, b: what was compared.
        table: metric, k, a, b, value (b − a), low, high, level, n, p (of no difference).
    """

    a: str
    b: str
    table: Frame

    def to_frame(self) -> pd.DataFrame:
        """Columns metric, k, a, b, value (b − a), low, high, level, n, p."""
        return self.table.copy()

    def summary(self, lang: str = "en") -> str:
        """One sentence on NDCG: difference, interval, users, and whether it is clear."""
        row = self.table[self.table["metric"] == METRICS.default].iloc[0]
        verdict = verdict_of(row["low"], row["high"], row["p"])
        text = Text(
            "recsys.difference_summary",
            a=worded("recsys.model_", self.a),
            b=worded("recsys.model_", self.b),
            k=int(row["k"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            n=int(row["n"]),
            verdict=Text(f"recsys.verdict_{verdict}"),
        )
        return str(render(text, lang))


def at_length(rows: pd.DataFrame, k: int) -> pd.Series:
    """Which rows are of lists of k items, or of the whole ranking, whose k is NaN."""
    return (rows["k"] == k) | rows["k"].isna()


def verdict_of(low: float, high: float, p: float) -> str:
    """Of a difference: "higher" or "lower" where p < 5 % and its interval leaves 0 out.

    Else "unclear".
    """
    if not p < _FAMILY or low <= 0 <= high:
        return "unclear"
    return "higher" if low > 0 else "lower"


def compare_metrics(a: MetricTable, b: MetricTable) -> MetricComparison:
    """Differences b − a on the users that both have, with paired intervals.

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
    whole = all(len(one.lists) == len(one.per_user) for one in (a, b))
    for k in [k for k in a.lengths if k in b.lengths and whole]:
        lists = (a.lists[places[0], :k], b.lists[places[1], :k])
        rows += paired_catalogue_rows(lists, (a.n_items, b.n_items), k)
    order = {name: i for i, name in enumerate(dict.fromkeys(a.table["metric"]))}
    table = pd.DataFrame([row for row in rows if row["metric"] in order])
    table = table.iloc[np.lexsort([table["metric"].map(order), table["k"].fillna(np.inf)])]
    return MetricComparison(a=a.model, b=b.model, table=table.reset_index(drop=True))
