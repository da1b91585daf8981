"""Unknown covariates drawn several times from what is known: chained donors, and their pooling.

Multiple imputation by chained equations (van Buuren and Groothuis-Oudshoorn, 2011) with
treatment and outcome among the predictors (White and Carlin, 2010; Moons et al., 2006). Each
value is a donor's, whose prediction by a Bayesian draw of a regression is near (predictive mean
matching: Little, 1988; Morris, White and Royston, 2014, for donors' residuals), so that a
category stays a category. Answers are pooled by Rubin's rules with the degrees of freedom of
Barnard and Rubin, 1999.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text

__all__ = ["completed", "pooled"]

DRAWS, FEWER_DRAWS, MANY_ROWS = 10, 5, 20_000
"""Five to twenty draws serve (van Buuren, 2018, section 2.8); fewer where each takes long."""
CYCLES = 5
"""Five to ten rounds of the chain serve (van Buuren, 2018, section 6.5)."""
DONORS = 5
"""Near rows of which one is drawn: R's mice has five; ten in Morris, White and Royston, 2014."""
MANY_LEVELS = 20
"""Levels up to which a category has an indicator each, as in the design."""
MOST_TAUGHT = 20_000
"""Rows that a regression learns from."""
RIDGE = 1e-4
"""A penalty a row that only keeps collinear predictors invertible (R's mice has 1e-5)."""


def completed(problem: Problem) -> list[Problem]:
    """The problem with its unknown covariates drawn, once a draw; itself where all are known."""
    names = [c for c in problem.query.covariates if problem.frame[c].isna().any()]
    if not names or problem.query.missing != "impute":
        return [problem]
    draws = DRAWS if problem.n <= MANY_ROWS else FEWER_DRAWS
    return [_with(problem, names, draw) for draw in range(draws)]


def pooled(answers: list[Answer], level: float) -> Answer:
    """One answer from several completed tables (Rubin, 1987)."""
    if len(answers) == 1:
        return answers[0]
    m = len(answers)
    values = np.array([one.value for one in answers])
    within = float(np.mean([one.se**2 for one in answers]))
    between = float(values.var(ddof=1)) * (1 + 1 / m)
    se, value = float(np.sqrt(within + between)), float(values.mean())
    reach = float(np.mean([(one.high - one.low) / 2 for one in answers]))
    plain = reach / np.sqrt(within) if within > 0 else student(level, 1e9)
    freedom = _freedom(between, within, m=m, plain=plain, level=level)
    half = student(level, freedom) * se
    scores = [one.scores for one in answers if one.scores is not None]
    mean = np.mean(scores, axis=0) if len(scores) == m else None
    flags = _shared([flag for one in answers for flag in one.flags], m)
    return Answer(value, se, value - half, value + half, mean, flags)


def _shared(flags: list[Text], m: int) -> tuple[Text, ...]:
    """What most of the tables are flagged for: one draw may look odd by chance."""
    counts = Counter(flag.key for flag in flags)
    return tuple({f.key: f for f in flags if 2 * counts[f.key] > m}.values())


def _freedom(between: float, within: float, *, m: int, plain: float, level: float) -> float:
    """Barnard and Rubin's degrees of freedom; those of one table follow from its half-width."""
    from scipy.optimize import brentq

    share = between / (between + within)
    old = (m - 1) / max(share, 1e-9) ** 2
    if plain <= student(level, 1e6):
        complete = 1e6
    else:
        complete = float(brentq(lambda v: student(level, v) - plain, 1.0 - 1e-9, 1e6 + 1))
    seen = (complete + 1) / (complete + 3) * complete * (1 - share)
    return 1 / (1 / old + 1 / max(seen, 1e-9))


def _with(problem: Problem, names: list[str], draw: int) -> Problem:
    """The problem with one draw of what is unknown."""
    rng = generator(problem.query.seed, "imputations", draw)
    frame, unknown = problem.frame.copy(), {c: problem.frame[c].isna().to_numpy() for c in names}
    for name in names:
        values = frame[name].to_numpy()[~unknown[name]]
        frame[name] = _placed(frame[name], unknown[name], rng.choice(values, unknown[name].sum()))
    ends = _ends(problem)
    order = sorted(names, key=lambda name: int(unknown[name].sum()))
    for _ in range(CYCLES if len(names) > 1 else 1):
        for name in order:
            others = [frame[c] for c in problem.query.covariates if c != name]
            others += [problem.besides[c] for c in problem.query.besides]
            features = _features(ends, [_numbers(one, ends) for one in others])
            drawn = _draw(frame[name], unknown[name], features, ends=ends, rng=rng)
            frame[name] = _placed(frame[name], unknown[name], drawn)
    return replace(problem, frame=frame)


