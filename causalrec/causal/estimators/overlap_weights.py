"""Weights by the chance of having been in the other group."""

from __future__ import annotations

from causalrec.causal.estimators.estimator import adjusting
from causalrec.causal.estimators.ipw import IPW

__all__ = ["OverlapWeights"]


class OverlapWeights(IPW):
    """Difference of means weighted by the chance of the other group.

    It is about those who could have been in either group, for whom no weight is large and the
    variance is the least of all weights where outcomes vary alike. Errors are in closed form, as
    those of `IPW`.
    """

    name = "overlap-weights"
    source = "Li, Morgan and Zaslavsky, 2018"
    compared = False
    targets = ("overlap",)
    assumptions = adjusting("causal.assume_either")
