"""The effect learned from what the covariates leave of outcome and treatment."""

from __future__ import annotations

from causalrec.causal.learners.dr_learner import ByStack
from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.fitted_stack import fit_stack

__all__ = ["RLearner"]


class RLearner(Learner):
    """A stack that predicts residual over residual, weighted by the treatment's, squared."""

    name = "r-learner"
    source = "Nie and Wager, 2021"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn outcomes and chances of the treatment, cross-fitted, and from them the effect."""
        left = lesson.treatment - lesson.propensity
        ratio = (lesson.outcome - lesson.mean_outcome) / left
        return ByStack(fit_stack(lesson.mapped, ratio, lesson.folds, weight=left**2))
