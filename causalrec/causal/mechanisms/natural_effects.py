"""Natural direct and indirect effects: by lines, and by weights and models that check each other.

Lines with a product of treatment and mediators: VanderWeele and Vansteelandt, 2009, 2014.
Models of the outcome, of the treatment with and without the mediators, and of what the outcome
would be: Tchetgen Tchetgen and Shpitser, 2012, with the ratio of the mediators' densities from
the two propensities (Zheng and van der Laan, 2012).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.through_mediators import Path, slopes
from causalrec.causal.nuisance.covariates import make_design
from causalrec.causal.nuisance.cross_fitting import Nuisance

__all__ = ["by_lines", "by_models"]

Parts = tuple[np.ndarray, np.ndarray]
"""Direct and indirect effect, (2,), and the influence of each row on them, (n, 2)."""


def by_lines(path: Path, *, groups: bool) -> Parts:
    """What goes past the mediators and what goes through them.

    Of two groups the mediators may pull differently with the treatment: the direct effect is that
    with the mediators as they were without it, the indirect one that of their change with it.
    Of a number both are per unit.

    Args:
        path: what leads where.
        groups: whether the treatment is 0/1.
    """
    t, y, m, x = path.treatment, path.outcome, path.mediators, path.covariates
    k, n = m.shape[1], len(y)
    moved, of_moved = slopes(t[:, None], m, x)
    moved, of_moved = moved[0], of_moved[:, 0]
    products = [t[:, None] * m] if groups else []
    pull, of_pull = slopes(np.column_stack([t, m, *products]), y[:, None], x)
    pull, of_pull = pull[:, 0], of_pull[:, :, 0]
    level, of_level, extra, of_extra = np.zeros(k), np.zeros((n, k)), np.zeros(k), np.zeros((n, k))
    if groups:
        share = float(t.mean())
        level = m.mean(axis=0) - moved * share
        of_level = m - m.mean(axis=0) - of_moved * share - np.outer(t - share, moved)
        extra, of_extra = pull[1 + k :], of_pull[:, 1 + k :]
    direct = pull[0] + extra @ level
    of_direct = of_pull[:, 0] + of_extra @ level + of_level @ extra
    whole, of_whole = pull[1 : 1 + k] + extra, of_pull[:, 1 : 1 + k] + of_extra
    indirect = whole @ moved
    of_indirect = of_whole @ moved + of_moved @ whole
    return np.array([direct, indirect]), np.column_stack([of_direct, of_indirect])


def by_models(problem: Problem) -> Parts:
    """The same of two groups by cross-fitted models; nothing need be a line.

    Args:
        problem: whose `besides` are the mediators.
    """
    t, y, clip = problem.treatment, problem.outcome, problem.query.clip
    columns = pd.concat([problem.frame, problem.besides], axis=1)
    names = (*problem.query.covariates, *problem.query.besides)
    targets = np.column_stack([y, t])
    wide = make_design(columns, names, targets=targets, folds=problem.folds)
    narrow = problem.nuisance
    given = Nuisance(wide, t, y, problem.folds, problem.query.seed)
    chance, knowing = (np.clip(one.propensity, clip, 1 - clip) for one in (narrow, given))
    treated = given.by_arm[1].predicted
    nested = replace(narrow, outcome=treated)
    vars(nested).update(bases=narrow.bases)
    expected = nested.by_arm[0].predicted
    weight = t * (1 - knowing) / (knowing * (1 - chance))
    crossed = weight * (y - treated) + (1 - t) / (1 - chance) * (treated - expected) + expected
    without, with_it = (one.predicted for one in narrow.by_arm)
    none = without + (1 - t) * (y - without) / (1 - chance)
    both = with_it + t * (y - with_it) / chance
    each = np.column_stack([crossed - none, both - crossed])
    return each.mean(axis=0), each - each.mean(axis=0)
