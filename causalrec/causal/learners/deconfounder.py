"""A substitute for the hidden cause that many exposures share, from a factor model of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.learners.learner import Learned, Learner, Lesson
from causalrec.causal.nuisance.factor_model import Factors, fit_factors, predictive_check
from causalrec.causal.rows.arms import Refusal
from causalrec.core.seeds import generator
from causalrec.core.words import Text

__all__ = ["Deconfounder"]

FEWEST = 5
"""Exposures: of fewer, what they share cannot be told from what is their own."""
LEAST_P = 0.02
"""Of the check, which is asked of each part of a cross-fit."""
PENALTIES = (0.01, 0.1, 1.0, 10.0)
"""A row, of what the factors leave of the exposures."""
HARDLY = 1e-6


@dataclass(frozen=True, eq=False)
class _Line(Learned):
    """A line through the treatment, the factors, both, and what the factors leave."""

    factors: Factors
    slopes: np.ndarray

    def outcomes(self, x: np.ndarray) -> np.ndarray:
        expected = [_columns(self.factors, x, np.full(len(x), arm)) @ self.slopes for arm in (0, 1)]
        return np.column_stack(expected)

    def effect(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(np.diff(self.outcomes(x), axis=1)[:, 0])


class Deconfounder(Learner):
    """The deconfounder for one treatment among many exposures, which are its covariates.

    A factor analysis of the other exposures gives each row expected factors, and these join the
    covariates; what they leave of each exposure is shrunken, since it can only matter to the
    outcome. It is right where every hidden common cause moves many of the exposures in straight
    lines and they tell all of it. That cannot be checked, a factor model that describes the
    exposures is no proof, and where it fails nothing is gained over the exposures themselves
    (D'Amour, 2019; Ogburn, Shpitser and Tchetgen Tchetgen, 2019). No interval is valid.
    """

    name = "deconfounder"
    source = "Wang and Blei, 2019; D'Amour, 2019, and Ogburn et al., 2019 (critique)"
    lineup = False
    experimental = True
    assumption = "causal.assume_shared"

    def fit(self, lesson: Lesson) -> Learned:
        """Learn the factors, check them on other rows, then the line.

        Raises:
            Refusal: there are few exposures, or their factors do not describe other rows.
        """
        x, folds = lesson.x, lesson.folds
        if x.shape[1] < FEWEST:
            raise Refusal(Text("causal.refuse_few_exposures", n=x.shape[1], least=FEWEST))
        factors = fit_factors(x, folds)
        p = predictive_check(x, factors, generator(lesson.seed, "factors"))
        if p < LEAST_P:
            raise Refusal(Text("causal.refuse_factors", n=factors.loadings.shape[1], p=p))
        columns = _columns(factors, x, lesson.treatment)
        held = [folds == fold for fold in np.unique(folds)]
        missed = {}
        for penalty in PENALTIES:
            left = [
                lesson.outcome[part]
                - columns[part]
                @ _slopes(columns[~part], lesson.outcome[~part], x.shape[1], penalty)
                for part in held
            ]
            missed[penalty] = float(np.mean(np.concatenate(left) ** 2))
        best = min(missed, key=lambda penalty: missed[penalty])
        return _Line(factors, _slopes(columns, lesson.outcome, x.shape[1], best))


def _columns(factors: Factors, x: np.ndarray, treatment: np.ndarray) -> np.ndarray:
    """One, treatment, factors, their products, and what the factors leave, (n, 2 + 2 k + p)."""
    z, t = factors.of(x), treatment[:, None]
    return np.hstack([np.ones_like(t), t, z, t * z, x - z @ factors.loadings.T])


def _slopes(columns: np.ndarray, y: np.ndarray, left: int, penalty: float) -> np.ndarray:
    """Least squares; the last columns, so many as are left of exposures, are shrunken."""
    penalties = np.full(columns.shape[1], HARDLY)
    penalties[columns.shape[1] - left :] = penalty
    gram = columns.T @ columns / len(y) + np.diag(penalties)
    return np.asarray(np.linalg.solve(gram, columns.T @ y / len(y)))
