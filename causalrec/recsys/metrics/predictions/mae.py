"""Mean absolute error."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.predictions.prediction_metric import MeanLoss

__all__ = ["MAE"]


class MAE(MeanLoss):
    """Mean difference between prediction and outcome, whatever its sign."""

    name = "mae"
    binary = False

    @classmethod
    def loss(cls, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Absolute difference of each row, (n,)."""
        return np.asarray(np.abs(predicted - y))
