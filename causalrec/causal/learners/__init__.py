"""Learners of what a treatment does to whom; one file and one line a learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.causal.learners.learner import Learner

__all__ = ["LEARNERS", "baseline"]

_HERE = "causalrec.causal.learners"
LEARNERS: Catalogue[type[Learner]] = Catalogue(
    "learner",
    {
        "average": f"{_HERE}.average:Average",
        "s-learner": f"{_HERE}.s_learner:SLearner",
        "t-learner": f"{_HERE}.t_learner:TLearner",
        "x-learner": f"{_HERE}.x_learner:XLearner",
        "dr-learner": f"{_HERE}.dr_learner:DRLearner",
        "r-learner": f"{_HERE}.r_learner:RLearner",
        "t-stack": f"{_HERE}.t_stack:TStack",
        "causal-tree": f"{_HERE}.causal_tree:CausalTree",
        "causal-forest": f"{_HERE}.causal_forest:CausalForest",
        "tarnet": f"{_HERE}.tarnet:TARNet",
        "cfr": f"{_HERE}.cfr:CFR",
        "cfr-wass": f"{_HERE}.cfr_wass:CFRWass",
        "adversarial": f"{_HERE}.adversarial:Adversarial",
        "dragonnet": f"{_HERE}.dragonnet:Dragonnet",
        "cevae": f"{_HERE}.cevae:CEVAE",
        "deconfounder": f"{_HERE}.deconfounder:Deconfounder",
    },
)
"""``name -> Learner``, from the plainest to the most flexible."""


def baseline() -> str:
    """The name of the learner that says the same of everybody."""
    return LEARNERS.where(differs=False)[0]