def _placed(column: pd.Series, at: np.ndarray, values: np.ndarray) -> pd.Series:
    whole = column.to_numpy(copy=True)
    whole[at] = values
    return pd.Series(whole, index=column.index, dtype=column.dtype)


def _ends(problem: Problem) -> np.ndarray:
    """Treatment and outcome with their squares and product, standardised, (n, k)."""
    ends = [_scaled(problem.treatment), _scaled(problem.outcome)]
    return np.column_stack([*ends, *(a * b for a, b in combinations_with_replacement(ends, 2))])


def _scaled(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean()
    return np.asarray(centred / max(float(np.abs(centred).max()), 1e-300) * 3.0)


def _numbers(column: pd.Series, ends: np.ndarray) -> np.ndarray:
    """A column as predictors or as what is predicted, (n, r)."""
    if column.dtype.kind == "f":
        return _scaled(column.to_numpy())[:, None]
    codes, unique = pd.factorize(column, sort=True)
    if len(unique) <= MANY_LEVELS:
        return np.asarray((codes[:, None] == np.arange(1, len(unique))) * 1.0)
    rows = np.bincount(codes)
    means = [(np.bincount(codes, end) / (rows + 10.0))[codes] for end in ends.T[:2]]
    return np.column_stack([_scaled(np.log1p(rows[codes])), *means])


def _features(ends: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Predictors: the ends, the other covariates, their squares, and products with the ends."""
    parts = [ends]
    if others:
        linear = np.column_stack(others)
        varied = [c for c in linear.T if not np.isin(c, (0.0, 1.0)).all()]
        parts += [linear, linear * ends[:, [0]], linear * ends[:, [1]]]
        parts += [np.column_stack(varied) ** 2] if varied else []
    columns = np.column_stack(parts)
    spread = columns.std(axis=0)
    kept = spread > 1e-9
    return np.asarray((columns[:, kept] - columns[:, kept].mean(axis=0)) / spread[kept])


def _draw(
    column: pd.Series,
    unknown: np.ndarray,
    features: np.ndarray,
    *,
    ends: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Values for the unknown rows: of donors with a near prediction (or with their residuals)."""
    givers = np.flatnonzero(~unknown)
    taught = (
        givers if len(givers) <= MOST_TAUGHT else rng.choice(givers, MOST_TAUGHT, replace=False)
    )
    target = _numbers(column, ends)
    fitted, drawn = _coefficients(features[taught], target[taught], rng)
    whole = np.column_stack([np.ones(len(features)), features])
    have, want = whole[givers] @ fitted, whole[unknown] @ drawn
    values = column.to_numpy()[givers]
    donors = _donors(have, want, rng)
    if column.dtype.kind == "f" and len(np.unique(values[:5000])) > MANY_LEVELS:
        scale = float(np.abs(values - values.mean()).max()) / 3.0 or 1.0
        moved = values[donors] + scale * (want[:, 0] - have[donors, 0])
        return np.asarray(np.clip(moved, values.min(), values.max()))
    return np.asarray(values[donors])


def _coefficients(
    x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of a regression, as fitted and as drawn from their posterior, (m + 1, r)."""
    n, m = x.shape
    whole = np.column_stack([np.ones(n), x])
    gram = whole.T @ whole + np.diag(np.append(0.0, np.full(m, RIDGE * n)))
    inverse = np.linalg.inv(gram)
    fitted = inverse @ (whole.T @ y)
    left = ((y - whole @ fitted) ** 2).sum(axis=0)
    sigma = np.sqrt(left / rng.chisquare(max(n - m - 1, 2), size=y.shape[1]))
    root = np.linalg.cholesky((inverse + inverse.T) / 2)
    return fitted, fitted + root @ rng.normal(size=fitted.shape) * sigma


def _donors(have: np.ndarray, want: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the nearest known rows for each wanted prediction, int (len(want),)."""
    from scipy.spatial import cKDTree

    jitter = 1e-9 * rng.normal(size=have.shape)
    _, near = cKDTree(have + jitter).query(want, k=min(DONORS, len(have)))
    near = near.reshape(len(want), -1)
    return np.asarray(near[np.arange(len(want)), rng.integers(0, near.shape[1], len(want))])
