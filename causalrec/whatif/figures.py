"""The figures of a comparison: which direction is good, and how a number is said to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causalrec.core.words import Text, table

__all__ = [
    "FIGURES",
    "OF_OUTCOME",
    "Figure",
    "amount",
    "axis_unit",
    "figure",
    "metric_name",
    "metric_said",
]

Kind = Literal["share", "money", "number", "bits"]


@dataclass(frozen=True)
class Figure:
    """What a metric is.

    Attributes:
        metric: its name in results.
        good: 1 where more is better, -1 where less is.
        kind: how its values are written.
        outcome: the outcome whose mean it is; None for figures of lists.
    """

    metric: str
    good: int
    kind: Kind
    outcome: str | None = None


FIGURES = {
    one.metric: one
    for one in (
        Figure("ctr", 1, "share", "click"),
        Figure("conversion", 1, "share", "purchase"),
        Figure("revenue", 1, "money", "revenue"),
        Figure("ndcg", 1, "number"),
        Figure("coverage", 1, "share"),
        Figure("gini", -1, "number"),
        Figure("novelty", 1, "bits"),
    )
}
"""Every metric of a comparison, in the order of its tables."""

OF_OUTCOME = {one.outcome: one.metric for one in FIGURES.values() if one.outcome}
"""Which metric an outcome's mean is."""


def figure(metric: str) -> Figure:
    """What a metric is; outcomes with no known meaning are numbers of which more is better."""
    return FIGURES.get(metric) or Figure(metric, 1, "number", metric)


def metric_name(metric: str, k: int | None = None, unit: str = "impression") -> Text | str:
    """A metric in words: "Click rate", "NDCG@10", "Purchases per user"."""
    key = f"compare.metric_{metric}"
    if unit == "user" and f"{key}_user" in table("en"):
        return Text(f"{key}_user")
    if metric not in FIGURES:
        return metric
    return Text(key) if k is None else Text(f"{key}_k", k=k)


def metric_said(metric: str, k: int | None = None, unit: str = "impression") -> Text | str:
    """A metric within a sentence: "the click rate", "NDCG@10"."""
    key = f"compare.said_{metric}" + ("_user" if unit == "user" else "")
    if k is not None or key not in table("en"):
        return metric_name(metric, k, unit)
    return Text(key)


def amount(
    metric: str,
    value: float | None,
    *,
    signed: bool = False,
    unit: str = "impression",
    currency: str = "",
) -> Text | str:
    """A value (or, signed, a change) as people read it.

    Shares are percent and their changes percentage points; money is per 1,000 impressions
    (or per user); the minus sign is a real one.
    """
    if value is None:
        return "–"
    kind = "number" if unit == "user" and figure(metric).kind == "share" else figure(metric).kind
    sign = "+" if signed else ""
    if kind == "share":
        if signed:
            points = f"{100 * value:{sign}.{_digits(100 * value)}f}"
            return Text("compare.points", value=_minus(points))
        return f"{100 * value:.{_digits(100 * value)}f}%"
    if kind == "money":
        value = value if unit == "user" else 1000 * value
        return _minus(f"{value:{sign},.{_digits(value)}f}") + (f" {currency}" if currency else "")
    if kind == "bits":
        return Text("compare.bits", value=_minus(f"{value:{sign}.2f}"))
    return _minus(f"{value:{sign},.{max(_digits(value), 3)}f}")


def axis_unit(metric: str, unit: str = "impression", currency: str = "") -> tuple[float, str]:
    """What a metric's changes are multiplied by on an axis, and the axis's unit.

    Shares are in percentage points, money per 1,000 impressions.
    """
    kind = figure(metric).kind
    if unit == "user":
        return 1.0, currency if kind == "money" else ""
    if kind == "money":
        return 1000.0, currency
    return (100.0, "pp") if kind == "share" else (1.0, "bits" if kind == "bits" else "")


def _digits(value: float) -> int:
    """Decimals that leave about three significant digits."""
    size = abs(value)
    if size >= 100:
        return 0
    if size >= 10:
        return 1
    return 2 if size >= 0.1 or size == 0 else 3


def _minus(text: str) -> str:
    return text.replace("-", "−")
