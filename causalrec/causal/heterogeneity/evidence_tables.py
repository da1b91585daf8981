"""Evidence as the tables of a result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.causal.heterogeneity.evidence import SHARES, Evidence
from causalrec.core.seeds import generator
from causalrec.core.statistics.quantiles import student

__all__ = ["curve_of", "groups_of", "tests_of", "widest"]

GROUPS = 5
DRAWS = 10_000
"""Of the largest of several errors: its quantile is known to about a hundredth."""


def tests_of(evidence: Evidence) -> pd.DataFrame:
    """One row a figure: figure, value, se, low, high, p."""
    figures = {"qini": evidence.qini, "rate": evidence.rate, "slope": evidence.slope}
    return pd.DataFrame([{"figure": name, **vars(one)} for name, one in figures.items()])


def curve_of(evidence: Evidence) -> pd.DataFrame:
    """One row a share that is treated first, from nobody on; see `Uplift.curve`."""
    curve, level = evidence.curve, evidence.level
    spread = np.sqrt(np.diag(curve.covariance))
    reach = widest(curve.covariance, level) * spread
    alone = student(level, curve.freedom) * spread
    table = pd.DataFrame(
        {
            "share": SHARES,
            "gain": curve.gain,
            "low": curve.gain - reach,
            "high": curve.gain + reach,
            "random": SHARES * curve.gain[-1],
            "effect": curve.gain / SHARES,
            "effect_low": (curve.gain - alone) / SHARES,
            "effect_high": (curve.gain + alone) / SHARES,
        }
    )
    nobody = dict.fromkeys(("share", "gain", "low", "high", "random"), 0.0)
    return pd.concat([pd.DataFrame([nobody]), table], ignore_index=True)


def groups_of(evidence: Evidence) -> pd.DataFrame:
    """One row a fifth of the held-out rows: group, value, low, high (Chernozhukov et al., 2018)."""
    curve, step = evidence.curve, len(SHARES) // GROUPS
    ends = np.arange(step - 1, len(SHARES), step)
    apart = np.zeros((GROUPS, len(SHARES)))
    apart[np.arange(GROUPS), ends] = GROUPS
    apart[np.arange(1, GROUPS), ends[:-1]] = -GROUPS
    value = apart @ curve.gain
    spread = np.sqrt(np.einsum("gi,ij,gj->g", apart, curve.covariance, apart))
    half = student(evidence.level, curve.freedom) * spread
    numbers = np.arange(1, GROUPS + 1)
    return pd.DataFrame({"group": numbers, "value": value, "low": value - half,
                         "high": value + half})  # fmt: skip


def widest(covariance: np.ndarray, level: float) -> float:
    """Half-width, in standard errors, of intervals that all hold at once with chance ``level``.

    The quantile of the largest of normal errors that depend on each other as these do
    (Hothorn, Bretz and Westfall, 2008).

    Args:
        covariance: of the errors, (k, k).
        level: of all together.
    """
    spread = np.sqrt(np.diag(covariance))
    kept = spread > 0
    if not kept.any():
        return 0.0
    like = covariance[np.ix_(kept, kept)] / np.outer(spread[kept], spread[kept])
    values, vectors = np.linalg.eigh(like)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draws = generator(0, "widest").standard_normal((DRAWS, len(root))) @ root.T
    return float(np.quantile(np.abs(draws).max(axis=1), level))
