"""The figures of a comparison as measures: which direction is good, how a number is written.

A figure is a metric of lists that is compared, as the shelf of metrics says, or the mean of an
outcome of the log (`causalrec.data.dataset.outcomes`): name, unit, money and direction are the
metric's or the outcome's own.
"""

from __future__ import annotations

from causalrec.core.results.measure import Measure, Per
from causalrec.core.words import Text, table
from causalrec.data.dataset.outcome_measure import outcome_measure
from causalrec.data.dataset.outcomes import Outcome, outcome_named
from causalrec.recsys.metrics import METRICS, foremost

__all__ = ["is_outcome", "is_ranking", "list_metrics", "measure"]


def list_metrics() -> tuple[str, ...]:
    """The metrics of lists that are compared, in the order of their table."""
    return foremost(compared=True)


def is_outcome(metric: str) -> bool:
    """Whether a metric is the mean of an outcome rather than a figure of lists."""
    return metric not in METRICS or not METRICS[metric].compared


def is_ranking(metric: str) -> bool:
    """Whether a metric of lists is measured on what users took later."""
    family: str = METRICS[metric].family
    return family == "accuracy"


def measure(
    metric: str,
    k: int | None = None,
    *,
    per: Per = "impression",
    about: Outcome | None = None,
    currency: str = "",
) -> Measure:
    """What a metric measures: its name in words, its unit, how its amounts are written.

    Args:
        metric: an outcome of the log, or a metric of lists.
        k: length of the lists, where it is a figure of lists.
        per: what an outcome is a mean over.
        about: what the log says of the outcome; None: what its name alone tells.
        currency: of money.
    """
    if is_outcome(metric):
        return outcome_measure(about or outcome_named(metric), per, currency)
    entry, name = METRICS[metric], _of_metric("_plain", metric)
    if k is not None:
        name = Text("compare.metric_at", metric=name, k=k)
    said = _of_metric("_said", metric) if k is None else name
    return Measure(name, said, kind=entry.kind, per="list", good=entry.good, currency=currency)


def _of_metric(form: str, metric: str) -> Text:
    """A metric without its unit ("_plain") or within a sentence ("_said"), else its own word."""
    own = METRICS[metric].word()
    return Text(own.key + form) if own.key + form in table("en") else own
