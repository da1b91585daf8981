"""The shelf of off-policy estimators."""

from __future__ import annotations

from causalrec.core.catalogue import Catalogue

__all__ = ["OPE_ESTIMATORS"]

OPE_ESTIMATORS = Catalogue(
    "off-policy estimator",
    {
        "ips": "causalrec.whatif.ope.ips:IPS",
        "snips": "causalrec.whatif.ope.snips:SNIPS",
        "dm": "causalrec.whatif.ope.direct:DM",
        "sndr": "causalrec.whatif.ope.direct:SNDR",
    },
)
