"""What a series would have been: a line with seasons, and errors of which each goes on in the next.

Given how much of an error goes on (its autocorrelation r), the foreseen values are normal with
known weights (generalised least squares and the best linear prediction; Goldberger, 1962) and
the error's size is integrated out, which leaves Student's distribution. r is not known: its
posterior, on the likelihood that is free of the line's coefficients (restricted: Harville, 1974),
weighs the distributions of a grid. So the interval counts that r and the line were estimated, which
intervals at the most likely r do not, and are too narrow on short series. The prior is
1 / (1 - r^2): with a flat one intervals of the mean over 8 times after 30 hold the truth in .87 of
draws at r = .95, with this one in .93 (200 draws; at .5 in .98).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Foreseen", "foresee"]

_GRID = np.concatenate([np.linspace(-0.6, 0.9, 31), [0.93, 0.95, 0.97, 0.98, 0.99]])
_WIDTHS = np.gradient(_GRID)
_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Foreseen:
    """Sums of what would have been, as mixtures of Student's distributions over r.

    Attributes:
        centre, scale: of each sum at each r, (R, K).
        share: posterior of each r, (R,).
        freedom: degrees of freedom.
        fitted: the line where it was fitted, (T0,), with what its errors foretell one time ahead.
    """

    centre: np.ndarray
    scale: np.ndarray
    share: np.ndarray
    freedom: int
    fitted: np.ndarray

    @property
    def value(self) -> np.ndarray:
        """Mean of each sum, (K,)."""
        return np.asarray(self.share @ self.centre)

    @property
    def carry(self) -> float:
        """Mean of r: how much of an error goes on in the next."""
        return float(self.share @ _GRID)

    def below(self, at: np.ndarray) -> np.ndarray:
        """Chance that each sum is below a value, (K,) of (K,)."""
        from scipy.special import stdtr

        return np.asarray(self.share @ stdtr(self.freedom, (at - self.centre) / self.scale))

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Interval of each sum, (K,) and (K,)."""
        return self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)

    def _quantile(self, share: float) -> np.ndarray:
        """By halving between ends that hold all of it."""
        from scipy.special import stdtrit

        reach = abs(float(stdtrit(self.freedom, share))) * self.scale
        low, high = (self.centre - reach).min(axis=0), (self.centre + reach).max(axis=0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            less = self.below(middle) < share
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        return np.asarray((low + high) / 2)


def foresee(y: np.ndarray, x: np.ndarray, later: np.ndarray, sums: np.ndarray) -> Foreseen:
    """What a series would have been after its end.

    Args:
        y: the series before, (T0,).
        x: regressors of it, (T0, p), of full rank, p below T0.
        later: the same after, (T1, p).
        sums: weights of the later values in what is asked for, (K, T1).
    """
    n, p = x.shape
    ahead = np.arange(1, len(later) + 1)
    gaps = np.abs(ahead[:, None] - ahead[None, :])
    centre, scale, weight, fitted = [], [], [], []
    for r in _GRID:
        # Whitened: the first value by its own size, then what each adds to what was foretold.
        start = np.sqrt(1 - r**2)
        white = [np.concatenate([start * part[:1], part[1:] - r * part[:-1]]) for part in (y, x)]
        inverse = np.linalg.inv(white[1].T @ white[1])
        beta = inverse @ (white[1].T @ white[0])
        left = white[0] - white[1] @ beta
        rest = float(left @ left)
        decay = r**ahead
        x_ahead = later - decay[:, None] * x[-1]
        mean = later @ beta + decay * (y[-1] - x[-1] @ beta)
        # Stationary errors given the last one: (r^|s-t| - r^(s+t)) / (1 - r^2).
        spread = (r**gaps - r ** (ahead[:, None] + ahead[None, :])) / (1 - r**2)
        spread = spread + x_ahead @ inverse @ x_ahead.T
        centre.append(sums @ mean)
        scale.append(np.sqrt(np.einsum("kt,ts,ks->k", sums, spread, sums) * rest / (n - p)))
        weight.append(-np.log(start) + 0.5 * np.linalg.slogdet(inverse)[1]
                      - 0.5 * (n - p) * np.log(rest))  # fmt: skip
        fitted.append(y - np.concatenate([left[:1] / start, left[1:]]))
    log = np.array(weight)
    share = np.exp(log - log.max()) * _WIDTHS
    share /= share.sum()
    return Foreseen(np.array(centre), np.array(scale), share, n - p, share @ np.array(fitted))
