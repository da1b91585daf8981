"""Average effects by meta-learners, a stack and a forest: doubly robust, on rows held out."""

from __future__ import annotations

from causalrec.causal.estimators.by_learner import ByLearner

__all__ = ["ByDR", "ByForest", "ByS", "ByStack", "ByT", "ByX"]


class ByS(ByLearner):
    """One model of the outcome, of which the treatment is a covariate."""

    name = "s-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019; Chernozhukov et al., 2018"


class ByT(ByLearner):
    """One model of the outcome for each arm."""

    name = "t-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019; Chernozhukov et al., 2018"


class ByX(ByLearner):
    """What each arm differs from what the other's model expects."""

    name = "x-learner"
    source = "Kuenzel, Sekhon, Bickel and Yu, 2019; Chernozhukov et al., 2018"


class ByDR(ByLearner):
    """The effect learned from doubly robust scores."""

    name = "dr-learner"
    source = "Kennedy, 2023; Chernozhukov et al., 2018"


class ByStack(ByLearner):
    """A stack of models of the outcome for each arm."""

    name = "t-stack"
    source = "van der Laan, Polley and Hubbard, 2007; Chernozhukov et al., 2018"


class ByForest(ByLearner):
    """Honest trees that split where the effect differs."""

    name = "causal-forest"
    source = "Athey, Tibshirani and Wager, 2019; Chernozhukov et al., 2018"
