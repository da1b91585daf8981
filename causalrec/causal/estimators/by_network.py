"""Average effects by networks: doubly robust scores on what the learner of the same name says."""

from __future__ import annotations

from causalrec.causal.estimators.by_learner import ByLearner

__all__ = ["CFR", "Adversarial", "ByNetwork", "CFRWass", "Dragonnet", "TARNet"]


class ByNetwork(ByLearner):
    """Networks, an ensemble a fold, of all folds at once.

    They take a hundred times what `aipw` takes, and are asked for by name: for covariates whose
    part in the outcome is none of its curves.
    """

    costly = True


class TARNet(ByNetwork):
    """One representation of the covariates, one head an arm."""

    name = "tarnet"
    source = "Shalit, Johansson and Sontag, 2017"


class CFR(ByNetwork):
    """The same, balanced by the maximum mean discrepancy."""

    name = "cfr"
    source = "Shalit, Johansson and Sontag, 2017"


class CFRWass(ByNetwork):
    """The same, balanced by the Wasserstein distance."""

    name = "cfr-wass"
    source = "Shalit, Johansson and Sontag, 2017"


class Adversarial(ByNetwork):
    """The same, balanced by a critic."""

    name = "adversarial"
    source = "Ganin et al., 2016; Atan, Jordon and van der Schaar, 2018"


class Dragonnet(ByNetwork):
    """A third head for the treatment, and targeted regularisation."""

    name = "dragonnet"
    source = "Shi, Blei and Veitch, 2019"
