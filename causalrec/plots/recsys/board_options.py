"""What a chart of a leaderboard may be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

__all__ = ["BoardOptions"]


class BoardOptions(TypedDict, total=False):
    """Options of a leaderboard's charts; none of them is needed.

    Attributes:
        metric: what is shown (across, on the map); the default metric.
        k: length of the lists; the first.
        height: pixels.
        differences: paired differences to the base instead of figures.
        against: draws the map: a metric upwards, or a cost of each model by its name.
        title: of the cost's axis.
        colour: metric that colours the models on the map; `Leaderboard.shade`.
        by: draws groups: the grouping.
        names: models of the groups, at most four; the first ones.
    """

    metric: str
    k: int
    height: int
    differences: bool
    against: str | Mapping[str, float]
    title: str | None
    colour: str
    by: str
    names: Sequence[str]
