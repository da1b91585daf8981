"""Estimators: each turns a problem into an answer; one file and one line an estimator."""

from __future__ import annotations

from causalrec.core.catalogue import Catalogue

__all__ = ["ESTIMATORS"]

ESTIMATORS = Catalogue(
    "estimator",
    {
        "difference": "causalrec.causal.estimators.difference:difference",
        "ols": "causalrec.causal.estimators.ols:ols",
        "ipw": "causalrec.causal.estimators.ipw:ipw",
        "aipw": "causalrec.causal.estimators.aipw:aipw",
        "dowhy-linear": "causalrec.causal.estimators.dowhy_linear:dowhy_linear",
    },
)
"""``name -> function(problem) -> Answer``."""
