"""Several models on one split: figures side by side, and paired differences against one of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from causalrec.core.errors import ParamError
from causalrec.core.result import Frame, Result
from causalrec.core.words import Text, render
from causalrec.recsys.metric_table import MetricTable, compare_metrics

__all__ = ["Leaderboard", "leaderboard"]


class Leaderboard(Result):
    """Models side by side.

    Attributes:
        names: what the models are called, as given.
        base: the one that the others are compared with.
        table: name, metric, k, value, low, high, level, n.
        differences: name, metric, k, value (name - base), low, high, level, n; paired.
    """

    names: tuple[str, ...]
    base: str
    table: Frame
    differences: Frame

    def to_frame(self) -> pd.DataFrame:
        """Columns name, metric, k, value, low, high, level, n."""
        return self.table.copy()

    def at(self, metric: str, k: int) -> pd.DataFrame:
        """One row a model: name, value, low, high, n, and change, change_low, change_high.

        The change is the paired difference to the base (missing for the base itself).
        """
        keys = ["name", "value", "low", "high", "n"]
        rows = self.table[(self.table["metric"] == metric) & (self.table["k"] == k)][keys]
        paired = self.differences
        paired = paired[(paired["metric"] == metric) & (paired["k"] == k)]
        paired = paired[["name", "value", "low", "high"]]
        paired.columns = pd.Index(["name", "change", "change_low", "change_high"])
        return rows.merge(paired, on="name", how="left")

    def summary(self, lang: str = "en") -> str:
        """Who ranks best, and who differs clearly from the base."""
        k = int(self.table["k"].iloc[0])
        rows = self.at("ndcg", k)
        best = rows.sort_values("value").iloc[-1]
        others = rows[rows["name"] != self.base]
        groups = {
            "higher": others[others["change_low"] > 0],
            "lower": others[others["change_high"] < 0],
            "unclear": others[(others["change_low"] <= 0) & (others["change_high"] >= 0)],
        }
        comma = "\u3001" if lang == "zh" else ", "
        told = [
            Text(f"recsys.board_{key}", names=comma.join(part["name"]), base=self.base)
            for key, part in groups.items()
            if len(part)
        ]
        first = Text(
            "recsys.board_best",
            name=str(best["name"]),
            k=k,
            value=float(best["value"]),
            low=float(best["low"]),
            high=float(best["high"]),
            n=int(best["n"]),
        )
        join = "" if lang == "zh" else " "
        return join.join(str(render(text, lang)) for text in [first, *told])


def leaderboard(tables: Mapping[str, MetricTable], base: str | None = None) -> Leaderboard:
    """Put evaluations of one split side by side.

    Args:
        tables: ``{name: evaluation}``.
        base: the name to compare with; by default the first.

    Raises:
        ParamError: there is no table, the base is none of them, or the splits differ.
    """
    names = tuple(tables)
    base = base or (names[0] if names else "")
    if base not in tables:
        raise ParamError("recsys.not_comparable", hint="recsys.not_comparable_hint")
    figures = [table.to_frame().assign(name=name) for name, table in tables.items()]
    changes = [
        compare_metrics(tables[base], table).to_frame().assign(name=name)
        for name, table in tables.items()
        if name != base
    ]
    columns = ["name", "metric", "k", "value", "low", "high", "level", "n"]
    empty = pd.DataFrame({name: [] for name in columns})
    return Leaderboard(
        names=names,
        base=base,
        table=pd.concat(figures, ignore_index=True)[columns],
        differences=pd.concat(changes, ignore_index=True)[columns] if changes else empty,
    )
