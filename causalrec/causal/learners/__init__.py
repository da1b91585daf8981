"""Learners of what a treatment does to whom; one file and one line a learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causalrec.core.catalogue import Catalogue

if TYPE_CHECKING:
    from causalrec.causal.learners.learner import Learner

__all__ = ["LEARNERS"]

_HERE = "causalrec.causal.learners"
LEARNERS: Catalogue[type[Learner]] = Catalogue(
    "learner",
    {
        "t-learner": f"{_HERE}.t_learner:TLearner",
        "t-stack": f"{_HERE}.t_stack:TStack",
        "tarnet": f"{_HERE}.tarnet:TARNet",
        "cfr": f"{_HERE}.cfr:CFR",
        "cfr-wass": f"{_HERE}.cfr_wass:CFRWass",
        "adversarial": f"{_HERE}.adversarial:Adversarial",
        "dragonnet": f"{_HERE}.dragonnet:Dragonnet",
    },
)
"""``name -> Learner``, from the plainest to the most flexible."""
