"""How a hidden cause of mediators and outcome would move an indirect effect.

Imai, Keele and Yamamoto, 2010, "Identification, inference and sensitivity analysis for causal
mediation effects": by the correlation of what treatment and covariates leave of mediator and
outcome. Several mediators enter as the combination that the outcome makes of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.estimation.least_squares import orthonormal
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.through_mediators import Path, slopes

__all__ = ["hidden_cause"]

REACH, POINTS = 0.9, 73
"""Correlations that are drawn: from -.9 to .9."""


def hidden_cause(path: Path, indirect: Answer) -> dict[str, Any]:
    """The curve (sensitivity), and where it (rho) and its interval (rho_low) reach 0.

    The curve goes through the indirect effect that was told where there is no hidden cause; its
    interval is as wide as there.

    Args:
        path: what leads where.
        indirect: the effect by way of the mediators.
    """
    t, y, m, x = path.treatment, path.outcome, path.mediators, path.covariates
    pull, _ = slopes(np.column_stack([m, t]), y[:, None], x)
    index = m @ pull[:-1, 0]
    basis = orthonormal(np.column_stack([np.ones(len(t)), x, t]))
    of_y, of_m = (values - basis @ (basis.T @ values) for values in (y, index))
    size = float(np.sqrt((of_y @ of_y) * (of_m @ of_m)))
    shared = float(of_y @ of_m) / size if size else 0.0
    if abs(shared) < 1e-9 or abs(shared) > 1 - 1e-9:
        return {}
    rho = np.linspace(-REACH, REACH, POINTS)
    left = indirect.value * (1 - rho / shared * np.sqrt((1 - shared**2) / (1 - rho**2)))
    low, high = left + indirect.low - indirect.value, left + indirect.high - indirect.value
    sensitivity = pd.DataFrame({"rho": rho, "value": left, "low": low, "high": high})
    return {"sensitivity": sensitivity, "rho": shared, "rho_low": _least(rho, low, high)}


def _least(rho: np.ndarray, low: np.ndarray, high: np.ndarray) -> float | None:
    """The correlation nearest to 0 at which the interval includes 0."""
    unclear = rho[(low <= 0) & (high >= 0)]
    return float(unclear[np.abs(unclear).argmin()]) if len(unclear) else None
