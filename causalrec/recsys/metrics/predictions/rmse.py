"""Root mean squared error."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.predictions.prediction_metric import MeanLoss

__all__ = ["RMSE"]


class RMSE(MeanLoss):
    """Root of the mean squared difference between prediction and outcome."""

    name = "rmse"
    binary = False

    @classmethod
    def loss(cls, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Squared difference of each row, (n,)."""
        return np.asarray((predicted - y) ** 2)

    @classmethod
    def of_mean(cls, mean: np.ndarray) -> np.ndarray:
        """The root of the mean."""
        return np.asarray(np.sqrt(mean))
