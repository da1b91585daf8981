"""The same with the cost of moving one arm onto the other."""

from __future__ import annotations

from causalrec.causal.learners.cfr import CFR
from causalrec.causal.networks.distances import transport_cost

__all__ = ["CFRWass"]


class CFRWass(CFR):
    """Counterfactual regression with the Wasserstein distance between arms."""

    name = "cfr-wass"
    distance = staticmethod(transport_cost)
    strength = 2.0
