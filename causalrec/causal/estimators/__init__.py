"""Estimators: each turns a problem into an answer; one file and one line an estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue
from causalrec.core.words import Text

if TYPE_CHECKING:
    from causalrec.causal.estimators.estimator import Estimator

__all__ = ["ESTIMATORS", "adjusts", "label_of", "unadjusted"]

ESTIMATORS: Catalogue[type[Estimator]] = Catalogue(
    "estimator",
    {
        "difference": "causalrec.causal.estimators.difference:Difference",
        "ols": "causalrec.causal.estimators.ols:OLS",
        "interacted": "causalrec.causal.estimators.interacted:Interacted",
        "stratification": "causalrec.causal.estimators.stratification:Stratification",
        "matching": "causalrec.causal.estimators.matching:Matching",
        "entropy-balancing": "causalrec.causal.estimators.entropy_balancing:EntropyBalancing",
        "ipw": "causalrec.causal.estimators.ipw:IPW",
        "overlap-weights": "causalrec.causal.estimators.overlap_weights:OverlapWeights",
        "aipw": "causalrec.causal.estimators.aipw:AIPW",
        "dml": "causalrec.causal.estimators.dml:DML",
        "iv": "causalrec.causal.estimators.iv:IV",
        "dml-iv": "causalrec.causal.estimators.dml_iv:DMLIV",
        "front-door": "causalrec.causal.estimators.front_door:FrontDoorEffect",
        "s-learner": "causalrec.causal.estimators.by_meta_learner:ByS",
        "t-learner": "causalrec.causal.estimators.by_meta_learner:ByT",
        "x-learner": "causalrec.causal.estimators.by_meta_learner:ByX",
        "dr-learner": "causalrec.causal.estimators.by_meta_learner:ByDR",
        "t-stack": "causalrec.causal.estimators.by_meta_learner:ByStack",
        "causal-forest": "causalrec.causal.estimators.by_meta_learner:ByForest",
        "tarnet": "causalrec.causal.estimators.by_network:TARNet",
        "cfr": "causalrec.causal.estimators.by_network:CFR",
        "cfr-wass": "causalrec.causal.estimators.by_network:CFRWass",
        "adversarial": "causalrec.causal.estimators.by_network:Adversarial",
        "dragonnet": "causalrec.causal.estimators.by_network:Dragonnet",
        "reverse-regression": "causalrec.causal.estimators.reverse_regression:ReverseRegression",
        "dowhy-linear": "causalrec.causal.estimators.dowhy_linear:DowhyLinear",
    },
    default="aipw",
)
"""``name -> Estimator``, from the plainest to the most robust, and what checks them."""


def unadjusted() -> str:
    """The name of the comparison that adjusts for nothing: what one sees without a cause."""
    return ESTIMATORS.where(causal=False)[0]


def adjusts(name: str) -> bool:
    """Whether an estimator tells of a cause; one that is no longer on the shelf is taken to."""
    return name not in ESTIMATORS or ESTIMATORS[name].causal


def label_of(name: str) -> Text | str:
    """What people call an estimator; one that is no longer on the shelf goes by its name."""
    return ESTIMATORS[name].word() if name in ESTIMATORS else name
