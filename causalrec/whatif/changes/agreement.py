"""Whether two estimates of one change say the same."""

from __future__ import annotations

from causalrec.core.results.result import Estimate

__all__ = ["WIDER", "alike", "apart"]

WIDER = 4.0
"""How many times as wide one interval may be as another that it is to agree with."""


def apart(a: Estimate, b: Estimate) -> bool:
    """Whether two intervals do not overlap."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return False
    return a.high < b.low or b.high < a.low


def alike(a: Estimate, b: Estimate) -> bool:
    """Whether two overlapping intervals say the same: see `ForecastSet.agreement`."""
    ends = (a.low, a.high, b.low, b.high, a.value, b.value)
    if any(end is None for end in ends):
        return False
    a_low, a_high, b_low, b_high, a_value, b_value = (float(end or 0.0) for end in ends)
    if a.excludes_zero and b.excludes_zero:
        return True
    if (a.excludes_zero or b.excludes_zero) and a_value * b_value <= 0:
        return False
    within = b_low <= a_value <= b_high and a_low <= b_value <= a_high
    widths = sorted((a_high - a_low, b_high - b_low))
    return within and widths[1] <= WIDER * widths[0]
