"""Which learner: by losses on rows that it never saw.

The R-loss (Nie and Wager, 2021) and the DR-loss (Kennedy, 2023) are the mean square error of an
effect that nobody observes, up to a constant that is the same for all learners.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.scores import from_scores
from causalrec.causal.learners import LEARNERS, baseline
from causalrec.causal.learners.learner import Learned
from causalrec.causal.learners.teaching import Course, HeldOut, lesson_of, taught
from causalrec.core.words import Text

__all__ = ["Choice", "Judge", "choose"]

LEAST_GAIN = 1.0
"""Standard errors by which a learner must do better than the same effect for everybody."""

TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Judge:
    """What held-out rows say of an effect.

    Attributes:
        left: outcome less what the covariates alone say of it, (n,).
        moved: treatment less its chance, (n,).
        scores: doubly robust, (n,): their mean given the covariates is the effect.
    """

    left: np.ndarray
    moved: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, problem: Problem, held_out: Iterable[HeldOut]) -> Judge:
        """From cross-fitted propensities, and the outcomes that predict held-out rows best.

        An error in these does not favour the learner that made them: it goes together with a
        treatment less its chance, or with its weights, only where the chance is wrong too.

        Args:
            problem: the question.
            held_out: what learners say, some of outcomes.
        """
        t, y, clip = problem.treatment, problem.outcome, problem.query.clip
        own = np.column_stack([stack.predicted for stack in problem.nuisance.by_arm])
        models = [own, *(one.outcomes for one in held_out if one.outcomes is not None)]
        errors = [float(((y - np.where(t == 1, m[:, 1], m[:, 0])) ** 2).mean()) for m in models]
        without, given = models[int(np.argmin(errors))].T
        e = np.clip(problem.nuisance.propensity, clip, 1 - clip)
        scores = given - without + t * (y - given) / e - (1 - t) * (y - without) / (1 - e)
        return cls(y - (1 - e) * without - e * given, t - e, scores)

    def r_loss(self, effect: np.ndarray) -> np.ndarray:
        """Of each row, (n,)."""
        return np.asarray((self.left - self.moved * effect) ** 2)

    def dr_loss(self, effect: np.ndarray) -> np.ndarray:
        """Of each row, (n,)."""
        return np.asarray((self.scores - effect) ** 2)


@dataclass(frozen=True, eq=False)
class Choice:
    """The learner that was chosen, and on what grounds.

    Attributes:
        name: in `LEARNERS`.
        held_out: what it says of each row without it.
        learned: what it learned from all rows.
        criteria: one row a learner: learner, r_loss, dr_loss, gain (in R-loss, over the same
            effect for everybody), gain_se, score, chosen.
        judge: what the losses are made from.
        flags: which learners could not be taught.
    """

    name: str
    held_out: HeldOut
    learned: Learned
    criteria: pd.DataFrame
    judge: Judge
    flags: tuple[Text, ...]


def choose(problem: Problem, asked: str | None) -> Choice:
    """Judge every learner of the line-up, or the one that was asked for, on held-out rows.

    Both losses are noisy in ways of their own, so that the sum of the gains in both, each as a
    share of the largest, is the score. The best is chosen where it does better than the same
    effect for everybody by a standard error of its R-loss (of units); else that is.

    Args:
        problem: the question, of two arms.
        asked: a name in `LEARNERS`; None: the line-up's best.

    Raises:
        Refusal: the rows cannot teach the learner that was asked for.
    """
    names = [asked] if asked else [*LEARNERS.where(lineup=True)]
    course = Course.of(lesson_of(problem), problem.folds)
    held_out, flags = {}, []
    for name in dict.fromkeys([baseline(), *names]):
        try:
            held_out[name] = course.held_out(LEARNERS[name]())
        except Refusal as refusal:
            if asked:
                raise
            flags.append(Text("causal.cate_not_taught", learner=LEARNERS[name].word(),
                              reason=refusal.reason))  # fmt: skip
    judge = Judge.of(problem, held_out.values())
    rows = [_judged(problem, judge, held_out, name) for name in held_out]
    criteria = pd.DataFrame(rows)
    gains = (
        criteria["r_loss"].iloc[0] - criteria["r_loss"],
        (criteria["dr_loss"].iloc[0] - criteria["dr_loss"]),
    )
    criteria["score"] = sum(gain / max(gain.max(), TINY) for gain in gains)
    best = criteria.iloc[int(criteria["score"].argmax())]
    better = best["gain"] > LEAST_GAIN * best["gain_se"]
    name = asked or (str(best["learner"]) if better else baseline())
    criteria["chosen"] = criteria["learner"] == name
    (learned,) = taught(LEARNERS[name](), [course.whole])
    return Choice(name, held_out[name], learned, criteria, judge, tuple(flags))


def _judged(
    problem: Problem, judge: Judge, held_out: dict[str, HeldOut], name: str
) -> dict[str, str | float]:
    """One row of the criteria."""
    effect, same = held_out[name].effect, held_out[baseline()].effect
    gains = judge.r_loss(same) - judge.r_loss(effect)
    gain = from_scores(float(gains.mean()), gains - gains.mean(), problem.cluster, level=0.95)
    return {
        "learner": name,
        "r_loss": float(judge.r_loss(effect).mean()),
        "dr_loss": float(judge.dr_loss(effect).mean()),
        "gain": gain.value,
        "gain_se": gain.se,
    }
