"""E-values: how strongly a hidden cause must go with treatment and outcome, as risk ratios."""

from __future__ import annotations

import math

__all__ = ["e_value", "ratio_of_difference", "ratio_of_shares"]

PER_DEVIATION = 0.91
"""log risk ratio of one standard deviation of a continuous outcome (VanderWeele and Ding, 2017,
after Chinn, 2000)."""


def e_value(ratio: float) -> float:
    """The least risk ratio that a hidden cause needs with both to explain a risk ratio away.

    Source: VanderWeele and Ding, 2017, "Sensitivity analysis in observational research:
    introducing the E-value".

    Args:
        ratio: the risk ratio of the effect, above 0; below 1 its inverse counts.

    Returns:
        At least 1; 1 means that nothing needs to be explained.

    Raises:
        ValueError: the ratio is no positive number.
    """
    if not ratio > 0:
        raise ValueError(f"a risk ratio is positive, not {ratio}")
    if math.isinf(ratio):
        return math.inf
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def ratio_of_shares(baseline: float, effect: float) -> float:
    """The risk ratio of a share that an effect moves; 0 and infinity are kept away by one part.

    Args:
        baseline: share without the treatment, 0 to 1.
        effect: change of the share.
    """
    least = 1e-9
    return max(baseline + effect, least) / max(baseline, least)


def ratio_of_difference(effect: float, spread: float) -> float:
    """The risk ratio that a difference of means is like.

    Args:
        effect: change of the mean.
        spread: standard deviation of the outcome, above 0.
    """
    return math.exp(min(PER_DEVIATION * effect / spread, 700.0))
