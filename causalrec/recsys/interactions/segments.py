"""Groups of users that figures are told apart for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Segment", "activity", "segments_of"]

MOST_LEVELS = 12
FEWEST_USERS = 5


@dataclass(frozen=True, eq=False)
class Segment:
    """One way to group users.

    Attributes:
        by: an attribute of users, or "activity".
        groups: names of the groups.
        members: who belongs to which, bool (n, groups); a user may belong to none.
    """

    by: str
    groups: tuple[str, ...]
    members: np.ndarray


def segments_of(table: pd.DataFrame | None, counts: np.ndarray) -> list[Segment]:
    """Every attribute with 2 to 12 categories; where there is none, thirds by activity.

    Groups of fewer than 5 users are left out.

    Args:
        table: attributes, one row a user, or None.
        counts: how many items each user is known to have taken, (n,).
    """
    segments = []
    for column in [] if table is None else table.columns:
        values = table[column] if table is not None else pd.Series(dtype=object)
        names = np.where(values.isna(), "", values.astype(str)).astype(object)
        distinct = sorted(set(names) - {""})
        if 2 <= len(distinct) <= MOST_LEVELS:
            segments.append(_segment(str(column), distinct, names))
    kept = [segment for segment in segments if len(segment.groups) > 1]
    return kept or activity(counts)


def activity(counts: np.ndarray) -> list[Segment]:
    """Thirds of the users by how much they are known to have taken; none where all are alike."""
    edges = np.quantile(counts, [1 / 3, 2 / 3]) if len(counts) else np.zeros(2)
    names = np.array(["low", "middle", "high"], dtype=object)[np.searchsorted(edges, counts)]
    segment = _segment("activity", ["low", "middle", "high"], names)
    return [segment] if len(segment.groups) > 1 else []


def _segment(by: str, distinct: list[str], names: np.ndarray) -> Segment:
    members = np.stack([names == name for name in distinct], axis=1)
    enough = members.sum(axis=0) >= FEWEST_USERS
    groups = tuple(name for name, keep in zip(distinct, enough, strict=True) if keep)
    return Segment(by, groups, members[:, enough])
