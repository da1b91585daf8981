"""The figures of a comparison: which direction is good, and how a number is said to a person.

A figure is a metric of lists that is compared, as the shelf of metrics says, or the mean of an
outcome of the log (`causalrec.data.dataset.outcomes`): name, unit, money and direction are the
metric's or the outcome's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from causalrec.core.words import Text, render, table
from causalrec.data.dataset.outcomes import Outcome, outcome_named, spoken
from causalrec.recsys.metrics import METRICS, foremost
from causalrec.recsys.metrics.metric import Kind

__all__ = [
    "Figure",
    "amount",
    "axis_unit",
    "figure",
    "is_outcome",
    "list_metrics",
    "metric_name",
    "metric_said",
]


@dataclass(frozen=True)
class Figure:
    """What a metric is.

    Attributes:
        metric: its name in results.
        good: 1 where more is better, -1 where less is.
        kind: how its values are written.
        unit: of its values, where they are plain numbers.
    """

    metric: str
    good: int
    kind: Kind
    unit: Text | str = ""


def list_metrics() -> tuple[str, ...]:
    """The metrics of lists that are compared, in the order of their table."""
    return foremost(compared=True)


def is_outcome(metric: str) -> bool:
    """Whether a metric is the mean of an outcome rather than a figure of lists."""
    return metric not in METRICS or not METRICS[metric].compared


def figure(metric: str, about: Outcome | None = None) -> Figure:
    """What a metric is.

    Args:
        metric: its name.
        about: what the log says of the outcome; None: what its name alone tells.
    """
    if not is_outcome(metric):
        entry = METRICS[metric]
        return Figure(metric, entry.good, entry.kind)
    one = about or outcome_named(metric)
    kind: Kind = "money" if one.money else "share" if one.kind == "share" else "number"
    return Figure(metric, one.good, kind, one.unit_word if kind == "number" else "")


def metric_name(
    metric: str, k: int | None = None, unit: str = "impression", about: Outcome | None = None
) -> Text:
    """A metric in words: "Click rate", "NDCG@10", "Users who buy", "minutes per impression"."""
    if is_outcome(metric):
        return _of_outcome("name", about or outcome_named(metric), unit)
    name = _of_metric("_plain", metric)
    return name if k is None else Text("compare.metric_at", metric=name, k=k)


def metric_said(
    metric: str, k: int | None = None, unit: str = "impression", about: Outcome | None = None
) -> Text:
    """A metric within a sentence: "the click rate", "NDCG@10"."""
    if is_outcome(metric):
        return _of_outcome("said", about or outcome_named(metric), unit)
    return metric_name(metric, k) if k is not None else _of_metric("_said", metric)


def _of_metric(form: str, metric: str) -> Text:
    """A metric without its unit ("_plain") or within a sentence ("_said"), else its own word."""
    own = METRICS[metric].word()
    return Text(own.key + form) if own.key + form in table("en") else own


def _of_outcome(form: str, one: Outcome, unit: str) -> Text:
    end = "_user" if unit == "user" else ""
    own = spoken(form, one)
    if own is not None:
        return Text(own.key + end)
    kind = "money" if one.money else one.kind
    return Text(f"outcome.{form}_{kind}{end}", outcome=one.word)


def amount(
    metric: str,
    value: float | None,
    *,
    signed: bool = False,
    unit: str = "impression",
    currency: str = "",
    about: Outcome | None = None,
    bare: bool = False,
) -> Text | str:
    """A value (or, signed, a change) as people read it.

    Shares are percent and their changes percentage points; money is per 1,000 impressions
    (or per user); other numbers carry the outcome's unit; the minus sign is a real one.
    ``bare`` leaves the unit out, where it stands beside already.
    """
    if value is None:
        return "–"
    said = figure(metric, about)
    sign = "+" if signed else ""
    if said.kind == "share":
        if signed:
            points = f"{100 * value:{sign}.{_digits(100 * value)}f}"
            return _minus(points) if bare else Text("compare.points", value=_minus(points))
        return f"{100 * value:.{_digits(100 * value)}f}%"
    if said.kind == "money":
        value = value if unit == "user" else 1000 * value
        shown = _minus(f"{value:{sign},.{_digits(value)}f}")
        return f"{shown} {currency}" if currency and not bare else shown
    if said.kind == "bits":
        return Text("compare.bits", value=_minus(f"{value:{sign}.2f}"))
    least = 2 if is_outcome(metric) else 3
    shown = _minus(f"{value:{sign},.{max(_digits(value), least)}f}")
    if bare or not said.unit:
        return shown
    return Text("outcome.with_unit", value=shown, unit=said.unit)


def axis_unit(
    metric: str,
    *,
    unit: str = "impression",
    currency: str = "",
    about: Outcome | None = None,
    lang: str = "en",
) -> tuple[float, str]:
    """What a metric's changes are multiplied by on an axis, and the axis's unit.

    Shares are in percentage points, money per 1,000 impressions (or per user).
    """
    said = figure(metric, about)
    if said.kind == "money":
        return (1.0 if unit == "user" else 1000.0), currency
    if said.kind == "share":
        return 100.0, Text("compare.unit_pp").to(lang)
    if said.kind == "bits":
        return 1.0, Text("compare.unit_bits").to(lang)
    return 1.0, str(render(said.unit, lang))


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
