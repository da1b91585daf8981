"""The mean of all rows where the outcome is missing at random given what is known of them."""

from __future__ import annotations

import numpy as np

from causalrec.causal.selection.response import Response
from causalrec.causal.selection.sizes import Sized, sized

__all__ = ["missing_at_random"]


def missing_at_random(response: Response, level: float) -> Sized:
    """Doubly robust: what a model expects of each row, corrected by the weighted errors of seen.

    Robins, Rotnitzky and Zhao, 1994, with cross-fitting (Chernozhukov et al., 2018): right where
    the model of who is seen or that of the outcome is.

    Args:
        response: the rows.
        level: of the interval.
    """
    expected = response.nuisance.with_treatment.predicted
    error = np.where(response.seen, response.excess - expected, 0.0)
    scores = expected + error / response.chance
    mean = float(scores.mean())
    return sized(response, response.mean + mean, scores - mean, level)
