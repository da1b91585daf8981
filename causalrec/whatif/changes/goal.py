"""What a comparison is judged by where nobody says: the best that its log can answer.

1. The first outcome of the log that an identified effect or the log's own evidence answers.
2. The first outcome that the simulator answers.
3. The first metric of accuracy that held-out rows answer, such as NDCG, where the log is none
   for any method that tells an outcome: it needs no impressions. Figures of lists alone
   (coverage, Gini, novelty) are good for nobody by themselves, so they guard a change and are
   never its goal.
4. Otherwise the first outcome, of which it is then said why nobody can tell: a change that goes
   beyond the log is not judged by something else instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from causalrec.core.words import Text
from causalrec.whatif.changes.metric_change import MetricChange, lead_of
from causalrec.whatif.changes.metric_kinds import is_outcome, is_ranking
from causalrec.whatif.changes.sources import SIMULATOR

__all__ = ["Goal", "default_goal"]


@dataclass(frozen=True)
class Goal:
    """What a comparison is judged by.

    Attributes:
        metric: one of its figures.
        why: why that one; None where there was nothing to choose from.
    """

    metric: str
    why: Text | None


def default_goal(rows: Sequence[MetricChange]) -> Goal:
    """The best goal that the figures allow, by the order of this module.

    Args:
        rows: every figure of everybody, at least one.
    """
    outcomes = [row for row in rows if is_outcome(row.metric)]
    lists = [row for row in rows if not is_outcome(row.metric)]
    if outcomes and not lists and len({row.metric for row in outcomes}) == 1:
        return Goal(outcomes[0].metric, None)
    answering = [row for row in outcomes if not row.refused and not row.bracket]
    evident = [row for row in answering if row.source != SIMULATOR]
    ranking = [row for row in lists if not row.refused and is_ranking(row.metric)]
    if any(row.applies for row in outcomes):
        ranking = []
    for key, some in (("evident", evident), ("simulated", answering), ("ranking", ranking)):
        if some:
            return Goal(some[0].metric, _why(key, some[0], outcomes))
    first = (outcomes or lists)[0]
    return Goal(first.metric, Text("compare.goal_none", metric=first.said))


def _why(key: str, chosen: MetricChange, outcomes: Sequence[MetricChange]) -> Text:
    """Why it was chosen; a metric of lists stands in for outcomes, of which one says why."""
    if key == "ranking" and outcomes:
        mute = lead_of([row for row in outcomes if row.metric == outcomes[0].metric])
        reason = mute.change.reason or Text("compare.not_measured")
        return Text("compare.goal_instead", metric=chosen.said, reason=reason)
    return Text(f"compare.goal_{key}", metric=chosen.said)
