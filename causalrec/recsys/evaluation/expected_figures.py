"""Figures of a policy that leaves something to chance: means over its drawn lists."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from causalrec.recsys.evaluation.metric_table import MetricTable
from causalrec.recsys.policies.drawn import draws_note

__all__ = ["expected"]


def expected(tables: Sequence[MetricTable], seed: int) -> MetricTable:
    """One table of the same policy's draws.

    Values and intervals are means over the draws (the interval is wider than needed), a user's
    figure is its mean; the lists kept are the first draw's.

    Args:
        tables: one a draw, of the same users.
        seed: of the draws.
    """
    first = tables[0]
    ends = ["value", "low", "high"]
    table = first.table.assign(**{end: _mean([one.table[end] for one in tables]) for end in ends})
    names = [str(name) for name in first.per_user if name != "user"]
    own: dict[str, pd.Series] = {
        name: _mean([one.per_user[name] for one in tables]) for name in names
    }
    groups = first.groups
    if len(groups) and all(len(one.groups) == len(groups) for one in tables):
        numbers = [name for name in (*ends, "gap", "gap_low", "gap_high") if name in groups]
        means = {name: _mean([one.groups[name] for one in tables]) for name in numbers}
        groups = groups.assign(**means)
    return first.model_copy(
        update={
            "table": table,
            "per_user": first.per_user.assign(**own),
            "groups": groups,
            "notes": (*first.notes, draws_note(seed, len(tables))),
        }
    )


def _mean(columns: Sequence[pd.Series]) -> pd.Series:
    return sum(columns[1:], columns[0]) / len(columns)
