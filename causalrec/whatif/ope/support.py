"""When a log cannot tell what another policy would earn, and when it tells it poorly."""

from __future__ import annotations

import numpy as np

from causalrec.core.statistics.intervals import clustered_interval
from causalrec.core.statistics.samples import kish
from causalrec.core.words import Text
from causalrec.data.dataset.exposure import ExposureLog
from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["LEAST_EFFECTIVE", "flags_of", "refusal_of", "unusable_log"]

LEAST_EFFECTIVE = 0.01
"""Of the rows: there an interval is ten times as wide as that of the log's own mean."""
MOST_MEAN_WEIGHT_OFF = 0.25
"""From 1: a plain weighted mean would be off by as much of its value."""
MOST_ONE_ROW = 0.05
"""Of the weight: one impression may move a share by five percentage points, no more."""
MOST_UNSUPPORTED = 0.02
"""Of the target's mass: what is never shown may move a share by two percentage points, no more."""
LARGEST = 1e100
"""Beyond it squares of outcomes overflow; no outcome of people is that large."""
_CERTAIN = 0.999


def unusable_log(log: ExposureLog) -> Text | None:
    """Why no policy can be valued from the log, whatever the policy; None where one can."""
    if log.n == 0:
        left = log.left_out
        return Text("whatif.no_outcomes", n=left) if left else Text("whatif.empty_log")
    if not log.has("propensity"):
        return Text("whatif.no_propensity")
    shares = log.frame["propensity"].to_numpy(dtype=float)
    bad = ~np.isfinite(shares) | (shares <= 0) | (shares > 1)
    if bad.any():
        return Text("whatif.bad_propensity", n=int(bad.sum()))
    outcome = log.frame["outcome"].to_numpy(dtype=float)
    odd = ~np.isfinite(outcome) | (np.abs(outcome) > LARGEST)
    if odd.any():
        return Text("whatif.bad_outcome", n=int(odd.sum()))
    if log.n_items > 1 and float(np.mean(shares >= _CERTAIN)) > 1 - MOST_UNSUPPORTED:
        return Text("whatif.deterministic_log")
    return None


def refusal_of(rows: WeightedLog) -> Text | None:
    """Why the log cannot tell this policy's value; None where it can.

    Refused: all rows are one cluster, so that nothing says how sure an answer is; nothing of the
    target was ever logged; more than 2 % of its mass lies on items that
    the log never showed (or, where only logged items' probabilities are known, the mean weight is
    surely below .98); an effective sample under 1 % of the rows; a mean weight further than .25
    from 1; one row with more than 5 % of the weight.
    """
    if rows.n_clusters < 2:
        return Text("whatif.one_cluster")
    if float(rows.weight.sum()) <= 0:
        return Text("whatif.never_shown")
    if not np.isfinite(rows.weight).all():
        return Text("whatif.few_effective", n=0.0, share=0.0)
    unsupported = _unsupported(rows)
    if unsupported > MOST_UNSUPPORTED:
        return Text("whatif.unsupported", share=unsupported)
    effective = rows.effective_n / rows.n
    if effective < LEAST_EFFECTIVE:
        return Text("whatif.few_effective", n=rows.effective_n, share=effective)
    mean = float(rows.weight.mean())
    if abs(mean - 1) > MOST_MEAN_WEIGHT_OFF:
        return Text("whatif.mean_weight", mean=mean)
    largest = float(rows.weight.max() / rows.weight.sum())
    if largest > MOST_ONE_ROW:
        return Text("whatif.one_row", share=largest)
    return None


def _unsupported(rows: WeightedLog) -> float:
    """Share of the target's mass that the log surely does not cover."""
    if rows.expect is not None:
        missed = np.bincount(rows.action, minlength=rows.n_items) == 0
        return float(rows.expect(missed[:, None].astype(np.float64), 1.0).mean())
    # The expected weight is the covered mass; only what chance cannot explain is counted.
    _, _, high = clustered_interval(rows.weight, rows.cluster, 0.999)
    return max(0.0, 1.0 - high)


def flags_of(rows: WeightedLog, *, assumed_independent: bool) -> tuple[Text, ...]:
    """What to know about an answer that is given."""
    effective = rows.effective_n
    groups = rows.n_clusters
    carrying = kish(rows.weight * rows.outcome)
    unmatched = float(np.mean(rows.weight == 0))
    checks = (
        (assumed_independent, Text("whatif.flag_independent")),
        (unmatched > 0.5, Text("whatif.flag_concentrated", share=unmatched)),
        (effective < 0.05 * rows.n, Text("whatif.flag_effective", n=effective, of=rows.n)),
        (groups < 40, Text("whatif.flag_clusters", n=groups)),
        (carrying < 15, Text("whatif.flag_outcomes", n=carrying)),
    )
    return tuple(text for holds, text in checks if holds)
