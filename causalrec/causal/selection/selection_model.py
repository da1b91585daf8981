"""The mean of all rows where who is seen depends on the outcome itself, by a normal model."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from causalrec.causal.estimation.estimation_problem import Refusal
from causalrec.causal.selection.response import Response
from causalrec.causal.selection.sizes import Sized, sized
from causalrec.core.words import Text

__all__ = ["jointly_normal"]

STEPS = 30
MOST_INFLATED = 50.0
"""Of the variance of the correction's slope: above it covariates repeat the correction, and what
is left of it is the shape of the normal curve alone."""


def jointly_normal(response: Response, level: float) -> Sized:
    """Heckman's two steps (1979), with errors that count the first step (Newey, 1984).

    Who is seen follows a probit of all covariates; the outcome a line in those that do not only
    move who is seen, plus the inverse Mills ratio, which takes up that errors of both go together.

    Args:
        response: the rows.
        level: of the intervals.

    Raises:
        Refusal: the covariates leave nothing to tell the correction by.
    """
    design, seen = response.design, response.seen
    ones = np.ones((len(seen), 1))
    z = np.concatenate([ones, design.x], axis=1)
    kept = [at for at, name in enumerate(design.origin) if name not in response.movers]
    x = np.concatenate([ones, design.x[:, kept]], axis=1)
    gamma, scores = _probit(z, seen)
    index = z @ gamma
    mills = _mills(index)
    wide = np.concatenate([x, mills[:, None]], axis=1)
    chosen = wide[seen]
    inflated = _inflated(chosen)
    if inflated > MOST_INFLATED:
        raise Refusal(Text("causal.selection_no_mover", times=inflated))
    inverse = np.linalg.pinv(chosen.T @ chosen, hermitian=True)
    slopes = inverse @ (chosen.T @ response.excess[seen])
    error = np.where(seen, response.excess - wide @ slopes, 0.0)
    bend = -mills * (mills + index)
    # What the second step's equations change by for one more of each of the first's slopes.
    pull = np.zeros((wide.shape[1], z.shape[1]))
    pull[-1] = (error * bend) @ z
    pull -= slopes[-1] * (wide * (seen * bend)[:, None]).T @ z
    own = (wide * error[:, None] + scores @ pull.T) @ inverse
    expected = x @ slopes[:-1]
    mean = float(expected.mean())
    influence = expected - mean + len(seen) * (own[:, :-1] @ x.mean(axis=0))
    return sized(response, response.mean + mean, influence, level)


def _mills(index: np.ndarray) -> np.ndarray:
    """Density over distribution of the normal curve, safe far out, (n,)."""
    return np.asarray(np.exp(-0.5 * index**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(index)))


def _probit(z: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes by Fisher scoring, and the influence of each row on them, (n, k)."""
    gamma = np.zeros(z.shape[1])
    sign = np.where(seen, 1.0, -1.0)
    inverse = np.eye(len(gamma))
    score = np.zeros(len(z))
    for _ in range(STEPS):
        index = z @ gamma
        up, down = _mills(index), _mills(-index)
        score = np.where(seen, up, -down)
        inverse = np.linalg.pinv((z * (up * down)[:, None]).T @ z, hermitian=True)
        step = inverse @ (z.T @ score)
        gamma = gamma + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    score = sign * _mills(sign * (z @ gamma))
    return gamma, (z * score[:, None]) @ inverse


def _inflated(columns: np.ndarray) -> float:
    """How many times the other columns inflate the variance of the last one's slope."""
    last, others = columns[:, -1], columns[:, :-1]
    left = last - others @ np.linalg.lstsq(others, last, rcond=None)[0]
    around = last - last.mean()
    return float((around @ around) / max(float(left @ left), 1e-300))
