"""What instruments say of treatment and outcome: their strength, and the values that they allow.

All of it is read from one regression of both on the instruments and its covariance, robust or by
unit: the effective F of Montiel Olea and Pflueger, 2013, "A robust test for weak instruments";
the set of values that Anderson and Rubin's test (1949) does not reject, which is right however
weak the instruments are; and whether several instruments agree (Hansen, 1982, in the continuously
updated form of Hansen, Heaton and Yaron, 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from causalrec.causal.estimation.least_squares import orthonormal
from causalrec.core.statistics.samples import totals

__all__ = ["ReducedForm", "reduced_form"]

WORST_BIAS = 0.1
"""Of 2SLS, as a share of the worst that it could be: Montiel Olea and Pflueger's usual choice."""
SURE = 0.95
"""Of the test of weak instruments."""
POINTS = 801
"""At which Anderson and Rubin's statistic is looked at, from one end of the line to the other."""


@dataclass(frozen=True, eq=False)
class ReducedForm:
    """Coefficients of treatment and outcome on k orthonormal instruments, covariates taken out.

    Attributes:
        basis: the instruments, (n, k).
        treatment, outcome: coefficients, (k,).
        variance: of both, the treatment's first, (2 k, 2 k).
        freedom: degrees of freedom of the variance.
    """

    basis: np.ndarray
    treatment: np.ndarray
    outcome: np.ndarray
    variance: np.ndarray
    freedom: float

    @property
    def k(self) -> int:
        """Number of instruments that are no combination of others."""
        return len(self.treatment)

    @property
    def value(self) -> float:
        """Two-stage least squares."""
        return float(self.treatment @ self.outcome / (self.treatment @ self.treatment))

    @property
    def strength(self) -> float:
        """The effective F; of one instrument, the square of its robust t."""
        trace = float(np.trace(self.variance[: self.k, : self.k]))
        return float(self.treatment @ self.treatment) / trace if trace > 0 else np.inf

    @cached_property
    def least_strength(self) -> float:
        """The effective F above which the bias is below `WORST_BIAS`; 23.1 of one instrument."""
        from scipy.special import chndtrix

        v = self.variance[: self.k, : self.k]
        trace, largest = float(np.trace(v)), float(np.linalg.eigvalsh(v)[-1])
        if trace <= 0:
            return 0.0
        x = 1 / WORST_BIAS
        worth = trace**2 * (1 + 2 * x) / (float((v * v).sum()) + 2 * x * trace * largest)
        return float(chndtrix(SURE, worth, worth * x)) / worth

    @property
    def weak(self) -> bool:
        """Whether an interval of the usual form cannot be trusted."""
        return self.strength < self.least_strength

    def statistic(self, values: np.ndarray) -> np.ndarray:
        """Anderson and Rubin's F at values of the effect, (m,)."""
        k, v = self.k, self.variance
        gap = self.outcome - values[:, None] * self.treatment
        tt, ty, yy = v[:k, :k], v[:k, k:], v[k:, k:]
        one = values[:, None, None]
        spread = yy - one * (ty + ty.T) + one**2 * tt
        solved = np.linalg.solve(spread, gap[..., None])[..., 0]
        return np.asarray((gap * solved).sum(axis=1) / k)

    @cached_property
    def _scan(self) -> tuple[np.ndarray, np.ndarray]:
        """Angles that go through all values of the effect, and the statistic at each."""
        angles = np.linspace(-np.pi / 2, np.pi / 2, POINTS + 2)[1:-1]
        return angles, self.statistic(self._at(angles))

    def _at(self, angle: np.ndarray) -> np.ndarray:
        """A value of the effect: half of all angles are within the usual error of `value`."""
        strength = float(self.treatment @ self.treatment)
        gap = self.outcome - self.value * self.treatment
        rough = np.append(-self.value * self.treatment, self.treatment) / strength
        error = float(np.sqrt(max(rough @ self.variance @ rough, 0.0)))
        scale = max(error, float(np.sqrt(gap @ gap / strength)), 1e-12 * abs(self.value), 1e-300)
        return np.asarray(self.value + scale * np.tan(angle))

    @cached_property
    def disagreement(self) -> float:
        """P value of several instruments giving one answer; 1 where there is one alone."""
        from scipy.optimize import minimize_scalar
        from scipy.special import fdtrc

        if self.k < 2:
            return 1.0
        angles, statistic = self._scan
        best = int(statistic.argmin())
        around = angles[max(best - 1, 0)], angles[min(best + 1, POINTS - 1)]
        least = minimize_scalar(
            lambda a: float(self.statistic(self._at(np.array([a])))[0]), bounds=around,
            method="bounded",
        ).fun  # fmt: skip
        least = min(float(least), float(statistic[best]))
        return float(fdtrc(self.k - 1, self.freedom, least * self.k / (self.k - 1)))

    def allowed(self, level: float) -> tuple[float, float] | None:
        """The ends of the values that are not rejected; None: none is, or there is no end.

        Args:
            level: of the interval.
        """
        from scipy.optimize import brentq
        from scipy.special import fdtri

        most = float(fdtri(self.k, self.freedom, level))
        angles, statistic = self._scan
        inside = np.flatnonzero(statistic <= most)
        far = self.variance[: self.k, : self.k]
        at_infinity = float(self.treatment @ np.linalg.solve(far, self.treatment)) / self.k
        if not len(inside) or at_infinity <= most or inside[0] == 0 or inside[-1] == POINTS - 1:
            return None

        def beyond(angle: float) -> float:
            return float(self.statistic(self._at(np.array([angle])))[0]) - most

        first, last = int(inside[0]), int(inside[-1])
        ends = (
            brentq(beyond, angles[first - 1], angles[first], xtol=1e-14),
            brentq(beyond, angles[last], angles[last + 1], xtol=1e-14),
        )
        low, high = self._at(np.array(ends))
        return float(low), float(high)


def reduced_form(
    instruments: np.ndarray,
    ends: np.ndarray,
    controls: np.ndarray,
    cluster: np.ndarray | None,
) -> ReducedForm:
    """Treatment and outcome regressed on instruments, all of them less their controls.

    Args:
        instruments: less what the controls say of them, (n, k).
        ends: treatment and outcome, likewise, (n, 2).
        controls: orthonormal basis of the controls, an intercept among them, (n, p).
        cluster: number of each row's unit, int (n,), or None.
    """
    basis = orthonormal(instruments)
    coefficients = basis.T @ ends
    left = ends - basis @ coefficients
    n, k = basis.shape
    rank = controls.shape[1] + k
    if cluster is None:
        leverage = (controls**2).sum(axis=1) + (basis**2).sum(axis=1)
        left = left / np.sqrt(np.maximum(1 - leverage, 1e-6))[:, None]
        factor, freedom = 1.0, float(n - rank)
    else:
        groups = int(cluster.max()) + 1
        factor = groups / (groups - 1) * (n - 1) / max(n - rank, 1)
        freedom = float(groups - 1)
    sums = totals(np.column_stack([basis * left[:, [0]], basis * left[:, [1]]]), cluster)
    variance = factor * sums.T @ sums
    return ReducedForm(basis, coefficients[:, 0], coefficients[:, 1], variance, freedom)
