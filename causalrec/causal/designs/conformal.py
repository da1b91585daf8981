"""Which constant effects the times before do not speak against.

An effect is taken off the times after, the counterfactual is made anew from all times, and what is
left after the start is compared with what every other stretch of the same length leaves, the times
turned around as on a ring. Of stationary errors, however they go on in time, each stretch is as
likely to be the largest (Chernozhukov, Wuethrich and Zhu, 2021).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["accepted", "fewest", "ring_p"]

Residuals = Callable[[np.ndarray], np.ndarray]
"""What a counterfactual made from all of a series leaves of it, (T,) of (T,)."""
_DOUBLINGS, _HALVINGS = 7, 8


def fewest(level: float) -> int:
    """Times that an interval of a level needs: a share of 1 / T is the least that can be told."""
    return int(np.ceil(1 / (1 - level) - 1e-9))


def ring_p(left: np.ndarray, after: int) -> float:
    """Share of stretches that leave as much as the last one.

    Args:
        left: residuals, (T,).
        after: length of the stretch.
    """
    ring = np.concatenate([left, left[: after - 1]])
    sums = np.abs(np.convolve(ring, np.ones(after), mode="valid"))
    last = sums[len(left) - after]
    return float((sums >= last * (1 - 1e-9)).mean())


def accepted(
    series: np.ndarray, after: int, residuals: Residuals, *, value: float, level: float
) -> tuple[float, float] | None:
    """The effects that are not spoken against, as an interval; None where it has no end.

    Args:
        series: the treated, (T,).
        after: times after the start.
        residuals: see `Residuals`.
        value: the estimate, where the search begins.
        level: coverage.
    """

    def holds(effect: float) -> bool:
        without = series.copy()
        without[-after:] -= effect
        return ring_p(residuals(without), after) > 1 - level

    left = residuals(series)
    step = float(np.std(left[:-after])) or float(np.std(series)) or 1.0
    ends = []
    for way in (-1.0, 1.0):
        end = _end(holds, value, way * step)
        if end is None:
            return None
        ends.append(end)
    return min(ends[0], value), max(ends[1], value)


def _end(holds: Callable[[float], bool], value: float, step: float) -> float | None:
    """The farthest effect on one side that holds: doubled until none does, then halved."""
    inside, reach = 0.0, 1.0
    for _ in range(_DOUBLINGS):
        if not holds(value + reach * step):
            break
        inside, reach = reach, 2 * reach
    else:
        return None
    for _ in range(_HALVINGS):
        middle = (inside + reach) / 2
        inside, reach = (middle, reach) if holds(value + middle * step) else (inside, middle)
    return value + reach * step
