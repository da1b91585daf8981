"""The shelf of off-policy estimators."""

from __future__ import annotations

from causalrec.core.catalogue import Catalogue

__all__ = ["METHOD", "OPE_ESTIMATORS", "trusts_model"]

METHOD = "off-policy-"
"""What the name of an off-policy forecast begins with; its estimator's name follows."""

OPE_ESTIMATORS = Catalogue(
    "off-policy estimator",
    {
        "snips": "causalrec.whatif.ope.snips:SNIPS",
        "sndr": "causalrec.whatif.ope.direct:SNDR",
        "ips": "causalrec.whatif.ope.ips:IPS",
        "dm": "causalrec.whatif.ope.direct:DM",
    },
)
"""In the order in which they are believed: the first leads where nobody chose."""


def trusts_model(method: str) -> bool:
    """Whether a forecast's interval leaves the error of a model out: it brackets, never leads."""
    if not method.startswith(METHOD):
        return False
    return bool(OPE_ESTIMATORS[method.removeprefix(METHOD)].model_based)
