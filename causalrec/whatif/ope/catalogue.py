"""The shelf of off-policy estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.whatif.ope.estimator import OffPolicyEstimator

__all__ = ["OPE_ESTIMATORS"]

OPE_ESTIMATORS: Catalogue[type[OffPolicyEstimator]] = Catalogue(
    "off-policy estimator",
    {
        "snips": "causalrec.whatif.ope.snips:SNIPS",
        "sndr": "causalrec.whatif.ope.sndr:SNDR",
        "ips": "causalrec.whatif.ope.ips:IPS",
        "dm": "causalrec.whatif.ope.dm:DM",
    },
)
"""In the order in which they are believed: the first leads where nobody chose."""
