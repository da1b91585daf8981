"""Effects by time since the start, and whether the groups went apart before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.designs.contrasts import Contrasts
from causalrec.causal.designs.design_effect import EVENT, PATH
from causalrec.core.statistics.p_values import holm
from causalrec.core.words import Text

__all__ = ["ALPHA", "PreTrend", "event_frame", "path_frame", "slopes"]

ALPHA = 0.05
"""Chance that an alarm about what came before rings without a reason."""
_POWER = 0.8


def event_frame(since: np.ndarray, estimates: Contrasts, rng: np.random.Generator) -> pd.DataFrame:
    """Effects as a table.

    Args:
        since: times since the start, below 0 before it, (K,).
        estimates: of each.
        rng: of the band's bootstrap.
    """
    value, reach, band = estimates.value, estimates.reach, estimates.simultaneous(rng)
    ends = [value - reach, value + reach, value - band, value + band]
    return pd.DataFrame(dict(zip(EVENT, [since, value, *ends, estimates.p], strict=True)))


def path_frame(
    at: list[str], observed: np.ndarray, estimates: Contrasts, after: np.ndarray
) -> pd.DataFrame:
    """What was observed, and what would have been without the effects.

    Args:
        at: times as they print, T of them.
        observed: mean of the treated, (T,).
        estimates: effects at each time.
        after: which times are after the start, bool (T,).
    """
    without, reach = observed - estimates.value, estimates.reach
    columns = [at, observed, without, without - reach, without + reach, after]
    return pd.DataFrame(dict(zip(PATH, columns, strict=True)))


def slopes(before: np.ndarray) -> np.ndarray:
    """Slope of each unit's outcome per time, (N, 1), of (N, T) with at least two times."""
    at = np.arange(before.shape[1]) - (before.shape[1] - 1) / 2
    return np.asarray(before @ at / (at @ at))[:, None]


@dataclass(frozen=True)
class PreTrend:
    """Whether the groups went apart before the start.

    Attributes:
        slope: difference of their slopes per time; p: chance of as much by chance.
        least: slope that would have been seen four times in five.
        span: times between the middle of before and the middle of after.
        joint: chance that any time before differs as much by chance (Holm, 1979).
    """

    slope: float
    p: float
    least: float
    span: float
    joint: float = 1.0

    @classmethod
    def of(cls, trend: Contrasts, span: float, before: np.ndarray) -> PreTrend:
        """From the contrast of slopes.

        Args:
            trend: one contrast.
            span: see the class.
            before: p-values of single times before, (K,).
        """
        least = float((trend.quantile(1 - ALPHA)[0] + trend.quantile(2 * _POWER - 1)[0])
                      * trend.se[0])  # fmt: skip
        joint = float(holm(before).min()) if len(before) else 1.0
        return cls(float(trend.value[0]), float(trend.p[0]), least, span, joint)

    @property
    def unseen(self) -> float:
        """How far a trend that is missed one time in five would have moved the answer.

        A test that sees nothing is no proof (Roth, 2022): this is its power.
        """
        return self.least * self.span

    @property
    def worst(self) -> float:
        """The p-value of both tests together."""
        return min(1.0, 2 * min(self.p, self.joint))

    def flags(self, value: float, *, clear: bool) -> list[Text]:
        """What it says of an answer; clear: whether its interval excludes 0."""
        if self.worst < ALPHA:
            moved = self.slope * self.span
            return [Text("causal.design_flag_pre_trends", p=self.worst, moved=moved)]
        if clear and self.unseen > abs(value):
            return [Text("causal.design_flag_pre_trends_unseen", unseen=self.unseen)]
        return []
