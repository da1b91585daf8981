"""Half-widths of intervals in standard errors."""

from __future__ import annotations

from statistics import NormalDist

__all__ = ["Z95", "normal", "student"]


def normal(level: float) -> float:
    """Half-width of a normal interval of coverage ``level``, in standard errors."""
    return NormalDist().inv_cdf(0.5 + level / 2)


Z95 = normal(0.95)


def student(level: float, freedom: float) -> float:
    """Half-width of Student's interval (1908) with ``freedom`` degrees of freedom, at least 1."""
    from scipy.special import stdtrit

    return float(stdtrit(max(freedom, 1.0), 0.5 + level / 2))
