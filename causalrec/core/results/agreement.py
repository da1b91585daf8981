"""Whether several estimates of one change say the same.

Two intervals that merely overlap do not agree: one that is wide enough overlaps with everything.
Two agree where both exclude 0 on the same side, or where neither does and they are about equally
informative: each holds the other's value, and neither is more than `WIDER` times as wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

from causalrec.core.results.result import Estimate

__all__ = ["WIDER", "Agreement", "agreement", "alike", "apart", "opposed", "unlike"]

Agreement = Literal["agree", "disagree", "open", "one", "cannot tell"]
WIDER = 2.0
"""How many times as wide one interval may be as another that it is to agree with: an interval
twice as wide rests on a quarter of the evidence."""


def apart(a: Estimate, b: Estimate) -> bool:
    """Whether two intervals do not overlap."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return False
    return a.high < b.low or b.high < a.low


def opposed(a: Estimate, b: Estimate) -> bool:
    """Whether two estimates both exclude 0, on opposite sides."""
    return a.excludes_zero and b.excludes_zero and (a.value or 0.0) * (b.value or 0.0) < 0


def alike(a: Estimate, b: Estimate) -> bool:
    """Whether two intervals say the same, by the rule of this module."""
    ends = (a.low, a.high, b.low, b.high, a.value, b.value)
    if any(end is None for end in ends) or apart(a, b):
        return False
    a_low, a_high, b_low, b_high, a_value, b_value = (float(end or 0.0) for end in ends)
    if a.excludes_zero or b.excludes_zero:
        return a.excludes_zero and b.excludes_zero and a_value * b_value > 0
    within = b_low <= a_value <= b_high and a_low <= b_value <= a_high
    widths = sorted((a_high - a_low, b_high - b_low))
    return within and widths[1] <= WIDER * widths[0]


def unlike(lead: Estimate, other: Estimate) -> bool:
    """Whether an estimate speaks against a leading one that excludes 0.

    It lies apart from it, or it is about as informative, holds 0 and does not hold the leading
    value. One that is much wider says nothing either way.
    """
    if apart(lead, other):
        return True
    ends = (lead.low, lead.high, lead.value, other.low, other.high)
    if any(end is None for end in ends) or other.excludes_zero:
        return False
    low, high, value, least, most = (float(end or 0.0) for end in ends)
    return most - least <= WIDER * (high - low) and not least <= value <= most


def agreement(estimates: Sequence[Estimate]) -> Agreement:
    """How estimates of one change, each by a method of its own, stand to each other.

    Returns:
        "disagree": two intervals do not overlap. "agree": every two say the same (`alike`).
        "open": they overlap, but one is too wide, or too far off, to confirm the other. "one":
        one method answers. "cannot tell": none does.
    """
    if len(estimates) < 2:
        return "one" if estimates else "cannot tell"
    pairs = list(combinations(estimates, 2))
    if any(apart(a, b) for a, b in pairs):
        return "disagree"
    return "agree" if all(alike(a, b) for a, b in pairs) else "open"
