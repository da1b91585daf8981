"""Interventions: each turns a policy into another, or sets a treatment."""

from causalrec.whatif.interventions.catalogue import INTERVENTIONS, intervention

__all__ = ["INTERVENTIONS", "intervention"]
