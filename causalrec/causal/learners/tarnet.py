"""One representation for both arms, one head for each."""

from __future__ import annotations

from causalrec.causal.learners.deep_learner import DeepLearner

__all__ = ["TARNet"]


class TARNet(DeepLearner):
    """Both arms teach what matters of the covariates; each has its own outcome."""

    name = "tarnet"
    source = "Shalit, Johansson and Sontag, 2017"
