"""The change of a mean split among linear mechanisms: exact Shapley values in closed form.

With straight lines the mean of every node follows from the means of those before it, so each
coalition of changed mechanisms has a mean that is computed, not sampled; least squares lines with
an intercept run through the means, so that nobody and everybody changed give those of the two
periods exactly (Budhathoki, Janzing, Bloebaum and Ng, 2021, "Why did the distribution change?").
Errors are of the delta method with robust variances by unit: every mean is linear in each single
coefficient, so that its derivative is a difference, without error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.attribution.mechanisms import Mechanism
from causalrec.causal.attribution.periods import Period
from causalrec.core.statistics.samples import totals
from causalrec.core.statistics.shapley import coalitions, shapley_weights

__all__ = ["Line", "Parts", "fit_lines", "linear_parts", "means"]

CURVED = 0.01
"""Share of the variance that squares must explain beyond lines for a line to be called wrong."""


@dataclass(frozen=True, eq=False)
class Line:
    """One mechanism of one period.

    Attributes:
        slopes: of ones and what it follows from, (1 + r, c).
        given: these regressors, (n, 1 + r).
        left: what they leave of the node, (n, c).
        inverse: of ``given.T @ given``, (1 + r, 1 + r).
    """

    slopes: np.ndarray
    given: np.ndarray
    left: np.ndarray
    inverse: np.ndarray

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.given)

    @property
    def curved(self) -> bool:
        """Whether squares of what it follows from explain clearly more than lines do."""
        x = self.given[:, 1:]
        if not x.shape[1] or not (self.left**2).sum() > 0:
            return False
        squares = (x - x.mean(axis=0)) ** 2
        squares = squares - self.given @ (self.inverse @ (self.given.T @ squares))
        gram = squares.T @ squares + 1e-9 * len(x) * np.eye(squares.shape[1])
        both = squares.T @ self.left
        gained = float((both * np.linalg.solve(gram, both)).sum()) / float((self.left**2).sum())
        # Chance alone gains about a column's share of the rows, twice that in one of twenty.
        return bool(gained > CURVED + 4.0 * squares.shape[1] / len(x))


@dataclass(frozen=True, eq=False)
class Parts:
    """What each player adds to the change of a mean.

    Attributes:
        added: (k,); errors: standard errors, (k,); error: of their sum.
        units: independent units that errors rest on.
    """

    added: np.ndarray
    errors: np.ndarray
    error: float
    units: int


def fit_lines(period: Period, mechanisms: tuple[Mechanism, ...]) -> list[Line]:
    """The least squares line of every mechanism."""
    lines = []
    for step in mechanisms:
        x, y = period.given(step), period.blocks[step.node]
        inverse = np.linalg.pinv(x.T @ x, hermitian=True)
        slopes = inverse @ (x.T @ y)
        lines.append(Line(slopes, x, y - x @ slopes, inverse))
    return lines


def means(
    mechanisms: tuple[Mechanism, ...], slopes: tuple[list[np.ndarray], list[np.ndarray]]
) -> np.ndarray:
    """Mean of the last node for every coalition of changed mechanisms, (2^k,).

    Args:
        mechanisms: causes first.
        slopes: of both periods, a node each, (1 + r, c).
    """
    changed = coalitions(1 + max(step.player for step in mechanisms))
    mean: dict[str, np.ndarray] = {}
    ones = np.ones((len(changed), 1))
    for step, before, after in zip(mechanisms, *slopes, strict=True):
        given = np.concatenate([ones, *(mean[node] for node in step.given)], axis=1)
        mean[step.node] = np.where(changed[:, [step.player]], given @ after, given @ before)
    return np.asarray(mean[mechanisms[-1].node][:, 0])


def linear_parts(
    mechanisms: tuple[Mechanism, ...],
    periods: tuple[Period, Period],
    lines: tuple[list[Line], list[Line]],
) -> Parts:
    """What each mechanism adds to the change of the last node's mean, with robust errors."""
    slopes = [line.slopes for line in lines[0]], [line.slopes for line in lines[1]]
    weights = shapley_weights(1 + max(step.player for step in mechanisms))
    base = means(mechanisms, slopes)
    scores = []
    for side, period in enumerate(periods):
        own = np.zeros((len(period), len(weights)))
        for at, line in enumerate(lines[side]):
            derivative = _derivative(mechanisms, slopes, (side, at), base)
            # Influence of a row on slopes: (given @ inverse) times what the line leaves.
            pull = line.given @ line.inverse
            for column in range(line.left.shape[1]):
                own += (pull @ derivative[:, column]) * line.left[:, [column]]
        scores.append(own)
    sums, units = _by_unit(scores, periods)
    factor = units / max(units - 1, 1)
    covariance = factor * sums.T @ sums
    return Parts(
        weights @ base,
        np.sqrt(np.maximum(np.diag(covariance), 0.0)),
        float(np.sqrt(max(covariance.sum(), 0.0))),
        units,
    )


def _derivative(
    mechanisms: tuple[Mechanism, ...],
    slopes: tuple[list[np.ndarray], list[np.ndarray]],
    place: tuple[int, int],
    base: np.ndarray,
) -> np.ndarray:
    """Change of every part for one more of each slope of one line, (1 + r, c, k)."""
    side, at = place
    weights = shapley_weights(1 + max(step.player for step in mechanisms))
    own = slopes[side][at]
    derivative = np.zeros((*own.shape, len(weights)))
    for index in np.ndindex(*own.shape):
        moved = own.copy()
        moved[index] += 1.0
        other = [list(one) for one in slopes]
        other[side][at] = moved
        derivative[index] = weights @ (means(mechanisms, (other[0], other[1])) - base)
    return derivative


def _by_unit(scores: list[np.ndarray], periods: tuple[Period, Period]) -> tuple[np.ndarray, int]:
    """Sums of the scores of each unit, over both periods, and how many units there are."""
    rows = np.concatenate(scores)
    units = [period.unit for period in periods]
    if units[0] is None or units[1] is None:
        return rows, len(rows)
    codes = np.unique(np.concatenate([units[0], units[1]]), return_inverse=True)[1]
    sums = totals(rows, codes)
    return sums, len(sums)
