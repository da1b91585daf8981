"""Several models on one split: figures side by side, and paired differences against one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pandas as pd
from pydantic import Field

from causalrec.core.errors import ParamError
from causalrec.core.results.result import Frame, Result
from causalrec.core.statistics.p_values import holm
from causalrec.core.words import Text, render
from causalrec.recsys.evaluation.metric_table import (
    MetricTable,
    at_length,
    compare_metrics,
    verdict_of,
)
from causalrec.recsys.metrics import METRICS, foremost

__all__ = ["Leaderboard", "leaderboard"]


class Leaderboard(Result):
    """Models side by side.

    Attributes:
        names: what the models are called, as given.
        base: the one that the others are compared with.
        table: name, metric, k, value, low, high, level, n.
        differences: name, metric, k, value (name - base), low, high, level, n, p; paired. Within
            a metric and length p is adjusted for the number of models (Holm), so that the
            chance to call any equal model different is 5 %; the interval is each model's own.
        groups: name and the columns of `MetricTable.groups`; empty where there are none.
    """

    names: tuple[str, ...]
    base: str
    table: Frame
    differences: Frame
    groups: Frame = Field(default_factory=pd.DataFrame)
    _drawn: ClassVar[str] = METRICS.default

    def to_frame(self) -> pd.DataFrame:
        """Columns name, metric, k, value, low, high, level, n."""
        return self.table.copy()

    def at(self, metric: str, k: int) -> pd.DataFrame:
        """One row a model: name, value, low, high, n; change, change_low, change_high, p, verdict.

        The change is the paired difference to the base (missing for the base itself), p its
        adjusted p-value, the verdict "higher", "lower", "unclear", or "base" for the base. Of
        metrics of the whole ranking k does not matter.
        """
        keys = ["name", "value", "low", "high", "n"]
        rows, paired = (
            table[(table["metric"] == metric) & at_length(table, k)]
            for table in (self.table, self.differences)
        )
        rows = rows[keys]
        paired = paired[["name", "value", "low", "high", "p"]]
        paired.columns = pd.Index(["name", "change", "change_low", "change_high", "p"])
        joined = rows.merge(paired, on="name", how="left")
        ends = joined[["change_low", "change_high", "p"]].to_numpy(dtype=float)
        joined["verdict"] = [verdict_of(*row) for row in ends]
        return joined.assign(verdict=joined["verdict"].mask(joined["name"] == self.base, "base"))

    def groups_at(self, by: str, metric: str, k: int) -> pd.DataFrame:
        """One row a model and group: name, group, value, low, high, gap and its ends, n."""
        if self.groups.empty:
            return self.groups
        rows = self.groups[(self.groups["by"] == by) & (self.groups["metric"] == metric)]
        return rows[at_length(rows, k)]

    @property
    def groupings(self) -> tuple[str, ...]:
        """By what users or items are told apart."""
        return () if self.groups.empty else tuple(self.groups["by"].unique())

    @property
    def shade(self) -> str:
        """The metric that colours the models on their map: how popular what they list is."""
        shades, measured = foremost(shades=True), set(self.table["metric"])
        return next((name for name in shades if name in measured), shades[0])

    def summary(self, lang: str = "en") -> str:
        """Who ranks best and how it stands to the base, and who else differs clearly from it."""
        k = int(self.table["k"].iloc[0])
        rows = self.at(METRICS.default, k)
        best = rows.sort_values("value").iloc[-1]
        others = rows[rows["name"] != best["name"]]
        groups = {key: others[others["verdict"] == key] for key in ("higher", "lower", "unclear")}
        comma = "\u3001" if lang == "zh" else ", "
        verdicts = [
            Text(f"recsys.board_{key}", names=comma.join(part["name"]), base=self.base)
            for key, part in groups.items()
            if len(part)
        ]
        first = Text(
            f"recsys.board_best_{best['verdict']}" if len(rows) > 1 else "recsys.board_best",
            base=self.base,
            name=str(best["name"]),
            k=k,
            value=float(best["value"]),
            low=float(best["low"]),
            high=float(best["high"]),
            n=int(best["n"]),
        )
        join = "" if lang == "zh" else " "
        return join.join(str(render(text, lang)) for text in [first, *verdicts])


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
    paired = pd.DataFrame({name: [] for name in [*columns, "p"]})
    if changes:
        paired = pd.concat(changes, ignore_index=True)[[*columns, "p"]]
        family = paired.groupby(["metric", "k"], dropna=False)["p"]
        paired["p"] = family.transform(lambda p: holm(p.to_numpy()))
    return Leaderboard(
        names=names,
        base=base,
        table=pd.concat(figures, ignore_index=True)[columns],
        differences=paired,
        groups=pd.concat([table.groups.assign(name=name) for name, table in tables.items()]),
    )
